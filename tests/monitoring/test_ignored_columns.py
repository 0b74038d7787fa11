"""Columns that are not compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.monitoring.conftest import SIGNATURE

from keepfit.errors import ProjectError
from keepfit.monitoring.ignored_columns import UntoldColumns, ignored_columns, not_kept_columns, require_ignored
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
    offers=Offers(PanelColumns("who", "month", ("card",), lags=(1,)), ("card",)),
)


def test_what_must_change_of_a_panel_is_known():
    """Its month, and what its past says of single products; of another table nothing is left out."""
    told = {"owned_1_ago__card", "months_since_added__card", "months_since_dropped__card"}
    assert ignored_columns(MonitoringSection(), PANEL) == {"month", *told}
    assert ignored_columns(MonitoringSection(), SIGNATURE) == frozenset()


def test_a_month_that_is_no_feature_is_not_named():
    """What is no column of the model is compared by nobody anyway."""
    assert ignored_columns(MonitoringSection(), replace(PANEL, columns=SIGNATURE.columns)) == frozenset()


OF_CARD = {"owned_1_ago__card", "months_since_added__card", "months_since_dropped__card"}


@pytest.mark.parametrize(
    ("dropped", "not_kept"),
    [
        ({"card"}, {"card", "products_owned", *OF_CARD}),
        ({"month"}, {"month", "products_owned", "months_known", *OF_CARD}),
        ({"history"}, {"months_known", *OF_CARD}),
        ({"history", "card"}, {"card", "products_owned", "months_known", *OF_CARD}),
        ({"income"}, {"income"}),
        ({"income", "of another version"}, {"income"}),
        (set(), set()),
    ],
)
def test_what_is_made_of_what_is_not_kept_is_not_known(dropped, not_kept):
    """A product that is not kept reads as one that nobody owns, and without months the past is unknown."""
    signature = replace(PANEL, columns=(Column("card", Kind.INTEGER), *PANEL.columns))
    assert not_kept_columns(dropped, signature) == not_kept
    assert UntoldColumns(dropped).not_kept(signature) == not_kept


def test_of_another_product_as_much_is_known_as_before():
    """Only what is made of the one that is not kept is left out, and how many there are."""
    panel = replace(PANEL.offers.panel, products=("card", "loan"))
    past = (Column(name, Kind.INTEGER, is_past=True) for name in history_names(["card", "loan"], [1]))
    signature = replace(PANEL, columns=tuple(past), offers=Offers(panel, ("card",)))
    assert not_kept_columns({"card"}, signature) == {"products_owned", *OF_CARD}


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
