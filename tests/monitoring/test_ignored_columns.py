"""Columns that are not compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.monitoring.conftest import SIGNATURE

from keepfit.errors import ProjectError
from keepfit.monitoring.ignored_columns import ignored_columns, require_ignored
from keepfit.ownership import history_names
from keepfit.panel_columns import PanelColumns
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Column, Kind, Offers

PAST = history_names(["card"], [1])
PANEL = replace(
    SIGNATURE,
    columns=(
        Column("month", Kind.DATE),
        *SIGNATURE.columns,
        *(Column(name, Kind.INTEGER, is_past=True) for name in PAST),
    ),
    offers=Offers(PanelColumns("who", "month", ("card",)), ("card",)),
)


def test_what_must_change_of_a_panel_is_known():
    """Its month and how many months are known, not what its past says; of another table nothing must change."""
    assert ignored_columns(MonitoringSection(), PANEL) == {"month", "months_known"}
    assert ignored_columns(MonitoringSection(), SIGNATURE) == frozenset()


def test_a_month_that_is_no_feature_is_not_named():
    """What is no column of the model is compared by nobody anyway."""
    assert ignored_columns(MonitoringSection(), replace(PANEL, columns=SIGNATURE.columns)) == frozenset()


@pytest.mark.parametrize("declared", [[], ["income"]])
def test_what_a_project_declares_stands_instead(declared):
    """Nothing too: then the months are compared."""
    section = MonitoringSection(ignored=declared)
    require_ignored(section, PANEL)
    assert ignored_columns(section, PANEL) == frozenset(declared)


def test_a_column_that_there_is_not_is_refused():
    """By the key, with the nearest name."""
    with pytest.raises(ProjectError) as raised:
        require_ignored(MonitoringSection(ignored=["incme"]), SIGNATURE)
    assert str(raised.value) == (
        'keepfit.toml: [monitoring] ignored = ["incme"]: no such column; did you mean "income"?'
    )
