"""Which rows judge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.journal import PredictionIds
from keepfit.retraining import is_held_out


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_about_the_declared_share_judges(share):
    """Of many ids the declared share is held out."""
    new_id = PredictionIds()
    held = sum(is_held_out(new_id(), share) for _ in range(20_000))
    assert held / 20_000 == pytest.approx(share, abs=0.02)


@given(st.text(min_size=1), st.floats(0.01, 0.5))
def test_a_row_that_judges_goes_on_judging(prediction, share):
    """The answer depends on the id alone, and a larger share only adds rows."""
    assert is_held_out(prediction, share) == is_held_out(prediction, share)
    assert not is_held_out(prediction, share) or is_held_out(prediction, min(share * 1.5, 0.99))
