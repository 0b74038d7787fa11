"""A panel: what each entity adds by the next month, in whatever order the rows are, and what is no panel."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.panel import read_panel
from keepfit.datasets.twins.santander import generate
from keepfit.datasets.twins.santander_products import PRODUCTS
from keepfit.errors import DatasetError
from keepfit.panel_columns import PanelColumns

COLUMNS = PanelColumns("who", "month", ("card", "loan"))
ROWS = {
    "who": [7, 9, 7, 9, 7],
    "month": ["2015-11-28", "2015-11-28", "2015-12-28", "2016-01-28", "2016-01-28"],
    "card": [0, 1, 1, 0, None],
    "loan": [0, 0, 1, 1, 1],
}


def panel_of(columns=COLUMNS, **changed):
    return read_panel(pl.DataFrame({**ROWS, **changed}, strict=False).lazy(), columns, where="t.csv")


def test_the_months_follow_one_another_over_the_year():
    """They have names, and each row its month and its entity; a missing product is not there."""
    panel = panel_of()
    assert panel.month_names == ("2015-11", "2015-12", "2016-01")
    assert panel.months.tolist() == [0, 0, 1, 2, 2]
    assert panel.entities.tolist() == [0, 1, 0, 1, 0]
    assert panel.ownership.bits.tolist() == [[0b00, 0b11, 0b10], [0b01, 0b00, 0b10]]
    assert panel.ownership.is_known.tolist() == [[True, True, True], [True, False, True]]


def test_months_may_lack_where_that_is_allowed():
    """So many in a row and no more; of a month without a row nothing is known, and nothing is added across it."""
    months = ["2015-10-28", "2015-10-28", "2015-12-28", "2016-01-28", "2016-01-28"]
    table = pl.DataFrame({**ROWS, "month": months}, strict=False).lazy()
    panel = read_panel(table, COLUMNS, where="t.csv", longest_gap=1)
    assert panel.month_names == ("2015-10", "2015-11", "2015-12", "2016-01")
    assert not panel.ownership.is_known[:, 1].any()
    assert panel.additions()[1].tolist() == [False, False, True, False, False]
    wider = table.with_columns(month=pl.col("month").replace("2015-10-28", "2015-09-28"))
    with pytest.raises(DatasetError, match=r"t\.csv: month: there is no row of 2015-10, and there are rows before it"):
        read_panel(wider, COLUMNS, where="t.csv", longest_gap=1)


def test_what_is_added_is_known_where_the_next_month_is():
    """Of one who stayed away for a month it is not, and of nobody in the last month."""
    added, is_known = panel_of().additions()
    assert added.tolist() == [0b11, 0, 0, 0, 0]
    assert is_known.tolist() == [True, False, True, False, False]


def test_on_a_generated_panel_additions_are_those_of_a_join():
    """The next month's row is looked up by a join, and the columns are compared one by one."""
    frame = generate(3, 20_000).sample(fraction=1.0, shuffle=True, seed=1)
    panel = read_panel(frame.lazy(), PanelColumns("ncodpers", "fecha_dato", PRODUCTS), where="twin")
    added, is_known = panel.additions()
    months = sorted(frame["fecha_dato"].unique().to_list())
    following = pl.DataFrame(list(pairwise(months)), schema=["fecha_dato", "next"], orient="row")
    later = frame.select("ncodpers", pl.col("fecha_dato").alias("next"), *PRODUCTS)
    joined = frame.join(following, on="fecha_dato", how="left", maintain_order="left").join(
        later, on=["ncodpers", "next"], how="left", suffix=" later", maintain_order="left"
    )
    assert is_known.tolist() == joined["ind_cco_fin_ult1 later"].is_not_null().to_list()
    flags = panel.ownership.flags(added)
    for place, product in enumerate(PRODUCTS):
        then = (joined[f"{product} later"] == 1) & (joined[product].fill_null(0) == 0)
        assert (flags[:, place] == then.fill_null(value=False).to_numpy()).all()
    assert 0.01 < flags[is_known].any(axis=1).mean() < 0.2


def test_the_past_of_a_row_is_that_of_its_entity():
    """By the panel's own numbers."""
    told = panel_of(replace(COLUMNS, lags=(1,))).history()
    assert told[:, 0].tolist() == [0, 1, 2, 1, 1]  # products
    assert told[:, 1].tolist() == [0, 0, 1, 1, 2]  # months known before
    assert told[:, 2:4].tolist() == [[-1, -1], [-1, -1], [0, 0], [-1, -1], [1, 1]]


