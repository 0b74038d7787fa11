"""Names and numbers in sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.exploration.findings.wording import listed, named, number, share


@pytest.mark.parametrize(("name", "said"), [("age", "age"), ("my age", "my age"), (" age", '" age"'), ("", '""')])
def test_a_name_that_would_not_be_seen_is_quoted(name, said):
    """Blanks at its ends, or nothing at all."""
    assert named(name) == said


def test_at_most_three_names_are_listed():
    """And how many more there are."""
    assert [listed("abcde"[:count]) for count in (1, 2, 3, 5)] == ["a", "a and b", "a, b and c", "a, b, c and 2 more"]


@pytest.mark.parametrize(
    ("value", "said"), [(0.12345, "0.1235"), (213.5, "213.5"), (1346.4, "1,346"), (-142419.0, "-142,419"), (0, "0")]
)
def test_a_number_has_four_digits_or_all_before_the_point(value, said):
    """With its thousands, and never as a power of ten."""
    assert number(value) == said


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_some_is_neither_none_nor_all(part, whole):
    """A share in per cent says nothing of nothing and all of all, and of nothing else."""
    part = min(part, whole)
    said = share(part, whole)
    assert (said == "0.0%") == (part == 0)
    assert (said == "100.0%") == (part == whole)
