"""Two recommenders on the held-out rows of a panel."""

from __future__ import annotations

import numpy as np
import polars as pl

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.evaluation import (
    Comparison,
    Recommended,
    frequency_baseline,
    recommendation_difference,
    recommendation_scores,
)
from keepfit.ownership import UNKNOWN, history, history_names
from keepfit.project.declaration import Project
from keepfit.scoring import Scorer, history_door
from keepfit.signature import Offers
from keepfit.training.recommender import offer_threshold, recommended


def compare_recommenders(dataset: Dataset, champion: Bundle, challenger: Bundle, project: Project) -> Comparison:
    """Compare two recommenders on the held-out rows of a panel; `holdout_obstacle` says whether that is fair."""
    assert dataset.additions is not None and project.panel is not None  # noqa: S101, PT018 - of a panel
    additions, holdout, seed = dataset.additions, dataset.split.holdout, project.project.seed
    entities = np.unique(additions.entities[holdout], return_inverse=True)[1]
    old, new = (_recommended(dataset, bundle) for bundle in (champion, challenger))
    scores = [recommendation_scores(said, entities, seed=seed) for said in (old, new, _frequent(dataset))]
    metric = project.panel.metric
    gain = recommendation_difference(new, old, entities, metric, seed=seed)
    return Comparison(len(holdout), metric, scores[0], scores[1], gain, scores[2][metric].value)


def _frequent(dataset: Dataset) -> Recommended:
    """Return what the frequencies of products say, by the threshold that the last month that teaches chooses."""
    assert dataset.additions is not None  # noqa: S101 - of a panel
    additions, train, holdout = dataset.additions, dataset.split.train, dataset.split.holdout
    shares = frequency_baseline(additions.added[train], additions.is_open[train])["frequency"]
    choosing = train[additions.months[train] == additions.months[train].max()]
    offers = (np.where(additions.is_open[rows], shares, np.nan) for rows in (choosing, holdout))
    threshold = offer_threshold(additions, choosing, next(offers))
    return recommended(additions, holdout, next(offers), threshold)


def _recommended(dataset: Dataset, bundle: Bundle) -> Recommended:
    """Return what a recommender says of the held-out rows; of a product that it does not know it says nothing."""
    assert dataset.additions is not None and dataset.signature.offers is not None  # noqa: S101, PT018 - of a panel
    scorer, products, rows = Scorer(bundle), dataset.signature.offers.products, dataset.split.holdout
    theirs = scorer.door.signature.offers
    assert theirs is not None and scorer.recommending is not None  # noqa: S101, PT018 - of a recommender
    offers = scorer.answers(history_door(scorer.door.signature).table(_asked(dataset, theirs))).offers
    assert offers is not None  # noqa: S101 - as above
    known = {product: at for at, product in enumerate(scorer.recommending.products)}
    aligned = np.where(dataset.additions.is_open[rows], 0.0, np.nan)
    thresholds = np.full(len(products), 1.0)
    for at, product in enumerate(products):
        if product in known:
            aligned[:, at] = offers[:, known[product]]
            thresholds[at] = scorer.recommending.thresholds[known[product]]
    return recommended(dataset.additions, rows, aligned, thresholds)


def _asked(dataset: Dataset, offers: Offers) -> pl.DataFrame:
    """Return the held-out rows with their past as a recommender asks for it, whose lags and memory may be others."""
    assert dataset.additions is not None and dataset.signature.offers is not None  # noqa: S101, PT018 - of a panel
    rows, panel = dataset.split.holdout, offers.panel
    frame: pl.DataFrame = dataset.frame[rows.tolist()]
    now = dataset.signature.offers.panel
    if (panel.products, panel.lags, panel.memory) == (now.products, now.lags, now.memory):
        return frame
    additions = dataset.additions
    places = additions.entities[rows], additions.months[rows]
    past = history(additions.ownership.of(panel.products), *places, panel.lags, memory=panel.memory)
    told = (pl.Series(name, past[:, at]) for at, name in enumerate(history_names(panel.products, panel.lags)))
    return frame.with_columns(series.set(series == UNKNOWN, None) for series in told)
