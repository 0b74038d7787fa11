"""Which rows judge."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.journal import Prediction, PredictionIds
from keepfit.journal.redaction import Redaction
from keepfit.retraining import is_held_out

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def prediction(id_: str, entity: str | None = None) -> Prediction:
    return Prediction(id_, NOW, "credit", 1, entity, "{}", 0.5, "good", 1e-5)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("has_entity", [True, False])
def test_about_the_declared_share_judges(share, has_entity):
    """Of many rows the declared share is held out, by entity or by id."""
    new_id = PredictionIds()
    rows = [prediction(new_id(), f"customer {at}" if has_entity else None) for at in range(20_000)]
    assert sum(is_held_out(row, share) for row in rows) / 20_000 == pytest.approx(share, abs=0.02)


@given(st.text(min_size=1), st.floats(0.01, 0.5))
def test_a_row_that_judges_goes_on_judging(id_, share):
    """The answer is always the same, and a larger share only adds rows."""
    row = prediction(id_)
    assert is_held_out(row, share) == is_held_out(row, share)
    assert not is_held_out(row, share) or is_held_out(row, min(share * 1.5, 0.99))


@given(st.text(min_size=1), st.lists(st.text(min_size=1), min_size=2))
def test_a_customer_judges_or_teaches_never_both(entity, ids):
    """All rows about one entity are on the same side."""
    assert len({is_held_out(prediction(id_, entity), 0.3) for id_ in ids}) == 1


def test_a_hash_that_is_declared_later_moves_nobody_across():
    """A thousand persons with a row of before and one of after: each either judges or teaches."""
    redaction = Redaction({"id": "hash"}, (), ("id",), b"secret")
    for number in range(1000):
        before, after = f"p{number}", redaction.entity(f"p{number}")
        rows = [prediction(f"id{number}", before), prediction(f"later{number}", after)]
        assert len({is_held_out(row, 0.3, redaction) for row in rows}) == 1
