"""Scores of lists of products: what was recommended in some answers, against what was added.

An answer's list is a decision already, and says nothing of the products that are not in it: so these scores need no
probabilities. The ranking of all products can be scored too, where the model is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.evaluation.intervals import RESAMPLES, Estimate, interval_of, resampled_weights
from keepfit.evaluation.recommendations import LISTED, Recommended, average_precision

Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ProductLists:
    """Two lists of products for each row, `(n_rows, n_products)` each.

    Attributes
    ----------
    recommended
        What was answered.
    added
        What came of it.
    """

    recommended: Cells
    added: Cells


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """How often a product was in the lists.

    Attributes
    ----------
    product
        Its name.
    recommended, added, right
        In how many rows it was recommended, added, and both.
    precision, recall
        Share of its recommendations that are right, and of its additions that were recommended; None where there is
        none.
    """

    product: str
    recommended: int
    added: int
    right: int
    precision: float | None
    recall: float | None


def product_counts(lists: ProductLists, products: Sequence[str]) -> list[ProductCounts]:
    """Return the counts of each product, the one that is added most first."""
    found = []
    for at, product in enumerate(products):
        told, came = lists.recommended[:, at], lists.added[:, at]
        recommended, added, right = int(told.sum()), int(came.sum()), int((told & came).sum())
        precision, recall = (right / recommended if recommended else None), (right / added if added else None)
        found.append(ProductCounts(product, recommended, added, right, precision, recall))
    return sorted(found, key=lambda one: (-one.added, -one.recommended))


def list_points(lists: ProductLists) -> dict[str, float]:
    """Return `precision_micro`, `recall_micro` and `f1_micro` over all cells; each 0 where its denominator is."""
    ones = np.ones((1, len(lists.added)))
    return {name: float(values[0]) for name, values in _list_scores(_sums(lists), ones).items()}


def list_scores(lists: ProductLists, *, seed: int, resamples: int = RESAMPLES) -> dict[str, Estimate]:
    """Return the same with their 95 % intervals over resampled rows.

    Parameters
    ----------
    lists
        What was recommended, and what was added; at least one row.
    seed, resamples
        See `keepfit.evaluation.score_intervals`.
    """
    sums = _sums(lists)
    drawn = [_list_scores(sums, weights) for weights in resampled_weights(len(sums), resamples, seed)]
    return {
        name: interval_of(value, np.concatenate([one[name] for one in drawn]))
        for name, value in list_points(lists).items()
    }


def ranking_scores(added: Cells, offers: Floats, *, seed: int, resamples: int = RESAMPLES) -> dict[str, Estimate]:
    """Return `map` over all rows and `map_of_taking` over those that add, with 95 % intervals over resampled rows.

    What was added and could not stand in a row's list counts as missed.

    Parameters
    ----------
    added
        What was added, `(n_rows, n_products)`.
    offers
        Probability of each product, NaN where it cannot be recommended, in the same shape.
    seed, resamples
        See `keepfit.evaluation.score_intervals`.
    """
    precision, is_taking = _average_precision(added, offers), added.any(axis=1)
    sums: Floats = np.column_stack([precision, np.ones(len(precision)), is_taking]).astype(np.float64)
    weightings = [np.ones((1, len(sums))), *resampled_weights(len(sums), resamples, seed)]
    totals = np.concatenate([weights @ sums for weights in weightings])
    found = {}
    for name, rows in (("map", totals[:, 1]), ("map_of_taking", totals[:, 2])):
        values = _ratio(totals[:, 0], rows, otherwise=np.nan)
        found[name] = interval_of(float(values[0]), values[1:])
    return found


def _average_precision(added: Cells, offers: Floats) -> Floats:
    """Return the average precision of each row's list, `(n_rows,)`."""
    is_open = ~np.isnan(offers)
    said = Recommended(added & is_open, np.nan_to_num(offers), is_open, np.zeros_like(added))
    most = np.minimum(np.stack([said.taken.sum(axis=1), added.sum(axis=1)]), LISTED)
    shared: Floats = average_precision(said) * most[0] / np.maximum(most[1], 1)
    return shared


def _sums(lists: ProductLists) -> Floats:
    """Return how many cells of each row are right, recommended and added, `(n_rows, 3)`."""
    cells = (lists.recommended & lists.added, lists.recommended, lists.added)
    return np.column_stack([one.sum(axis=1) for one in cells]).astype(np.float64)


def _list_scores(sums: Floats, weights: Floats) -> dict[str, Floats]:
    right, recommended, added = (weights @ sums).T
    return {
        "precision_micro": _ratio(right, recommended),
        "recall_micro": _ratio(right, added),
        "f1_micro": _ratio(2 * right, recommended + added),
    }


def _ratio(above: Floats, below: Floats, otherwise: float = 0.0) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(len(above), otherwise), where=below > 0)
    return ratio
