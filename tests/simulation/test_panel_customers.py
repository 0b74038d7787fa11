"""Customers of a panel: each row with its months before, and with what the next month adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from keepfit.ownership import Ownership
from keepfit.panel_record import HISTORY, MOST_MONTHS
from keepfit.scoring import Door, history_door
from keepfit.signature import Kind
from keepfit.simulation import panel_customers
from recommender_model import PRODUCTS, RECOMMENDED, panel, tiny_recommender


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


@pytest.mark.parametrize(("memory", "told"), [(6, 6), (127, MOST_MONTHS)])
def test_a_long_panel_tells_what_is_remembered_and_no_more_than_a_record_may(dataset, memory, told):
    """At most a hundred and twenty months: with one more it would be refused."""
    months = 200
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
    frame, offers = dataset.frame[:1].with_columns(month=date(2015, 11, 28)), dataset.signature.offers
    signature = replace(dataset.signature, offers=replace(offers, panel=replace(offers.panel, memory=memory)))
    ((record, _),) = panel_customers(frame, signature, additions, np.array([0]))
    assert [one["month"][:7] for one in record[HISTORY]] == [*names[190 - told : 190]]
    assert [one["card"] for one in record[HISTORY]] == [at % 2 for at in range(190 - told, 190)]
    assert len(Door(dataset.signature).rows([record])) == 1


def test_products_that_are_true_or_false_are_sent_so(dataset):
    """In the months before as in the record, as the door reads both by one rule."""
    columns = (replace(one, kind=Kind.FLAG) if one.name in PRODUCTS else one for one in dataset.signature.columns)
    signature = replace(dataset.signature, columns=tuple(columns))
    frame, rows = dataset.frame.with_columns(pl.col(*PRODUCTS).cast(pl.Boolean)), dataset.split.holdout
    asked = [record for record, _ in panel_customers(frame, signature, dataset.additions, rows)]
    assert {type(month["card"]) for record in asked for month in record[HISTORY]} == {bool}
    door = history_door(signature)
    np.testing.assert_array_equal(door.rows(asked), door.table(frame)[rows])
