"""Limits of a check: what cannot be reached is told when the project is read."""

from __future__ import annotations

import pytest

from keepfit.errors import ProjectError
from keepfit.project import read_project


@pytest.fixture
def read(tmp_path):
    """Read a project with some monitoring."""

    def reading(text: str):
        file = tmp_path / "keepfit.toml"
        file.write_text(f'[data]\nsource = "t.csv"\ntarget = "y"\n[monitoring]\n{text}')
        return read_project(file).monitoring

    return reading


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("share_of_drifted_columns = 1.5", "share_of_drifted_columns"),
        (
            "window_rows = 100\nmin_window = 200",
            "min_window = 200 is never reached: a check looks at window_rows = 100",
        ),
        ("min_effect = 0.9", "min_effect = 0.9 is never reached: jensen_shannon is below 0.8326"),
        ("[monitoring.stability]\nneeded = 2", "needed = 2 cannot be reached in windows = 1"),
        ('[monitoring.season]\nby = "year"\ncolumn = "day"', "by"),
    ],
)
def test_a_limit_that_cannot_be_reached_is_an_error(read, text, said):
    """The published trigger asked for a share above 1, and never fired."""
    with pytest.raises(ProjectError, match=r"keepfit\.toml") as raised:
        read(text)
    assert said in str(raised.value)


def test_all_columns_is_a_limit_that_can_be_reached(read):
    """A share of 1 is reached when each column has drifted."""
    assert read("share_of_drifted_columns = 1.0").share_of_drifted_columns == 1


def test_floors_are_of_columns_by_name(read):
    """Others have the common one."""
    section = read("min_effect = 0.2\nmin_effects = { Income = 0.3 }")
    assert (section.floor("Income"), section.floor("Age")) == (0.3, 0.2)
