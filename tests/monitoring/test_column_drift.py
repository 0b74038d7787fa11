"""One column: whatever its values are, it is tested and judged, and a column is never drifted against itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.monitoring.column_drift import column_tests, judge_column
from keepfit.profiles.category import category_profile
from keepfit.profiles.number import number_profile
from keepfit.project.monitoring_section import MonitoringSection

NUMBERS = st.lists(st.none() | st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=60)
LABELS = ("a", "b", "c", "d")
CODES = st.lists(st.none() | st.integers(0, len(LABELS)), max_size=60)


def values(cells):
    return np.array([math.nan if cell is None else cell for cell in cells], dtype=np.float32)


def number_pair(before, now):
    reference = number_profile("x", values(before))
    return reference, reference.count(values(now))


def category_pair(before, now):
    known = [None if code == len(LABELS) else code for code in before]
    reference = category_profile("x", LABELS, values(known))
    return reference, reference.count(values(now))


def judged(reference, window):
    tests = column_tests(reference, window)
    return judge_column(tests, list(tests.p_values.values()), MonitoringSection(), is_sufficient=True)


PAIRS = st.builds(number_pair, NUMBERS, NUMBERS) | st.builds(category_pair, CODES, CODES)


@given(PAIRS)
def test_any_column_is_tested_and_judged(pair):
    """p-values are chances, distances and effects are numbers, whatever is missing on either side."""
    tests = column_tests(*pair)
    assert all(0 <= p <= 1 for p in tests.p_values.values())
    found = judged(*pair)
    assert all(math.isfinite(distance) and distance >= 0 for distance in found.distances.values())
    if all(found.rows):
        assert found.effect.low <= found.effect.size <= found.effect.high
    else:
        assert math.isnan(found.effect.size)
    assert 0 <= found.missing.window <= 1
    assert found.is_drifted == bool(found.reasons)


@given(PAIRS)
def test_a_column_has_not_drifted_from_itself(pair):
    """The same rows again are no change."""
    reference, _ = pair
    assert not judged(reference, reference).is_drifted


@pytest.mark.parametrize(
    ("subject", "tested"), [("feature", {"distribution", "missing", "unseen"}), ("label", {"distribution"})]
)
def test_only_features_have_missing_and_unseen_values(subject, tested):
    """What turned out to be true is compared by its distribution alone."""
    tests = column_tests(*category_pair([0, 1, 1], [0, 1]), subject)
    assert set(tests.p_values) == tested
    assert tests.subject == subject


def test_a_column_that_never_had_a_value_is_a_change_of_missing_values():
    """Good-Turing has nothing to say of it; that values are there now is the missing rate's to say."""
    found = judged(*category_pair([None] * 400, [4] * 400))
    assert (found.missing.is_changed, found.unseen.is_changed) == (True, False)
    assert found.reasons == ("missing 100.0% → 0.0%",)


def test_too_few_rows_name_no_reason():
    """A column of a window that is too small is told, and is not drifted."""
    tests = column_tests(*number_pair([*range(100)], [1000.0] * 100))
    found = judge_column(tests, [0.0, 1.0], MonitoringSection(), is_sufficient=False)
    assert (found.is_drifted, found.reasons) == (False, ())
    assert found.effect.size > found.floor
