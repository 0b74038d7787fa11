"""Floors of single columns."""

from __future__ import annotations

import pytest
from tests.monitoring.conftest import SIGNATURE

from keepfit.errors import ProjectError
from keepfit.monitoring.floors import require_floors
from keepfit.project.monitoring_section import MonitoringSection


@pytest.mark.parametrize("floors", [{"income": 1.5}, {"job": 0.3}, {"probability": 2.0}, {"Status": 0.2}])
def test_a_floor_that_can_be_reached_is_taken(floors):
    """A number's distance has no bound; the score and the label are columns too."""
    require_floors(MonitoringSection(min_effects=floors), SIGNATURE)


@pytest.mark.parametrize(
    ("floors", "said"),
    [
        ({"incme": 0.3}, 'min_effects = { incme = 0.3 }: no such column; did you mean "income"'),
        ({"job": 0.9}, "min_effects = { job = 0.9 }: is never reached: jensen_shannon is below 0.8326; lower it"),
        ({"Status": 0.9}, "is never reached"),
    ],
)
def test_a_floor_that_says_nothing_is_refused(floors, said):
    """By its column: misspelt, or above what its distance can be."""
    with pytest.raises(ProjectError) as raised:
        require_floors(MonitoringSection(min_effects=floors), SIGNATURE)
    assert said in str(raised.value)
