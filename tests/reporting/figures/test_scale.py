"""From values to places, and the round values in between."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.date_text import date_text
from keepfit.reporting.figures.scale import Scale, short

SIZES = {"k": 1e3, "M": 1e6, "G": 1e9}
SPANS = st.tuples(st.floats(-1e9, 1e9), st.floats(1e-3, 1e12))


def number(text: str) -> float:
    """Read a tick as a reader does."""
    return float(text[:-1]) * SIZES[text[-1]] if text[-1] in SIZES else float(text)


@given(SPANS, st.lists(st.floats(allow_nan=False), min_size=2, max_size=10))
def test_order_is_kept_within_the_edges(span, values):
    """A greater value is not further left, and what lies outside is put at the edge."""
    scale = Scale(span[0], span[0] + span[1], 12.0, 348.0)
    places = [scale(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(12.0 <= place <= 348.0 for place in places)


@pytest.mark.parametrize(
    ("value", "place"), [(0, 10.0), (5, 60.0), (10, 110.0), (-3, 10.0), (math.inf, 110.0), (-math.inf, 10.0)]
)
def test_places_of_known_values(value, place):
    """The ends are the ends, the middle is the middle."""
    assert Scale(0.0, 10.0, 10.0, 110.0)(value) == place


def test_a_scale_without_width_stays_at_its_start():
    """One value only is no division by zero."""
    scale = Scale(3.0, 3.0, 12.0, 348.0)
    assert scale(3.0) == 12.0
    assert scale.ticks() in ([], [(12.0, "3")])


@given(SPANS, st.integers(3, 8))
def test_ticks_can_be_read(span, count):
    """Ticks are about as many as asked for, evenly apart, where their texts say, and no two texts are the same."""
    low, high = span[0], span[0] + span[1]
    scale = Scale(low, high, 0.0, 1000.0)
    ticks = scale.ticks(count)
    assert count / 2.5 - 1 <= len(ticks) <= count + 2
    texts = [text for _, text in ticks]
    assert len(set(texts)) == len(texts)
    for place, text in ticks:
        assert place == pytest.approx(scale(number(text)), abs=1000.0 * 1e-3)
    gaps = [right - left for (left, _), (right, _) in itertools.pairwise(ticks)]
    assert all(gap == pytest.approx(gaps[0], abs=0.25) for gap in gaps)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, 1, ["0", "0.25", "0.5", "0.75", "1"]),
        (2000, 2020, ["2000", "2005", "2010", "2015", "2020"]),
        (0, 1000, ["0", "250", "500", "750", "1000"]),
        (0, 20_000, ["0", "5k", "10k", "15k", "20k"]),
        (0.8601, 0.8609, ["0.8602", "0.8604", "0.8606", "0.8608"]),
        (-1.3e6, 1.1e6, ["-1M", "0", "1M"]),
        (1.7e9, 1.72e9, ["1700M", "1705M", "1710M", "1715M", "1720M"]),
        (-3e-9, 0, ["-3e-09", "-2e-09", "-1e-09", "0"]),
    ],
)
def test_ticks_of_known_spans(low, high, texts):
    """Years stay years, thousands and millions are shortened, close scores keep the digits that tell them apart."""
    assert [text for _, text in Scale(low, high, 0.0, 100.0).ticks(4)] == texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.05, "0.05"),
        (2005, "2005"),
        (12_500, "12.5k"),
        (3e6, "3M"),
        (-123_456.7, "-123.5k"),
        (999.96, "1k"),
        (999_960, "1M"),
        (1e15, "1e+15"),
    ],
)
def test_a_number_is_short(value, text):
    """A number takes the shortest of its spellings with four digits, also where it rounds up to the next size."""
    assert short(value) == text


@given(st.floats(1e-9, 1e12), st.sampled_from([1, -1]))
def test_a_short_number_is_near_its_value(size, sign):
    """What is read is the value to four digits, in eight characters or so."""
    text = short(sign * size)
    assert number(text) == pytest.approx(sign * size, rel=5.1e-4)
    assert len(text) <= 10


def test_ticks_may_be_dates():
    """Days are written as dates, each once, also where round values lie between two days."""
    texts = [text for _, text in Scale(16919.0, 17119.0, 0, 100).ticks(4, write=date_text)]
    assert texts == ["2016-05-29", "2016-07-18", "2016-09-06", "2016-10-26"]
    assert Scale(0.0, 2.0, 0, 100).ticks(4, write=date_text) == [
        (0.0, "1970-01-01"),
        (50.0, "1970-01-02"),
        (100.0, "1970-01-03"),
    ]
