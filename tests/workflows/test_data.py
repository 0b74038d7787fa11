"""The table as the project sees it, handed over as a file."""

from __future__ import annotations

import polars as pl
import pytest

from keepfit.errors import DatasetError
from keepfit.workflows.data import show_data
from keepfit.workflows.rooms import Rooms

PROJECT = '[project]\nname = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\n'


@pytest.fixture
def rooms(tmp_path):
    pl.DataFrame({"a": range(100), "y": ["no", "yes"] * 50}).write_csv(tmp_path / "t.csv")
    (tmp_path / "keepfit.toml").write_text(PROJECT)
    return Rooms.open(tmp_path)


def test_the_cleaned_table_is_handed_over(rooms, tmp_path):
    """In the format that its name says, and kept in the workspace too, whose folders are made."""
    report = show_data(rooms, tmp_path / "out.CSV")
    assert report.kept.is_relative_to(rooms.workspace.root)
    assert pl.read_csv(tmp_path / "out.CSV").equals(pl.read_parquet(report.kept))


def test_of_a_panel_the_reasons_are_its_own(tmp_path):
    """No target is missing: rows are too early, or nothing is known of their next month; the past is no cell of it."""
    frame = pl.DataFrame(
        {
            "who": [at for at in range(20) for _ in range(5)],
            "day": [f"2015-0{month}-28" for _ in range(20) for month in range(1, 6)],
            "card": [int(at % 2 and month > 3) for at in range(20) for month in range(1, 6)],
        }
    )
    frame.write_csv(tmp_path / "t.csv")
    panel = '[panel]\nmonth = "day"\nproducts = ["card"]\ntrain_from = "2015-02"\nhold_from = "2015-04"\n'
    (tmp_path / "keepfit.toml").write_text(PROJECT.replace("[data]", '[data]\nentity = "who"') + panel)
    report = show_data(Rooms.open(tmp_path))
    assert [(part.rows, part.reason) for part in report.dataset.left_out] == [
        (20, "their months are before 2015-02, the first that teaches"),
        (20, "2015-05 is the last month: what comes next is not known"),
    ]
    assert report.missing_cells == 0


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("none/x/out.csv", r"^--out .*none/x: no such folder; make it, or name another"),
        ("out.xlsx", r"^--out .*out\.xlsx: cannot write \.xlsx files; accepted: \.csv, \.parquet"),
        ("out", "cannot write a file without a suffix"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_first(rooms, tmp_path, out, said):
    """Before the table is looked at; no folder is made of a misspelt name."""
    with pytest.raises(DatasetError, match=said):
        show_data(rooms, tmp_path / out)
    assert not (tmp_path / "none").exists()
    assert not rooms.workspace.cache.exists()
