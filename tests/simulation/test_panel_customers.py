"""Customers of a panel: each row with its months before, and with what the next month adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from keepfit.datasets import SourcedTable, prepare_panel
from keepfit.datasets.source import Origin
from keepfit.ownership import Ownership
from keepfit.panel_record import HISTORY
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.project.panel_section import PanelSection
from keepfit.scoring import Door, history_door
from keepfit.simulation import panel_customers
from recommender_model import PRODUCTS, RECOMMENDED, panel, tiny_recommender

DATA = DataSection(source="p.csv", target="added", entity="who", drop=["note"], numbers=["age"])
MONTHS = {"train_from": "2015-07", "hold_from": "2015-12", "lags": [1, 2], "memory": 3}


@pytest.fixture(scope="module")
def dataset():
    return tiny_recommender().dataset


@pytest.fixture(scope="module")
def customers(dataset):
    """All held-out rows."""
    return list(panel_customers(dataset.frame, dataset.signature, dataset.additions, dataset.split.holdout))


def test_each_is_its_row_at_the_door(dataset, customers):
    """A record with its history becomes the very numbers that the table's row has, its past too."""
    asked = history_door(dataset.signature).rows([record for record, _ in customers])
    np.testing.assert_array_equal(asked, tiny_recommender().matrix[dataset.split.holdout])


def test_a_service_takes_them(dataset, customers):
    """The door of requests refuses none."""
    assert len(Door(dataset.signature).rows([record for record, _ in customers])) == len(customers)


def test_the_label_is_what_the_next_month_adds(customers):
    """By the panel itself: what is owned a month later and not now; of those who add nothing that they do so."""
    owned = {(row["who"], row["month"]): {name for name in PRODUCTS if row[name]} for row in panel().to_dicts()}
    assert {label for _, label in customers} > {"nothing"}
    for record, label in customers:
        added = owned[record["who"], "2016-01-28"] - owned[record["who"], "2015-12-28"]
        assert label == (",".join(name for name in RECOMMENDED if name in added) or "nothing")


def test_the_history_has_the_months_that_the_panel_has(customers):
    """Each once, in order, by its first day, with all products; a month without a row is not told."""
    rows = {(row["who"], row["month"][:7]): {name: row[name] for name in PRODUCTS} for row in panel().to_dicts()}
    assert any(len(record[HISTORY]) < 6 for record, _ in customers)
    for record, _ in customers:
        told = {month["month"][:7]: {name: month[name] for name in PRODUCTS} for month in record[HISTORY]}
        assert [month["month"][8:] for month in record[HISTORY]] == ["01"] * len(record[HISTORY])
        assert [*told] == sorted(told)
        expected = {month: flags for (who, month), flags in rows.items() if who == record["who"] and month < "2015-12"}
        assert told == expected


def test_a_long_panel_tells_no_more_than_a_record_may(dataset):
    """As many months as are remembered: of older ones nothing is known."""
    months, memory = 200, dataset.signature.offers.panel.memory
    names = tuple(f"{2000 + at // 12}-{at % 12 + 1:02}" for at in range(months))
    bits = np.arange(months, dtype=np.uint64)[None, :] % np.uint64(2)
    owned = Ownership(PRODUCTS, bits, np.ones((1, months), dtype=np.bool_))
    additions = replace(
        dataset.additions,
        entities=np.zeros(1, dtype=np.int64),
        months=np.array([190]),
        ownership=owned,
        month_names=names,
    )
    frame = dataset.frame[:1].with_columns(month=date(2015, 11, 28))
    ((record, _),) = panel_customers(frame, dataset.signature, additions, np.array([0]))
    assert [one["month"][:7] for one in record[HISTORY]] == [*names[190 - memory : 190]]
    assert [one["card"] for one in record[HISTORY]] == [at % 2 for at in range(190 - memory, 190)]
    assert len(Door(dataset.signature).rows([record])) == 1


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
