"""A table as it is explored."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import clean_table, in_parquet, locate_table, scanning, survey, survey_table
from keepfit.datasets.table import read_table
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

SECTION = DataSection(source="mine.csv", target="y", drop=["id"], missing={"job": ["?"]})
FRAME = pl.DataFrame({"id": range(400), "job": ["clerk", "?", "boss", "boss"] * 100, "y": ["a", "b"] * 200})


@pytest.fixture
def surveyed(tmp_path):
    def surveying(section=SECTION):
        found = locate_table(section, folder=tmp_path, cache=tmp_path / "cache", seed=1)
        return survey_table(found, section, cache=tmp_path / "cache", seed=1)

    return surveying


def test_a_table_that_is_held_has_all_its_rows(tmp_path, surveyed):
    """Cleaned, without the columns that are dropped."""
    FRAME.write_csv(tmp_path / "mine.csv")
    found = surveyed()
    assert_frame_equal(found.frame, clean_table(read_table(tmp_path / "mine.csv"), SECTION).handed_over)
    assert found.scanned is None
    assert [step.rows for step in found.steps] == [400, 100]


def test_of_a_large_csv_some_rows_are_held_and_all_are_counted(tmp_path, surveyed, monkeypatch):
    """It is converted, scanned and sampled; the sample is cleaned."""
    monkeypatch.setattr(survey, "is_large_csv", lambda path: path.suffix == ".csv")
    monkeypatch.setattr(scanning, "LARGE_ROWS", 100)
    monkeypatch.setattr(scanning, "SAMPLE_ROWS", 100)
    FRAME.write_csv(tmp_path / "mine.csv")
    found = surveyed()
    assert found.scanned.rows == 400
    assert found.scanned.columns["job"].missing == 100
    assert 50 < found.frame.height < 150
    assert found.frame.columns == ["job", "y"]
    assert set(found.frame["job"].drop_nulls()) == {"clerk", "boss"}


def test_a_key_that_names_no_column_is_told(tmp_path, surveyed):
    """Also one that only training makes use of."""
    FRAME.write_csv(tmp_path / "mine.csv")
    with pytest.raises(DatasetError, match=r'\[data\] kinds: no such column "jobs" in mine.csv; did you mean "job"\?'):
        surveyed(DataSection(source="mine.csv", target="y", kinds={"jobs": "category"}))


def test_a_large_csv_is_read_from_parquet(tmp_path, monkeypatch):
    """Any other table from its own file; what it is called and where it came from stay."""
    FRAME.write_csv(tmp_path / "mine.csv")
    found = locate_table(SECTION, folder=tmp_path, cache=tmp_path / "cache", seed=1)
    assert in_parquet(found, SECTION, cache=tmp_path / "cache") is found
    monkeypatch.setattr(survey, "is_large_csv", lambda path: path.suffix == ".csv")
    kept = in_parquet(found, SECTION, cache=tmp_path / "cache")
    assert (kept.name, kept.origin, kept.address) == (found.name, found.origin, found.address)
    assert_frame_equal(pl.read_parquet(kept.path), read_table(found.path))
