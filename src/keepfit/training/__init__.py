"""From a matrix and its labels to a model that may be served.

It owns the families of models and the ensemble of them, the feature steps, the grids, the choice by cross-validation on
the training rows, calibration and threshold, the report on the held-out rows, the export to ONNX with its parity gate,
and the model card. It leaves to others where the table comes from, where runs are tracked, and which version becomes
champion.
"""

from keepfit.training.candidates import CandidateResult, MemberResult, SearchResult
from keepfit.training.card import card_page
from keepfit.training.card_facts import CardFacts, CardTable
from keepfit.training.card_limits import generated_limits
from keepfit.training.diagnosis import Diagnosis, diagnose
from keepfit.training.export import check_answers, check_offers, check_parity, pickled, stress_rows
from keepfit.training.importances import Importance, importances
from keepfit.training.learning_curve import LearningCurve, learning_curve
from keepfit.training.model import FittedModel
from keepfit.training.page import TrainedTable, train_page
from keepfit.training.published_protocol import Practice, published_practices
from keepfit.training.recipes import expand_candidates
from keepfit.training.search import require_searchable, search
from keepfit.training.search_rows import SearchRows
from keepfit.training.suspects import Suspect, all_suspects
from keepfit.training.thresholds import settle_threshold
from keepfit.training.tuning import declared_spaces

__all__ = [
    "CandidateResult",
    "CardFacts",
    "CardTable",
    "Diagnosis",
    "FittedModel",
    "Importance",
    "LearningCurve",
    "MemberResult",
    "Practice",
    "SearchResult",
    "SearchRows",
    "Suspect",
    "TrainedTable",
    "all_suspects",
    "card_page",
    "check_answers",
    "check_offers",
    "check_parity",
    "declared_spaces",
    "diagnose",
    "expand_candidates",
    "generated_limits",
    "importances",
    "learning_curve",
    "pickled",
    "published_practices",
    "require_searchable",
    "search",
    "settle_threshold",
    "stress_rows",
    "train_page",
]
