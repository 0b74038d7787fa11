"""What was recommended in answers whose labels have come: lists of products, out of the words of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.evaluation import Estimate
from keepfit.evaluation.product_lists import (
    ProductCounts,
    ProductLists,
    list_points,
    list_scores,
    product_counts,
    ranking_scores,
)
from keepfit.signature import Outcome


@dataclass(frozen=True, slots=True)
class Recommendations:
    """Labelled answers of a recommender.

    Attributes
    ----------
    products
        All that a label may list.
    lists
        What was recommended, and what was added as far as that is known.
    is_listed
        Whether both are known, `(n_labelled,)`: a label may say that something was added, and not what.
    offers
        The probability of each product as the model answers it now, NaN where it cannot be recommended,
        `(n_labelled, n_products)`; None where `no_offers` says why it was not asked again.
    no_offers
        In words; empty where it was asked.
    never_offered
        Products that the model never recommends, as nobody added them while it was taught.
    """

    products: tuple[str, ...]
    lists: ProductLists
    is_listed: NDArray[np.bool_]
    offers: Floats | None = None
    no_offers: str = ""
    never_offered: tuple[str, ...] = ()

    @property
    def is_telling(self) -> bool:
        """Whether anything can be scored: where all that add do not say what, their misses would be left out."""
        return bool(self.is_listed.any()) and (bool(self.listed.added.any()) or bool(self.is_listed.all()))

    @property
    def listed(self) -> ProductLists:
        """The lists of the rows that are listed."""
        return ProductLists(self.lists.recommended[self.is_listed], self.lists.added[self.is_listed])


@dataclass(frozen=True, slots=True)
class RecommendedQuality:
    """What the scores of recommendations are of.

    Attributes
    ----------
    listed
        Labelled rows whose label lists what was added, or says that nothing was.
    unlisted
        Labelled rows of which it is not known what was added.
    products
        How often each product was recommended and added.
    no_ranking
        Why the ranking of all products was not scored, in words; empty where it was.
    never_offered
        Products that were added, and that the model never recommends: each such addition is missed.
    """

    listed: int
    unlisted: int
    products: tuple[ProductCounts, ...]
    no_ranking: str
    never_offered: tuple[str, ...]

    @property
    def is_scored(self) -> bool:
        """Whether the lists could be scored."""
        return bool(self.listed) and (not self.unlisted or any(one.added for one in self.products))


def recommendations(decisions: Sequence[str], labels: Sequence[str | None], outcome: Outcome) -> Recommendations:
    """Return the lists that decisions and labels name.

    Parameters
    ----------
    decisions, labels
        Of the labelled answers of a recommender, as the journal keeps them: products with commas between them, or a
        class.
    outcome
        The classes, and the products.
    """
    recommended, added = (_cells(words, outcome) for words in (decisions, labels))
    is_listed = recommended[1] & added[1]
    return Recommendations(outcome.products, ProductLists(recommended[0], added[0]), is_listed)


def recommendation_points(found: Recommendations) -> dict[str, float]:
    """Return `precision_micro`, `recall_micro` and `f1_micro`; NaN where no label lists what was added."""
    points = list_points(found.listed)
    return points if found.is_telling else dict.fromkeys(points, float("nan"))


def recommendation_estimates(found: Recommendations, *, seed: int) -> dict[str, Estimate]:
    """Return the same with their intervals, and the scores of the ranking where the model was asked again.

    Empty where no label lists what was added.
    """
    if not found.is_telling:
        return {}
    told = list_scores(found.listed, seed=seed)
    if found.offers is None:
        return told
    return {**ranking_scores(found.listed.added, found.offers[found.is_listed], seed=seed), **told}


def recommended_quality(found: Recommendations) -> RecommendedQuality:
    """Return what the scores are of."""
    listed = int(found.is_listed.sum())
    counts = tuple(product_counts(found.listed, found.products))
    added = {one.product for one in counts if one.added}
    never = tuple(product for product in found.never_offered if product in added)
    no_ranking = found.no_offers if found.is_telling else "no label lists what was added"
    return RecommendedQuality(listed, len(found.is_listed) - listed, counts, no_ranking, never)


def _cells(words: Sequence[str | None], outcome: Outcome) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which products each text lists, `(n_rows, n_products)`, and whether it says so, `(n_rows,)`."""
    places = {product: at for at, product in enumerate(outcome.products)}
    cells, is_known = np.zeros((len(words), len(places)), dtype=np.bool_), np.zeros(len(words), dtype=np.bool_)
    for row, text in enumerate(words):
        listed = outcome.listed(text)
        if listed is not None:
            is_known[row] = True
            cells[row, [places[product] for product in listed]] = True
    return cells, is_known
