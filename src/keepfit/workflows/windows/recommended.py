"""The champion asked again about labelled records: a journal keeps what it recommended, not how likely the rest was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Matrix
from keepfit.bundle import Bundle
from keepfit.monitoring.recommended import Recommendations, recommendations
from keepfit.scoring import Scorer
from keepfit.scoring.probes import TOLERANCE


def asked_again(
    champion: Bundle,
    matrix: Matrix,
    probability: NDArray[np.float64],
    labels: NDArray[np.int8],
    told: Recommendations | None,
) -> Recommendations:
    """Return the recommendations with the probability of every product.

    Where the champion does not answer as it did (a column is not kept, say), the probabilities would be of other
    records: then there are none, and it is said.

    Parameters
    ----------
    champion
        A recommender.
    matrix
        The records from the door, `(n_labelled, n_features)`, at least one.
    probability, labels
        What was answered to them, and whether anything was added, 1 or 0, `(n_labelled,)`.
    told
        What was recommended, and what was added; None where the rows do not say so: then the champion recommends, and
        a row that adds anything is not listed.
    """
    signature, answers = champion.facts.signature, Scorer(champion).answers(matrix)
    assert signature.offers is not None  # noqa: S101 - of a recommender
    assert answers.offers is not None  # noqa: S101 - as above
    if told is None:
        words = [signature.outcome.labels[code] for code in labels.tolist()]
        told = recommendations(answers.decision, words, signature.outcome)
    told = replace(told, never_offered=tuple(one for one in told.products if one not in signature.offers.products))
    other = int((np.abs(np.array(answers.probability) - probability) > TOLERANCE).sum())
    if other:
        said = f"to {other} of {len(matrix)} records as they are kept the champion answers otherwise than it did"
        return replace(told, no_offers=said)
    return replace(told, offers=_of_all(answers.offers, signature.offers.products, told.products))


def _of_all(offers: Floats, offered: tuple[str, ...], products: tuple[str, ...]) -> Floats:
    """Return offers with a column for every product, NaN for those that are never recommended."""
    found = np.full((len(offers), len(products)), np.nan)
    found[:, [products.index(product) for product in offered]] = offers
    return found
