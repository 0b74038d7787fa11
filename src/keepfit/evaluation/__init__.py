"""Scores of probabilities against outcomes: one function for training, checks and retraining alike.

It owns the metrics, their bootstrap intervals, the confusion matrix, the curves, the baselines, and the comparison of
two models on the same rows, and of parts of them. It leaves to others what a score is good enough for.
"""

from keepfit.evaluation.baseline import best_constant, constant_baseline, frequency_baseline, frequent_baseline
from keepfit.evaluation.comparison import Comparison, Contest, compare_models
from keepfit.evaluation.confusion import Confusion, confusion
from keepfit.evaluation.costs import total_cost
from keepfit.evaluation.curves import RankCurves, ReliabilityBin, calibration_error, rank_curves, reliability
from keepfit.evaluation.intervals import Estimate, paired_difference, score_intervals
from keepfit.evaluation.metrics import METRICS, Metric, scores
from keepfit.evaluation.parts import Part, cut_rows, quartiles_of
from keepfit.evaluation.recommendations import (
    RECOMMENDER_METRICS,
    ProductScores,
    Recommended,
    product_scores,
    recommendation_difference,
    recommendation_points,
    recommendation_scores,
)
from keepfit.evaluation.shares import share_of
from keepfit.evaluation.slices import Slice, slice_scores

__all__ = [
    "METRICS",
    "RECOMMENDER_METRICS",
    "Comparison",
    "Confusion",
    "Contest",
    "Estimate",
    "Metric",
    "Part",
    "ProductScores",
    "RankCurves",
    "Recommended",
    "ReliabilityBin",
    "Slice",
    "best_constant",
    "calibration_error",
    "compare_models",
    "confusion",
    "constant_baseline",
    "cut_rows",
    "frequency_baseline",
    "frequent_baseline",
    "paired_difference",
    "product_scores",
    "quartiles_of",
    "rank_curves",
    "recommendation_difference",
    "recommendation_points",
    "recommendation_scores",
    "reliability",
    "score_intervals",
    "scores",
    "share_of",
    "slice_scores",
    "total_cost",
]
