"""The champion asked again: what it would answer to records as they are kept."""

from __future__ import annotations

import numpy as np
import pytest
from tests.recommender_model import RECOMMENDED, make_recommender, record

from keepfit.monitoring.recommended import recommendations
from keepfit.scoring import Scorer, history_door
from keepfit.workflows.windows.recommended import asked_again

RECORDS = [record(who=at, age=f" {20 + 8 * at}", card=at % 2) for at in range(8)]
LABELS = ["card", "bond", "nothing", "something"] * 2
CODES = np.array([1, 1, 0, 1] * 2, dtype=np.int8)


@pytest.fixture(scope="module")
def champion(tmp_path_factory):
    """A tiny recommender; bond is never recommended."""
    return make_recommender(tmp_path_factory.mktemp("project")).store.champion()


@pytest.fixture(scope="module")
def asked(champion):
    """Records at the door, what was answered to them, and the lists."""
    matrix = history_door(champion.facts.signature).rows(RECORDS)
    answers = Scorer(champion).answers(matrix)
    told = recommendations(answers.decision, LABELS, champion.facts.signature.outcome)
    return matrix, np.array(answers.probability), told, answers


def test_every_product_has_its_probability(champion, asked):
    """In the order of the labels' products: what is owned, and what is never recommended, has none."""
    matrix, probability, told, answers = asked
    found = asked_again(champion, matrix, probability, CODES, told)
    offered = [found.products.index(product) for product in RECOMMENDED]
    np.testing.assert_array_equal(found.offers[:, offered], answers.offers)
    assert np.isnan(found.offers[:, found.products.index("bond")]).all()
    assert found.never_offered == ("bond",)
    assert found.no_offers == ""


def test_other_records_are_not_scored(champion, asked):
    """Where a value is not kept the champion answers otherwise: the lists stand, and no probabilities."""
    matrix, probability, told, _ = asked
    kept = matrix.copy()
    kept[0, champion.facts.signature.names.index("age")] = 85 - matrix[0, champion.facts.signature.names.index("age")]
    found = asked_again(champion, kept, probability, CODES, told)
    assert found.offers is None
    assert found.no_offers == "to 1 of 8 records as they are kept the champion answers otherwise than it did"
    assert found.lists is told.lists


def test_rows_that_say_no_lists_are_not_scored(champion, asked):
    """Of a table it is known whether anything was added: the champion says what it recommends, and that is all."""
    matrix, probability, _, answers = asked
    found = asked_again(champion, matrix, probability, CODES, None)
    assert found.is_listed.tolist() == [False, False, True, False] * 2
    assert not found.is_telling
    assert found.lists.recommended.any(axis=1).tolist() == [one != "nothing" for one in answers.decision]
