"""The rows of a panel that teach or are held out: what training gets, and why the others are left out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import LeftOut, SourcedTable, describe_columns, prepare_panel, read_panel_rows
from keepfit.datasets.kinds import ColumnKind
from keepfit.datasets.source import Origin
from keepfit.datasets.twins.santander import generate
from keepfit.project import read_project
from keepfit.project.data_section import DataSection
from keepfit.project.panel_section import PanelSection

EXAMPLE = Path(__file__).parents[2] / "examples" / "product-recommendation" / "keepfit.toml"
ROWS = [  # a customer of all months, one with a gap in the third, one of two months, and one of the last
    *[(1, f"2015-0{month}-28", card, 0) for month, card in enumerate((0, 1, 1, 0, 0), 1)],
    *[(2, f"2015-0{month}-28", card, loan) for month, card, loan in ((1, 0, 1), (2, 0, 1), (4, 1, 0), (5, 1, 0))],
    *[(3, "2015-03-28", 1, 0), (3, "2015-04-28", 0, 1), (4, "2015-05-28", 0, 0)],
]


def table_of(frame) -> SourcedTable:
    return SourcedTable(frame, "t.csv", Origin.FILE, "t.csv", Path("t.csv"), "0" * 64)


@pytest.fixture
def read():
    """The rows of four customers, of which months two and three teach and four is held out."""
    data = DataSection(source="t.csv", target="added", entity="who", drop=["card_age"])
    panel = PanelSection(month="month", products=["card", "loan"], train_from="2015-02", hold_from="2015-04")
    frame = pl.DataFrame(ROWS, ["who", "month", "card", "loan"], orient="row").with_columns(card_age=pl.lit(1))
    return read_panel_rows(table_of(frame), data, panel)


def test_every_row_that_is_left_out_has_one_reason(read):
    """Before the months that teach, in the last one, or followed by none: with the others they are all rows."""
    assert read.left_out == (
        LeftOut(2, "their months are before 2015-02, the first that teaches"),
        LeftOut(3, "2015-05 is the last month: what comes next is not known"),
        LeftOut(2, "their who has no row in the next month"),
    )
    assert sum(part.rows for part in read.left_out) + read.is_told.sum() == len(ROWS)


def test_what_is_added_is_what_can_be_learnt(read):
    """The card that the first customer adds before the months that teach is no addition: only loans are learnt."""
    assert read.parts.products == ("loan",)
    assert [ROWS[row] for row in read.adds.nonzero()[0]] == [(3, "2015-03-28", 1, 0)]


def test_the_explored_table_has_its_target_and_no_dropped_column(read):
    """The rows that teach or are held out, in their order; few days are still dates."""
    frame = read.surveyed().frame
    assert frame.rows() == [
        (1, "2015-02-28", 1, 0, "nothing"),
        (1, "2015-03-28", 1, 0, "nothing"),
        (1, "2015-04-28", 0, 0, "nothing"),
        (2, "2015-04-28", 1, 0, "nothing"),
        (3, "2015-03-28", 1, 0, "something"),
    ]
    assert {column.name: column.kind for column in describe_columns(frame, read.section)}["month"] is ColumnKind.DATE


def test_training_gets_the_same_rows():
    """And the same target, beside what the past says, which is not explored."""
    project, table = read_project(EXAMPLE), table_of(generate(7, 5_000))
    read = read_panel_rows(table, project.data, project.panel)
    dataset = prepare_panel(table, project.data, project.panel, project.request)
    past = [column.name for column in dataset.signature.columns if column.is_past]
    assert_frame_equal(read.surveyed().frame, dataset.frame.drop(past, project.data.drop))
    assert (read.adds[read.is_told] == dataset.target).all()
    assert dataset.left_out == read.left_out
    assert sum(part.rows for part in dataset.left_out) == dataset.rows_without_target
