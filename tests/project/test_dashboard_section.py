"""`[monitoring.dashboard]`, and the language of dashboards."""

from __future__ import annotations

import pytest

from keepfit.errors import ProjectError
from keepfit.project.reader import read_project

LEAST = '[data]\nsource = "t.csv"\ntarget = "y"\n'


@pytest.fixture
def read(tmp_path):
    def reading(text: str):
        file = tmp_path / "keepfit.toml"
        file.write_text(LEAST + text)
        return read_project(file)

    return reading


def test_a_project_names_its_panels(read):
    """None by default, and English."""
    assert read("").monitoring.dashboard.panels == []
    assert read("").project.language == "en"
    assert read('[monitoring.dashboard]\npanels = ["f1", "scores"]\n').monitoring.dashboard.panels == ["f1", "scores"]
    assert read('[project]\nlanguage = "pt"\n').project.language == "pt"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[monitoring.dashboard]\npanels = ["f1", "latancy"]\n',
            '[monitoring] dashboard.panels.1 = "latancy": no such panel; did you mean "latency"?',
        ),
        ("[monitoring.dashboard]\npanels = [1]\n", "[monitoring] dashboard.panels.0 = 1: input should be 'up'"),
        (
            '[monitoring.dashboard]\npanels = ["graphite_load"]\n',
            '[monitoring]: [monitoring.dashboard] has "graphite_load", which needs [monitoring.statsd] address',
        ),
        ('[project]\nlanguage = "de"\n', "[project] language = \"de\": input should be 'en', 'ru' or 'pt'"),
    ],
)
def test_what_is_no_panel_and_no_language_is_told(read, text, said):
    """When the file is read, with the nearest name."""
    with pytest.raises(ProjectError) as error:
        read(text)
    assert said in str(error.value)
