"""Two recommenders on the held-out rows of a panel."""

from __future__ import annotations

import numpy as np

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.evaluation import (
    Comparison,
    Recommended,
    frequency_baseline,
    recommendation_difference,
    recommendation_scores,
)
from keepfit.project.declaration import Project
from keepfit.scoring import Scorer, history_door
from keepfit.training.recommender import recommended


def compare_recommenders(dataset: Dataset, champion: Bundle, challenger: Bundle, project: Project) -> Comparison:
    """Compare two recommenders on the held-out rows of a panel; `holdout_obstacle` says whether that is fair."""
    assert dataset.additions is not None and project.panel is not None  # noqa: S101, PT018 - of a panel
    additions, holdout, seed = dataset.additions, dataset.split.holdout, project.project.seed
    entities = np.unique(additions.entities[holdout], return_inverse=True)[1]
    old, new = (_recommended(dataset, bundle) for bundle in (champion, challenger))
    shares = frequency_baseline(additions.added[dataset.split.train], additions.is_open[dataset.split.train])
    frequent = recommended(additions, holdout, np.where(additions.is_open[holdout], shares["frequency"], np.nan), 1.0)
    scores = [recommendation_scores(said, entities, seed=seed) for said in (old, new, frequent)]
    metric = project.panel.metric
    gain = recommendation_difference(new, old, entities, metric, seed=seed)
    return Comparison(len(holdout), metric, scores[0], scores[1], gain, scores[2][metric].value)


def _recommended(dataset: Dataset, bundle: Bundle) -> Recommended:
    """Return what a recommender says of the held-out rows; of a product that it does not know it says nothing."""
    assert dataset.additions is not None and dataset.signature.offers is not None  # noqa: S101, PT018 - of a panel
    scorer, products, rows = Scorer(bundle), dataset.signature.offers.products, dataset.split.holdout
    offers = scorer.answers(history_door(scorer.door.signature).table(dataset.frame[rows.tolist()])).offers
    assert offers is not None and scorer.recommending is not None  # noqa: S101, PT018 - of a recommender
    known = {product: at for at, product in enumerate(scorer.recommending.products)}
    aligned = np.where(dataset.additions.is_open[rows], 0.0, np.nan)
    thresholds = np.full(len(products), 1.0)
    for at, product in enumerate(products):
        if product in known:
            aligned[:, at] = offers[:, known[product]]
            thresholds[at] = scorer.recommending.thresholds[known[product]]
    return recommended(dataset.additions, rows, aligned, thresholds)
