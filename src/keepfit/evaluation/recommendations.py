"""Scores of recommendations: of many products, which does an entity take next, and how high do they stand in its list.

A row is an entity in a month. What it owns already cannot be taken: it is in no list, and no cell of it counts. The
intervals are of resampled entities, not of rows: rows of one entity are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.evaluation.entity_area import EntityArea
from keepfit.evaluation.intervals import Estimate, interval_of, resampled_weights
from keepfit.evaluation.metrics import METRICS, Metric

RECOMMENDER_METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "map",
            "MAP@7",
            True,
            "Mean average precision of lists of seven, over all rows; at most the share that adds.",
        ),
        Metric("map_of_taking", "MAP@7 of those who add", True, "The same over the rows that add something."),
        Metric("precision_micro", "micro precision", True, "Share of all recommendations that are right."),
        Metric(
            "precision_macro", "macro precision", True, "The same of each product that somebody adds, and their mean."
        ),
        Metric("recall_micro", "micro recall", True, "Share of all additions that were recommended."),
        Metric("recall_macro", "macro recall", True, "The same of each product that somebody adds, and their mean."),
        Metric("f1_micro", "micro F1", True, "Harmonic mean of micro precision and recall."),
        Metric("f1_macro", "macro F1", True, "F1 of each product that somebody adds, and their mean."),
        Metric(
            "roc_auc_macro", "macro ROC AUC", True, "Chance that who adds a product scores above who does not: mean."
        ),
        Metric("roc_auc_micro", "micro ROC AUC", True, "Chance that what is added scores above what is not."),
    )
}
ALL_METRICS = METRICS | RECOMMENDER_METRICS
LISTED = 7
_RESAMPLES, _PAIRED_RESAMPLES = 200, 1000
_AREAS = ("roc_auc_macro", "roc_auc_micro")
Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Recommended:
    """What was said of some rows, and what came of it; `(n_rows, n_products)` each.

    Attributes
    ----------
    taken
        What was added.
    probability
        That it is.
    is_open
        What could be added: all that was not owned.
    decided
        What was recommended; never more than `is_open`.
    """

    taken: Cells
    probability: Floats
    is_open: Cells
    decided: Cells

    def __post_init__(self) -> None:
        shapes = {self.taken.shape, self.probability.shape, self.is_open.shape, self.decided.shape}
        if len(shapes) > 1 or self.taken.ndim != 2 or not self.taken.size:  # noqa: PLR2004 - rows by products
            raise ValueError(f"cells of the shapes {sorted(shapes)} are no rows by products")
        if ((self.taken | self.decided) & ~self.is_open).any():
            raise ValueError("a product that is owned can neither be taken nor be recommended")


def average_precision(said: Recommended, *, listed: int = LISTED) -> Floats:
    """Return the average precision of each row's list, `(n_rows,)`; 0 where nothing was taken.

    Parameters
    ----------
    said
        What was said, and what came of it.
    listed
        How long a list is: products by descending probability, of equal ones the earlier; those that are owned are left
        out.

    References
    ----------
    Kaggle (2016). Santander Product Recommendation: evaluation, "Mean Average Precision @ 7", by which a row has
    1/min(m, 7) times the sum of P(k) over the places k at which a product stands that was taken, m of them in all.
    """
    ranked = np.where(said.is_open, said.probability, -np.inf)
    order = np.argsort(-ranked, axis=1, kind="stable")[:, :listed]
    hits = np.take_along_axis(said.taken, order, axis=1)
    precision = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    taken = said.taken.sum(axis=1)
    found: Floats = (precision * hits).sum(axis=1) / np.maximum(np.minimum(taken, listed), 1)
    return found


def recommendation_scores(
    said: Recommended, entities: NDArray[np.int64], *, seed: int, listed: int = LISTED, resamples: int = _RESAMPLES
) -> dict[str, Estimate]:
    """Return every score with its 95 % interval over resampled entities.

    `map` is over all rows, as the competition has it; `map_of_taking` over those that took something. Precision, recall
    and F1 are `_micro` over all cells together and `_macro` as means over the products that somebody took; ROC AUC too,
    each over open cells, and its macro mean is over the products that somebody took and somebody did not.

    Parameters
    ----------
    said
        What was said, and what came of it.
    entities
        A number from 0 for whom each row is about, `(n_rows,)`.
    seed
        The same seed and entities give the same resamples.
    listed
        See `average_precision`.
    resamples
        How many.

    Raises
    ------
    ValueError
        When the rows do not fit.
    """
    if entities.shape != said.taken.shape[:1]:
        raise ValueError(f"{entities.shape} entities do not fit {len(said.taken)} rows")
    ready = _ready(said, average_precision(said, listed=listed), entities)
    point = _points(ready)
    drawn: dict[str, list[Floats]] = {name: [] for name in point}
    for weights in resampled_weights(len(ready.sums), resamples, seed):
        for name, values in _scores(ready, weights).items():
            drawn[name].append(values)
    return {name: interval_of(value, np.concatenate(drawn[name])) for name, value in point.items()}


def recommendation_points(said: Recommended, *, listed: int = LISTED) -> dict[str, float]:
    """Return every score of `recommendation_scores`, without intervals."""
    alone = np.zeros(len(said.taken), dtype=np.int64)
    return _points(_ready(said, average_precision(said, listed=listed), alone))


def _points(ready: _Ready) -> dict[str, float]:
    return {name: float(values[0]) for name, values in _scores(ready, np.ones((1, len(ready.sums)))).items()}


def recommendation_difference(
    challenger: Recommended,
    champion: Recommended,
    entities: NDArray[np.int64],
    metric: str,
    *,
    seed: int,
    resamples: int = _PAIRED_RESAMPLES,
) -> Estimate:
    """Return by how much the one is better than the other, on the same rows and the same resamples of entities.

    Parameters
    ----------
    challenger, champion
        What each said of the same rows.
    entities, seed, resamples
        See `recommendation_scores`.
    metric
        One of its names.
    """
    both = [_ready(said, average_precision(said), entities) for said in (challenger, champion)]
    new, old = (_points(ready)[metric] for ready in both)
    drawn = []
    for weights in resampled_weights(len(both[0].sums), resamples, seed):
        first, second = (_scores(ready, weights, with_areas=metric in _AREAS)[metric] for ready in both)
        drawn.append(first - second)
    return interval_of(new - old, np.concatenate(drawn))


@dataclass(frozen=True, slots=True)
class ProductScores:
    """What was said of a product, and what came of it.

    Attributes
    ----------
    product
        Its name.
    could, taken, decided, hits
        Rows that could add it, added it, were recommended it, and both.
    precision, recall, roc_auc
        None where nothing was recommended, nothing added, or nobody or everybody added it.
    """

    product: str
    could: int
    taken: int
    decided: int
    hits: int
    precision: float | None
    recall: float | None
    roc_auc: float | None


def product_scores(said: Recommended, products: Sequence[str]) -> list[ProductScores]:
    """Return the scores of each product over the rows that could add it, the one that is added most first."""
    found = []
    for at, product in enumerate(products):
        rows = said.is_open[:, at]
        taken, decided = said.taken[rows, at], said.decided[rows, at]
        could, added, listed, hits = len(taken), int(taken.sum()), int(decided.sum()), int((taken & decided).sum())
        area = None
        if 0 < added < could:
            cells = EntityArea.of(taken, said.probability[rows, at], np.zeros(could, dtype=np.int64))
            area = float(cells.under(np.ones((1, 1)))[0])
        precision, recall = (hits / listed if listed else None), (hits / added if added else None)
        found.append(ProductScores(product, could, added, listed, hits, precision, recall, area))
    return sorted(found, key=lambda one: -one.taken)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What all weightings of the entities have in common.

    Attributes
    ----------
    sums
        What is added up over the rows of each entity, `(n_entities, 3 + 3 * n_products)`.
    products
        The open cells of each product that somebody took and somebody did not.
    all
        All open cells.
    """

    sums: Floats
    products: list[EntityArea]
    all: EntityArea


