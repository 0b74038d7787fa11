"""From a matrix and its labels to a model that may be served.

It owns the families of models, the grids, the choice by cross-validation on the training rows, the report on the
held-out rows, the export to ONNX with its parity gate, and the model card. It leaves to others where the table comes
from, where runs are tracked, and which version becomes champion.
"""

from keepfit.training.card import model_card
from keepfit.training.export import check_parity, export_model, settle_threshold, stress_rows
from keepfit.training.page import TrainedTable, train_page
from keepfit.training.pipelines import build_pipeline
from keepfit.training.recipes import expand_candidates
from keepfit.training.search import CandidateResult, SearchResult, SearchRows, search

__all__ = [
    "CandidateResult",
    "SearchResult",
    "SearchRows",
    "TrainedTable",
    "build_pipeline",
    "check_parity",
    "expand_candidates",
    "export_model",
    "model_card",
    "search",
    "settle_threshold",
    "stress_rows",
    "train_page",
]
