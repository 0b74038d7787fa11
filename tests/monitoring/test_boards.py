"""The dashboards before anybody draws them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from keepfit.monitoring.board_words import Words
from keepfit.monitoring.boards import boards
from keepfit.project.dashboard_section import OF_GRAPHITE, DashboardSection, PanelName
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.project.statsd_section import StatsdSection

NAMES = get_args(PanelName)


def section(*panels: str, prefix: str = "") -> MonitoringSection:
    dashboard = DashboardSection(panels=list(panels))
    return MonitoringSection(dashboard=dashboard, statsd=StatsdSection(address="127.0.0.1:8125", prefix=prefix))


def made(*panels: str, has_graphite: bool = True, has_stream: bool = True, prefix: str = ""):
    found = boards("p", section(*panels, prefix=prefix), Words(), has_graphite=has_graphite, has_stream=has_stream)
    return {board.uid.removeprefix("keepfit-p-"): board for board in found}


def test_every_panel_that_a_project_may_name_is_there_once():
    """The names of `[monitoring.dashboard] panels` are those of the panels on the other boards, each on one of them."""
    found = made(*NAMES)
    own = found.pop("overview").panels
    elsewhere = [panel for board in found.values() for panel in board.panels]
    assert len(own) == len(NAMES) == len(elsewhere)
    assert {id(panel.queries) for panel in own} == {id(panel.queries) for panel in elsewhere}


def test_every_panel_is_on_the_page_about_watching():
    """By the name that a project file uses."""
    page = (Path(__file__).parents[2] / "docs" / "watching.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []


def test_a_project_s_own_board_has_its_panels_in_their_order():
    """And there is none without panels."""
    assert [panel.title for panel in made("memory", "f1", "scores")["overview"].panels] == [
        "Memory",
        "F1",
        "Histogram of probabilities",
    ]
    assert set(made()) == {"service", "quality", "drift", "stream", "graphite"}


def test_without_a_graphite_nobody_asks_it():
    """Its board is not there, and its panels are left out of the project's own, which may be left without any."""
    found = made("graphite_load", "f1", has_graphite=False)
    assert set(found) == {"service", "quality", "drift", "stream", "overview"}
    assert [panel.title for panel in found["overview"].panels] == ["F1"]
    assert "overview" not in made("graphite_load", has_graphite=False)


def test_without_a_stream_nobody_asks_about_it():
    """Its board is not there, and its panels are left out of the project's own."""
    found = made("stream_auc", "f1", has_stream=False)
    assert set(found) == {"service", "quality", "drift", "graphite", "overview"}
    assert [panel.title for panel in found["overview"].panels] == ["F1"]


def test_a_panel_asks_one_source():
    """Those of Graphite are called so."""
    for name, panel in zip(NAMES, made(*NAMES)["overview"].panels, strict=True):
        assert {query.source for query in panel.queries} == {
            "graphite" if name.startswith(OF_GRAPHITE) else "prometheus"
        }


@pytest.mark.parametrize(("prefix", "begins"), [("", "p"), ("bank-rs.v2", "bank-rs.v2")])
def test_graphite_is_asked_for_the_names_that_the_service_tells(prefix, begins):
    """Under the declared prefix, or the project's name."""
    for panel in made(prefix=prefix)["graphite"].panels:
        for query in panel.queries:
            kinds = ("counters", "gauges", "timers")
            assert any(f"stats.{kind}.{begins}.{part}" in query.expression for kind in kinds for part in PARTS)


PARTS = ("requests.", "response_code.", "response_time.", "target.", "system.")
