"""What an entity of a panel takes next: trees for many products, learnt together or apart, in one graph.

It owns what these trees see, the ways to learn them, the choice among them, their graph, and their page and card. It
leaves the rows and what is open to `datasets`, and the scores to `evaluation`.
"""

from keepfit.training.recommender.fitted import FittedRecommender
from keepfit.training.recommender.search import (
    RecommenderCandidate,
    RecommenderResult,
    RecommenderRows,
    offer_threshold,
    recommended,
    search_recommenders,
)

__all__ = [
    "FittedRecommender",
    "RecommenderCandidate",
    "RecommenderResult",
    "RecommenderRows",
    "offer_threshold",
    "recommended",
    "search_recommenders",
]
