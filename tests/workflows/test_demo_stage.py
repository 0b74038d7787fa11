"""The demo, and what a demo may remove."""

from __future__ import annotations

import pytest

from keepfit.errors import ProjectError
from keepfit.workflows.demo_stage import demo_rooms


def test_a_folder_that_is_no_demos_is_left_alone(tmp_path):
    """A demo never clears a folder that it did not make."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ProjectError, match="the folder is not empty, and no demo's; choose another with --into"):
        demo_rooms("credit-status", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_unknown_example_is_told(tmp_path):
    """A name that is no example lists the nearest."""
    with pytest.raises(ProjectError, match='there is no example "credit"; did you mean "credit-status"'):
        demo_rooms("credit", tmp_path / "new")
