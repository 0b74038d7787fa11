"""Scores of probabilities against outcomes: one function for training, checks and retraining alike.

It owns the metrics, their bootstrap intervals, the confusion matrix, the baselines, and the comparison of two models on
the same rows. It leaves to others what a
score is good enough for.
"""

from keepfit.evaluation.baseline import best_constant, constant_baseline
from keepfit.evaluation.comparison import Comparison, Contest, compare_models
from keepfit.evaluation.confusion import Confusion, confusion
from keepfit.evaluation.intervals import Estimate, paired_difference, score_intervals
from keepfit.evaluation.metrics import METRICS, Metric, scores

__all__ = [
    "METRICS",
    "Comparison",
    "Confusion",
    "Contest",
    "Estimate",
    "Metric",
    "best_constant",
    "compare_models",
    "confusion",
    "constant_baseline",
    "paired_difference",
    "score_intervals",
    "scores",
]
