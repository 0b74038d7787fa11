"""Why values are refused: the words of the service, as long as they are quickly found."""

from __future__ import annotations

import datetime as dt

import pytest

from keepfit.errors import RecordError
from keepfit.scoring import Door
from keepfit.scoring.refusals import Refusals, RefusedValue
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("job", Kind.CATEGORY, optional=False, categories=("fixed", "partime")),
        Column("zip", Kind.CATEGORY, categories=("1", "2")),
        Column("age", Kind.INTEGER),
    ),
    Outcome("y", "no", "yes"),
)


@pytest.mark.parametrize(
    ("at", "value"), [(0, "fixd"), (0, None), (0, 5), (0, True), (1, 7), (1, "x"), (2, 2.5), (2, "x"), (2, 1e39)]
)
def test_the_words_are_those_of_the_service(at, value):
    """Of a value that a request may bring."""
    name = SIGNATURE.names[at]
    with pytest.raises(RecordError) as refused:
        Door(SIGNATURE).row({"job": "fixed", name: value})
    (violation,) = refused.value.violations
    assert Refusals(SIGNATURE).table([RefusedValue(3, at, value)]).rows() == [(3, name, violation.message)]


def test_a_value_of_a_table_only_is_told_too():
    """A moment where a word is expected."""
    told = Refusals(SIGNATURE).table([RefusedValue(0, 1, dt.date(2000, 1, 1))])
    assert told["reason"].to_list() == ["expected one of 1, 2, found datetime.date(2000, 1, 1)"]


@pytest.mark.parametrize("at", [0, 1])
def test_the_nearest_word_is_looked_for_a_hundred_times(at):
    """For the first hundred different values of a column; these keep their words, and others get fewer."""
    reasons = Refusals(SIGNATURE)
    values = [f"x{number}" if at == 0 else number for number in range(10, 130)]
    told = reasons.table([RefusedValue(row, at, value) for row, value in enumerate(values)])["reason"]
    assert [";" in reason for reason in told] == [True] * 100 + [False] * 20
    assert told[119] == ('"x129" is not in the vocabulary' if at == 0 else '"129" is not in the vocabulary')
    assert reasons.table([RefusedValue(0, at, values[0])])["reason"].to_list() == [told[0]]
