"""Customers of a panel that ask: their months before go with them, as far as a model remembers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.recommender_model import PRODUCTS, panel

from keepfit.datasets import SourcedTable, prepare_panel
from keepfit.datasets.source import Origin
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.project.panel_section import PanelSection
from keepfit.scoring import history_door
from keepfit.simulation import panel_customers

DATA = DataSection(source="p.csv", target="added", entity="who", drop=["note"], numbers=["age"])
MONTHS = {"train_from": "2015-07", "hold_from": "2015-12", "lags": [1, 2], "memory": 3}


def prepared(frame: pl.DataFrame):
    """Return the dataset of a panel whose models remember three months."""
    days = dict.fromkeys(("month", "joined"), "%Y-%m-%d|%d-%m-%Y")
    section = PanelSection(month="month", since="joined", products=list(PRODUCTS), **MONTHS)
    request = RequestSection(missing="accept", unseen="accept")
    table = SourcedTable(frame, "p.csv", Origin.FILE, "p.csv", Path("p.csv"), "")
    return prepare_panel(table, DATA.model_copy(update={"dates": days}), section, request)


@pytest.mark.parametrize("are_flags", [False, True])
def test_no_month_is_sent_that_nobody_remembers(are_flags):
    """And the door makes of each customer what training saw of him, of products that are true or false too."""
    flags = pl.col(*PRODUCTS)
    dataset = prepared(panel(customers=60).with_columns(flags.cast(pl.Boolean) if are_flags else flags))
    rows = dataset.split.holdout
    asked = [record for record, _ in panel_customers(dataset.frame, dataset.signature, dataset.additions, rows)]
    counts = [len(one["history"]) for one in asked]
    assert max(counts) == 3
    assert counts == dataset.frame["months_known"].gather(rows).to_list()
    door = history_door(dataset.signature)
    np.testing.assert_array_equal(door.rows(asked), door.table(dataset.frame)[rows])
