"""What is recommended: what is likely enough, the likeliest first."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.scoring.recommending import Recommending
from keepfit.signature import LISTED_BY

OWNED = np.nan
RECOMMENDING = Recommending(("card", "loan", "fund"), "nothing", (0.1, 0.2, 0.3))


@pytest.mark.parametrize(
    ("offers", "decision"),
    [
        ([0.2, 0.25, 0.31], "fund,loan,card"),
        ([0.1, 0.2, 0.3], "fund,loan,card"),
        ([0.099, 0.19, 0.9], "fund"),
        ([0.4, 0.4, 0.4], "card,loan,fund"),
        ([OWNED, 0.9, 0.95], "fund,loan"),
        ([0.05, OWNED, 0.2], "nothing"),
        ([OWNED, OWNED, OWNED], "nothing"),
    ],
)
def test_products_from_their_thresholds_on_are_listed(offers, decision):
    """By probability, of equal ones the earlier first; the threshold itself is enough; what is owned is in no list."""
    answers = RECOMMENDING.answers(np.array([0.5]), np.array([offers]))
    assert answers.decision == [decision]
    assert answers.probability == [0.5]


@pytest.mark.parametrize(("least", "places"), [(None, [2, 1]), (0.0, [2, 1, 0]), (0.35, [2]), (0.4, [2]), (1.0, [])])
def test_a_ranking_is_from_the_thresholds_on_or_from_a_probability(least, places):
    """By default what is decided, in its order; what is owned is in none."""
    recommending = Recommending(("card", "loan", "fund", "plan"), "nothing", (0.1, 0.2, 0.3, 0.0))
    assert recommending.ranked(np.array([0.05, 0.3, 0.4, OWNED]), least) == places


def test_all_that_may_be_decided_is_known_before():
    """Nothing, and each product."""
    assert RECOMMENDING.decisions == ("nothing", "card", "loan", "fund")


@given(st.lists(st.tuples(*[st.floats(0, 1) | st.just(OWNED)] * 3), min_size=1, max_size=5))
def test_a_list_is_what_its_words_say(rows):
    """Nothing that is owned or unlikely is in it, nothing that is likely enough is left out, and it descends."""
    offers = np.array(rows)
    answers = RECOMMENDING.answers(np.zeros(len(rows)), offers)
    assert answers.offers is offers
    for row, decision in zip(offers, answers.decision, strict=True):
        listed = [] if decision == "nothing" else decision.split(LISTED_BY)
        places = [RECOMMENDING.products.index(product) for product in listed]
        assert set(places) == set(np.flatnonzero(row >= RECOMMENDING.thresholds).tolist())
        assert all(row[one] >= row[other] for one, other in pairwise(places))
