"""Scores of probabilities against outcomes: one function for training, checks and retraining alike.

It owns the metrics, their bootstrap intervals, the confusion matrix and the baselines. It leaves to others what a
score is good enough for.
"""

from keepfit.evaluation.baseline import best_constant, constant_baseline
from keepfit.evaluation.confusion import Confusion, confusion
from keepfit.evaluation.intervals import Estimate, paired_difference, score_intervals
from keepfit.evaluation.metrics import METRICS, Metric, scores

__all__ = [
    "METRICS",
    "Confusion",
    "Estimate",
    "Metric",
    "best_constant",
    "confusion",
    "constant_baseline",
    "paired_difference",
    "score_intervals",
    "scores",
]
