"""From the probabilities of products to what is recommended: those that are likely enough, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from keepfit.arrays import Floats
from keepfit.signature import LISTED_BY


class Answers(NamedTuple):
    """What is answered to some rows.

    Attributes
    ----------
    probability, decision
        Of each row; the decision of a recommender is a list of products, the likeliest first, or that there is none.
    offers
        Of a recommender, the probability that each product is added, NaN for one that is owned, `(n_rows, n_products)`.
    """

    probability: list[float]
    decision: list[str]
    offers: Floats | None = None


class Recommending:
    """Recommends products.

    Parameters
    ----------
    products
        In the order of the model's outputs.
    nothing
        What is decided where none is likely enough.
    thresholds
        From which probability on each is recommended.
    """

    def __init__(self, products: Sequence[str], nothing: str, thresholds: Sequence[float]) -> None:
        self.products = tuple(products)
        self.thresholds = np.array(thresholds, dtype=np.float64)
        self._nothing = nothing

    @property
    def decisions(self) -> tuple[str, ...]:
        """All that a decision may hold."""
        return (self._nothing, *self.products)

    def answers(self, probability: Floats, offers: Floats) -> Answers:
        """Return the answers to rows; see `Graph.offers` for the parameters."""
        return Answers(probability.tolist(), [self._decision(row) for row in offers], offers)

    def ranked(self, offers: Floats, least: float | None = None) -> list[int]:
        """Return the places of the products that are likely enough, the likeliest first, of equals the earlier first.

        Parameters
        ----------
        offers
            The probability that each product is added, NaN for one that is owned, `(n_products,)`.
        least
            From which probability on one is likely enough; by default each from its threshold on.
        """
        found = np.flatnonzero(offers >= (self.thresholds if least is None else least))
        places: list[int] = found[np.argsort(-offers[found], kind="stable")].tolist()
        return places

    def _decision(self, offers: Floats) -> str:
        return LISTED_BY.join(self.products[at] for at in self.ranked(offers)) or self._nothing
