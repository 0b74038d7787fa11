"""Decisions by what was true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting.figures import confusion_matrix
from keepfit.reporting.figures.heatmap import _DARKEST

ROW = st.tuples(st.integers(0, 10**9), st.integers(0, 10**9))


def shades(drawing):
    """Return the four shades, row by row."""
    return [float(cell.get("fill-opacity")) for cell in drawing.shapes("rect") if cell.get("fill-opacity")]


@given(ROW, ROW)
def test_a_row_shares_its_shade(drawn, negatives, positives):
    """The shades of a true class add up to the darkest, unless nobody is of it; the cells lie inside."""
    drawing = drawn(confusion_matrix(("good", "bad"), (negatives, positives)))
    assert drawing.is_inside
    made = shades(drawing)
    for row, pair in zip((negatives, positives), (made[:2], made[2:]), strict=True):
        assert sum(pair) == pytest.approx(_DARKEST if sum(row) else 0, abs=0.0011)


def test_right_and_wrong_have_their_colours(drawn):
    """The diagonal is in the first colour, what was decided wrongly in the second."""
    drawing = drawn(confusion_matrix(("good", "bad"), ((1, 2), (3, 4))))
    tones = [cell.get("class") for cell in drawing.shapes("rect") if cell.get("fill-opacity")]
    assert tones == ["first", "second", "second", "first"]


def test_counts_and_shares_are_told(drawn):
    """Each cell says its count and its share of its true class, and the description says all four by name."""
    figure = confusion_matrix(("good", "bad"), ((900, 100), (0, 0)))
    assert figure.description == (
        "Decisions by what was true: 900 good decided good; 100 good decided bad; 0 bad decided good; 0 bad decided bad"
    )
    texts = drawn(figure).texts
    assert texts.count("good") == texts.count("bad") == 2
    assert {"900", "100", "90.0% of them", "10.0% of them", "none"} <= set(texts)


def test_thousands_are_set_apart(drawn):
    """A large count can be read."""
    assert "1,234,567" in drawn(confusion_matrix(("a", "b"), ((1_234_567, 0), (0, 1)))).texts


@pytest.mark.parametrize("counts", [[], [[1, 2]], [[1, 2], [3]], [[1, 2, 3], [4, 5, 6]], [[1, 2]] * 3])
def test_two_classes_only(counts):
    """What is not two by two is refused."""
    with pytest.raises(ValueError, match="two rows of two counts"):
        confusion_matrix(("a", "b"), counts)