def _ready(said: Recommended, precision: Floats, entities: NDArray[np.int64]) -> _Ready:
    taking = said.taken.any(axis=1)
    parts = [precision, np.ones(len(precision)), taking, said.taken & said.decided, said.taken, said.decided]
    columns = np.column_stack(parts).astype(np.float64)
    count = int(entities.max()) + 1
    sums = np.column_stack([np.bincount(entities, column, count).astype(np.float64) for column in columns.T])
    products = []
    for at in range(said.taken.shape[1]):
        rows = np.flatnonzero(said.is_open[:, at])
        if said.taken[rows, at].any() and not said.taken[rows, at].all():
            products.append(EntityArea.of(said.taken[rows, at], said.probability[rows, at], entities[rows]))
    rows, places = np.nonzero(said.is_open)
    return _Ready(
        sums, products, EntityArea.of(said.taken[rows, places], said.probability[rows, places], entities[rows])
    )


def _scores(ready: _Ready, weights: Floats, *, with_areas: bool = True) -> dict[str, Floats]:
    """Return every score for each weighting of the entities, `(n_weightings,)` each."""
    found = _sum_scores(ready, weights)
    return found | _area_scores(ready, weights) if with_areas else found


def _sum_scores(ready: _Ready, weights: Floats) -> dict[str, Floats]:
    """Return the scores that are made of sums; a mean over products is of those that somebody takes."""
    totals = weights @ ready.sums
    width = (totals.shape[1] - 3) // 3
    precision, rows, taking = totals[:, :3].T
    hits, taken, decided = (totals[:, 3 + at * width : 3 + (at + 1) * width] for at in range(3))
    found = {"map": _ratio(precision, rows), "map_of_taking": _ratio(precision, taking)}
    for name, (above, below) in {
        "precision": (hits, decided),
        "recall": (hits, taken),
        "f1": (2 * hits, taken + decided),
    }.items():
        found[f"{name}_micro"] = _ratio(above.sum(axis=1), below.sum(axis=1), otherwise=0.0)
        each = np.where(taken > 0, _ratio(above, below, otherwise=0.0), 0.0)
        found[f"{name}_macro"] = _ratio(each.sum(axis=1), (taken > 0).sum(axis=1).astype(np.float64))
    return found


def _area_scores(ready: _Ready, weights: Floats) -> dict[str, Floats]:
    areas = np.array([area.under(weights) for area in ready.products])
    is_known = np.isfinite(areas).any(axis=0) if len(areas) else np.zeros(len(weights), dtype=np.bool_)
    macro = np.full(len(weights), np.nan)
    macro[is_known] = np.nanmean(areas[:, is_known], axis=0) if len(areas) else np.nan
    return {"roc_auc_macro": macro, "roc_auc_micro": ready.all.under(weights)}


def _ratio(above: Floats, below: Floats, otherwise: float = np.nan) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(above.shape, otherwise), where=below > 0)
    return ratio
