"""Rows of a panel that teach, and that are held out: nothing of the held-out months has taught."""

from __future__ import annotations

import polars as pl
import pytest

from keepfit.datasets.panel import read_panel
from keepfit.datasets.panel_split import split_panel
from keepfit.datasets.twins.santander import generate
from keepfit.datasets.twins.santander_products import PRODUCTS
from keepfit.errors import DatasetError
from keepfit.panel_columns import PanelColumns

MONTHS = ["2015-11-28", "2015-12-28", "2016-01-28", "2016-02-28"]
COLUMNS = PanelColumns("who", "month", ("card", "loan"))


def panel_of(card, loan=(0, 0, 0, 0), who=1):
    frame = pl.DataFrame({"who": [who] * 4, "month": MONTHS, "card": card, "loan": list(loan)})
    return read_panel(frame.lazy(), COLUMNS, where="t.csv")


def test_the_published_months_split_the_published_panel():
    """What the last row that teaches was to say was known when the first held-out month came."""
    panel = read_panel(generate(1, 20_000).lazy(), PanelColumns("ncodpers", "fecha_dato", PRODUCTS), where="twin")
    split = split_panel(panel, train_from="2015-07", hold_from="2016-02", where="[panel]")
    taught, held = ({panel.month_names[at] for at in panel.months[rows]} for rows in (split.train, split.holdout))
    assert (min(taught), max(taught)) == ("2015-07", "2016-01")
    assert (min(held), max(held)) == ("2016-02", "2016-04")
    assert panel.additions()[1][[*split.train, *split.holdout]].all()
    assert {*split.products, *split.never_added} == set(PRODUCTS)
    assert "ind_aval_fin_ult1" in split.never_added  # one customer of 43,000 has it


def test_a_column_that_tells_the_future_is_caught():
    """What is planted in the held-out months reaches neither the rows that teach nor what their past says."""
    frame = generate(2, 5_000)
    flags, is_later = pl.col(*PRODUCTS), pl.col("fecha_dato") >= "2016-03"
    planted = frame.with_columns(pl.when(is_later).then(1 - flags.fill_null(0)).otherwise(flags).name.keep())
    columns = PanelColumns("ncodpers", "fecha_dato", PRODUCTS)
    before, after = (read_panel(one.lazy(), columns, where="twin") for one in (frame, planted))
    splits = [split_panel(one, train_from=None, hold_from="2016-02", where="p") for one in (before, after)]
    train = splits[0].train
    assert (train == splits[1].train).all()
    assert (before.additions()[0][train] == after.additions()[0][train]).all()
    assert (before.history()[train] == after.history()[train]).all()


def test_a_product_that_nobody_adds_is_named():
    """It cannot be learnt."""
    split = split_panel(panel_of([0, 1, 0, 1]), train_from=None, hold_from="2016-01", where="p")
    assert (split.products, split.never_added) == (("card",), ("loan",))
    assert (split.train.tolist(), split.holdout.tolist()) == ([0, 1], [2])


def test_customers_that_are_gone_leave_nothing_to_hold_out():
    """Rows of the held-out months that are the last of their customers."""
    frame = pl.DataFrame({"who": [1, 1, 2, 3], "month": MONTHS, "card": [0, 1, 0, 1], "loan": [0, 0, 0, 0]})
    panel = read_panel(frame.lazy(), COLUMNS, where="t.csv")
    with pytest.raises(DatasetError, match="no row from 2016-01 on is followed by one of the next month"):
        split_panel(panel, train_from=None, hold_from="2016-01", where="[panel]")


@pytest.mark.parametrize(
    ("card", "months", "said"),
    [
        ([0, 1, 0, 1], (None, "2016-03"), '[panel] hold_from: "2016-03" is no month of the panel, 2015-11 to 2016-02'),
        ([0, 1, 0, 1], ("2015-10", "2016-01"), '[panel] train_from: "2015-10" is no month of the panel'),
        (
            [0, 1, 0, 1],
            (None, "2016-02"),
            "[panel] hold_from: 2016-02 is the last month: what the next one adds is not",
        ),
        ([0, 1, 0, 1], ("2015-12", "2015-12"), "[panel] hold_from: no month is left to teach between 2015-12 and"),
        ([0, 0, 0, 1], (None, "2016-01"), "[panel]: nothing is ever added in the months that teach"),
    ],
)
def test_months_that_leave_nothing_are_refused(card, months, said):
    """With the key, and what to do."""
    first, held = months
    with pytest.raises(DatasetError) as caught:
        split_panel(panel_of(card), train_from=first, hold_from=held, where="[panel]")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("months", "asked", "hint"),
    [
        (4, (None, "2016-02"), "hold out a month from 2016-01 to 2016-01"),
        (4, (None, "2015-11"), "hold out a month from 2016-01 to 2016-01"),
        (4, ("2015-12", "2016-02"), "teach from 2015-11 or before, and hold out 2016-01"),
        (4, ("2016-01", "2016-01"), "teach from 2015-11 or before, and hold out 2016-01"),
        (
            3,
            (None, "2016-01"),
            "a panel needs at least two months that teach, one that is held out, and one that follows",
        ),
        (
            1,
            (None, "2015-11"),
            "a panel needs at least two months that teach, one that is held out, and one that follows",
        ),
    ],
)
def test_what_a_hint_says_can_be_done(months, asked, hint):
    """Two months teach, one is held out and another follows: of fewer than four there is no such split."""
    frame = pl.DataFrame({"who": [1] * months, "month": MONTHS[:months], "card": [0, 1, 0, 1][:months]})
    panel = read_panel(frame.with_columns(loan=0).lazy(), COLUMNS, where="t.csv")
    with pytest.raises(DatasetError) as caught:
        split_panel(panel, train_from=asked[0], hold_from=asked[1], where="[panel]")
    assert caught.value.hint == hint


def test_where_nothing_is_added_before_the_panel_begins_no_earlier_month_is_asked_for():
    """There is none."""
    for first, hint in ((None, "hold out a later month, or add"), ("2015-12", "teach from an earlier month")):
        with pytest.raises(DatasetError, match=hint):
            split_panel(panel_of([0, 0, 0, 1]), train_from=first, hold_from="2016-01", where="[panel]")
