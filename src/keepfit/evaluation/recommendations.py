"""Scores of recommendations: of many products, which does an entity take next, and how high do they stand in its list.

A row is an entity in a month. What it owns already cannot be taken: it is in no list, and no cell of it counts. The
intervals are of resampled entities, not of rows: rows of one entity are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.evaluation.intervals import Estimate, interval_of, resampled_weights
from keepfit.evaluation.metrics import ready_rows, weighted_scores

LISTED = 7
_RESAMPLES = 200
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
    and F1 are `_micro` over all cells together and `_macro` as means over products; ROC AUC too, each over open cells,
    and its macro mean is over the products that somebody took and somebody did not.

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
    precision = average_precision(said, listed=listed)
    sums = _sums_of_entities(said, precision, entities)
    point = {name: value[0] for name, value in _scores(said, np.ones((1, len(sums))), sums, entities).items()}
    drawn: dict[str, list[Floats]] = {name: [] for name in point}
    for weights in resampled_weights(len(sums), resamples, seed):
        for name, values in _scores(said, weights, sums, entities).items():
            drawn[name].append(values)
    return {name: interval_of(value, np.concatenate(drawn[name])) for name, value in point.items()}


def _sums_of_entities(said: Recommended, precision: Floats, entities: NDArray[np.int64]) -> Floats:
    """Return what is added up over the rows of each entity, `(n_entities, 3 + 3 * n_products)`."""
    taking = said.taken.any(axis=1)
    rows = np.column_stack(
        [precision, np.ones(len(precision)), taking, said.taken & said.decided, said.taken, said.decided]
    ).astype(np.float64)
    sums = np.zeros((int(entities.max()) + 1, rows.shape[1]))
    np.add.at(sums, entities, rows)
    return sums


def _scores(said: Recommended, weights: Floats, sums: Floats, entities: NDArray[np.int64]) -> dict[str, Floats]:
    """Return every score for each weighting of the entities, `(n_weightings,)` each."""
    width, totals = said.taken.shape[1], weights @ sums
    precision, rows, taking = totals[:, :3].T
    hits, taken, decided = (totals[:, 3 + at * width : 3 + (at + 1) * width] for at in range(3))
    found = {"map": _ratio(precision, rows), "map_of_taking": _ratio(precision, taking)}
    for name, (above, below) in {
        "precision": (hits, decided),
        "recall": (hits, taken),
        "f1": (2 * hits, taken + decided),
    }.items():
        found[f"{name}_micro"] = _ratio(above.sum(axis=1), below.sum(axis=1), otherwise=0.0)
        found[f"{name}_macro"] = _ratio(above, below, otherwise=0.0).mean(axis=1)
    areas = np.array([area for area in _areas(said, weights, entities) if np.isfinite(area).any()])
    found["roc_auc_macro"] = np.nanmean(areas, axis=0) if len(areas) else np.full(len(weights), np.nan)
    rows_of_cells, products = np.nonzero(said.is_open)
    cells = said.taken[rows_of_cells, products], said.probability[rows_of_cells, products]
    found["roc_auc_micro"] = _area(*cells, weights[:, entities[rows_of_cells]])
    return found


def _areas(said: Recommended, weights: Floats, entities: NDArray[np.int64]) -> Iterator[Floats]:
    """Yield the ROC AUC of each product over its open rows, for each weighting."""
    for at in range(said.taken.shape[1]):
        rows = np.flatnonzero(said.is_open[:, at])
        if len(rows):
            yield _area(said.taken[rows, at], said.probability[rows, at], weights[:, entities[rows]])


def _area(taken: Cells, probability: Floats, weights: Floats) -> Floats:
    ready = ready_rows(taken.astype(np.int8), probability, 0.5)
    return weighted_scores(ready, weights, only="roc_auc")["roc_auc"]


def _ratio(above: Floats, below: Floats, otherwise: float = np.nan) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(above.shape, otherwise), where=below > 0)
    return ratio


def frequency_baseline(taken: Cells, is_open: Cells) -> Mapping[str, Floats]:
    """Return what no skill says of each product: how often it was taken of those who could, and a constant.

    Parameters
    ----------
    taken, is_open
        Of the training rows, `(n_rows, n_products)`.
    """
    could = is_open.sum(axis=0)
    shares = np.divide(taken.sum(axis=0), could, out=np.zeros(taken.shape[1]), where=could > 0)
    return {"frequency": shares, "constant": np.full(taken.shape[1], float(taken.sum()) / max(int(could.sum()), 1))}
