"""From a matrix and its labels to a model that may be served.

It owns the families of models and the ensemble of them, the feature steps, the grids, the choice by cross-validation on
the training rows, calibration and threshold, the report on the held-out rows, the export to ONNX with its parity gate,
and the model card. It leaves to others where the table comes from, where runs are tracked, and which version becomes
champion.
"""

from keepfit.training.candidates import CandidateResult, MemberResult, SearchResult, SearchRows
from keepfit.training.card import model_card
from keepfit.training.diagnosis import Diagnosis, diagnose
from keepfit.training.export import check_parity, stress_rows
from keepfit.training.model import FittedModel
from keepfit.training.page import TrainedTable, train_page
from keepfit.training.recipes import expand_candidates
from keepfit.training.search import search
from keepfit.training.thresholds import settle_threshold

__all__ = [
    "CandidateResult",
    "Diagnosis",
    "FittedModel",
    "MemberResult",
    "SearchResult",
    "SearchRows",
    "TrainedTable",
    "check_parity",
    "diagnose",
    "expand_candidates",
    "model_card",
    "search",
    "settle_threshold",
    "stress_rows",
    "train_page",
]