def test_a_number_that_is_none_is_missing():
    """NaN, as a float column has it, is no product and no fault."""
    card = panel_of(card=pl.Series([0.0, 1.0, 1.0, float("nan"), None], dtype=pl.Float64))
    assert (card.ownership.bits == panel_of().ownership.bits).all()


def test_flags_may_be_texts_with_blanks():
    """As some of the published table are, ` NA` among them."""
    panel = panel_of(card=[" 0", " 1", " 1", " 0", " NA"])
    assert (panel.ownership.bits == panel_of().ownership.bits).all()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"who": [7, 9, 7, 9, None]}, "t.csv: row 5, who: whom the row is about is missing; leave the row out"),
        (
            {"month": [*ROWS["month"][:4], "28-01-2016"]},
            "t.csv: row 5, month: '28-01-2016' is no date of the format %Y-%m-%d",
        ),
        ({"month": [*ROWS["month"][:4], None]}, "t.csv: row 5, month: None is no date"),
        ({"month": [*ROWS["month"][:4], "2999-01-28"]}, "t.csv: row 5, month: 2999-01-28 lies in the future"),
        (
            {"month": ["2015-11-28"] * 2 + ["2016-01-28"] * 2 + ["2016-02-28"], "who": [1, 2, 1, 2, 1]},
            "t.csv: month: there is no row of 2015-12, and there are rows before it and after it",
        ),
        ({"who": [7, 7, 7, 9, 9]}, "t.csv: who 7 has 2 rows of the month of 2015-11-28: 1, 2; leave one row"),
        ({"loan": [0, 0, 2, 1, 1]}, "t.csv: row 3, loan: 2 is neither 0 nor 1; a product is there"),
        ({"loan": ["0", "0", "yes", "1", "1"]}, "t.csv: row 3, loan: 'yes' is neither 0 nor 1"),
    ],
)
def test_what_is_no_panel_is_refused(changed, said):
    """With the row, the column, and what to do."""
    with pytest.raises(DatasetError) as caught:
        panel_of(**changed)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (PanelColumns("who", "month", ("card", "lone")), 't.csv: no such column "lone"; '),
        (PanelColumns("whom", "month", ("card",)), 't.csv: no such column "whom"; '),
    ],
)
def test_a_column_that_is_not_there_is_named(columns, said):
    """With the nearest."""
    with pytest.raises(DatasetError) as caught:
        panel_of(columns)
    assert str(caught.value).startswith(said)


def test_more_products_than_bits_are_refused():
    """Sixty-four are the most."""
    names = tuple(f"p{at}" for at in range(65))
    frame = pl.DataFrame({"who": [1], "month": ["2015-11-28"], **{name: [0] for name in names}})
    with pytest.raises(DatasetError, match="65 products are named, a panel has 64 at the most"):
        read_panel(frame.lazy(), PanelColumns("who", "month", names), where="t.csv")


def test_no_row_is_no_panel():
    """An empty table says nothing of any month."""
    empty = pl.DataFrame({**ROWS}, strict=False).head(0).lazy()
    with pytest.raises(DatasetError, match="has no row"):
        read_panel(empty, COLUMNS, where="t.csv")


def test_rows_in_any_order_are_the_same_panel():
    """What is known of a month does not depend on where its row is."""
    frame = generate(5, 5_000)
    columns = PanelColumns("ncodpers", "fecha_dato", PRODUCTS)
    order = np.random.default_rng(0).permutation(frame.height)
    first, second = (read_panel(one.lazy(), columns, where="twin") for one in (frame, frame[order.tolist()]))
    assert (first.history()[order] == second.history()).all()
    assert (first.additions()[0][order] == second.additions()[0]).all()


@given(numbers=st.lists(st.integers(-20, 20), unique=True, min_size=2, max_size=2), step=st.sampled_from([1, 10**17]))
def test_whatever_names_the_entities_the_panel_is_the_same(numbers, step):
    """Integers near one another or far apart, signed or not, texts: they are numbered by their first rows."""
    first, second = (number * step for number in numbers)
    who = [first, second, first, second, first]
    expected = panel_of()
    for column in (pl.Series(who), pl.Series([str(one) for one in who]), pl.Series(who).cast(pl.Int128)):
        panel = panel_of(who=column)
        assert panel.entities.tolist() == [0, 1, 0, 1, 0]
        assert (panel.history() == expected.history()).all()
    unsigned = panel_of(who=pl.Series([2**64 - 1, 3, 2**64 - 1, 3, 2**64 - 1], dtype=pl.UInt64))
    assert unsigned.entities.tolist() == [0, 1, 0, 1, 0]
