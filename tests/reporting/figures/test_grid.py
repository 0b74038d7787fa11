"""Values in rows and columns."""

from __future__ import annotations

import math
import re

import pytest

from keepfit.reporting.figures import value_grid


def test_each_row_has_shades_of_its_own():
    """The largest of a row is the darkest, whatever the other rows hold; the words say from where to where it goes."""
    figure = value_grid("sold", ["much <i>", "little"], ["May", "June"], [[50, 100], [0.2, 0.1]])
    assert re.findall(r'fill-opacity="([\d.]+)"', figure.svg) == ["0.25", "0.5", "0.5", "0.25"]
    assert "<title>much &lt;i&gt;, June: 100</title>" in figure.svg
    assert figure.description == "sold: much <i> 50 (May) to 100 (June); little 0.1 (June) to 0.2 (May)"


def test_a_row_of_zeros_has_no_shade_and_nan_no_cell():
    """Nor are the words of what is not known."""
    figure = value_grid("sold", ["none", "unknown"], ["May", "June"], [[0, 0], [math.nan, math.nan]])
    assert re.findall(r'fill-opacity="([\d.]+)"', figure.svg) == ["0.0", "0.0"]
    assert figure.description == "sold: none 0 (May) to 0 (May)"
    assert value_grid("sold", [], [], []).description == "sold: nothing to show"


def test_values_are_written_as_asked():
    """In the cells, their titles and the words."""
    figure = value_grid("sold", ["a"], ["May"], [[0.5]], write=lambda value: f"{value:.0%}")
    assert figure.svg.count("50%") == 2
    assert figure.description == "sold: a 50% (May) to 50% (May)"


def test_many_columns_are_shaded_without_numbers():
    """They are in each cell's title."""
    figure = value_grid("sold", ["a"], [f"{at}" for at in range(30)], [[0.5] * 30])
    assert figure.svg.count("tiny") == 0
    assert "a, 0: 0.5" in figure.svg


@pytest.mark.parametrize("values", [[[1, 2]], [[1], [2, 3]]])
def test_a_ragged_grid_is_a_mistake(values):
    """One value for each row and column."""
    with pytest.raises(ValueError, match="a value for each row and column"):
        value_grid("x", ["a", "b"], ["c", "d"], values)
