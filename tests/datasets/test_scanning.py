"""Large tables: what a pass over all rows says, and what a sample adds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from keepfit.datasets import clean_table, scanning
from keepfit.datasets.columns import describe_columns
from keepfit.datasets.scanning import is_large, scan_table
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A table that counts as large, of which a tenth is drawn."""
    monkeypatch.setattr(scanning, "LARGE_ROWS", 10_000)
    monkeypatch.setattr(scanning, "SAMPLE_ROWS", 2_000)
    rng = np.random.default_rng(0)
    income = rng.normal(100, 20, 20_000)
    income[:500] = np.nan
    frame = pl.DataFrame(
        {
            "income": income,
            "age": rng.integers(18, 70, 20_000),
            "job": pl.Series(rng.choice(["clerk", "boss"], 20_000)).set(pl.Series(rng.random(20_000) < 0.1), None),
        }
    )
    path = tmp_path / "large.parquet"
    frame.write_parquet(path)
    return frame, path


def test_counts_are_of_all_rows(large):
    """Rows, missing values (NaN is one), means, ends: exact, whatever was drawn."""
    frame, path = large
    assert is_large(path)
    scanned = scan_table(path, seed=1)
    assert scanned.rows == 20_000
    for whole, facts in zip(describe_columns(frame), describe_columns(scanned.sample), strict=True):
        found = scanned.completed(facts)
        assert (found.rows, found.missing) == (whole.rows, whole.missing)
        assert found.distinct == pytest.approx(whole.distinct, rel=0.15)
        assert found.bytes == pytest.approx(whole.bytes, rel=0.2)
        if whole.kind.is_numeric:
            assert (found.mean, found.deviation) == pytest.approx((whole.mean, whole.deviation))
            assert (found.quantiles[0], found.quantiles[-1]) == (whole.quantiles[0], whole.quantiles[-1])
            assert found.quantiles[3] == pytest.approx(whole.quantiles[3], abs=2)


def test_counts_are_of_clean_values(tmp_path):
    """What the project says of values holds for the counts: numbers out of texts, words for missing."""
    ages = [" 35", " NA", "-1", "7"] * 10
    frame = pl.DataFrame({"age": ages, "job": ["clerk", "?", None, "boss"] * 10, "y": ["a", "b"] * 20})
    frame.write_parquet(tmp_path / "table.parquet")
    keys = DataSection(source="mine.parquet", target="y", numbers=["age"], missing={"age": ["-1"], "job": ["?"]})
    scanned = scan_table(tmp_path / "table.parquet", seed=1, section=keys)
    assert scanned.sample.equals(frame)
    age, job = scanned.columns["age"], scanned.columns["job"]
    assert (age.missing, age.distinct, age.mean, age.least, age.greatest) == (20, 2, 21, 7, 35)
    assert (job.missing, job.distinct) == (20, 2)
    cleaned = clean_table(scanned.sample, keys, is_sample=True).frame
    assert [scanned.completed(facts) for facts in describe_columns(cleaned)] == list(describe_columns(cleaned))


def test_the_sample_is_drawn_by_the_seed(large):
    """About as many rows as asked for, the same for the same seed."""
    _, path = large
    first, again, other = (scan_table(path, seed=seed).sample for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)
    assert first.height == pytest.approx(2_000, rel=0.15)


def test_a_small_file_or_a_csv_is_read_whole(tmp_path):
    """Only Parquet with many rows is scanned."""
    pl.DataFrame({"x": [1, 2]}).write_parquet(tmp_path / "small.parquet")
    pl.DataFrame({"x": [1, 2]}).write_csv(tmp_path / "small.csv")
    assert not is_large(tmp_path / "small.parquet")
    assert not is_large(tmp_path / "small.csv")
    assert not is_large(tmp_path / "absent.parquet")


def test_what_is_no_parquet_is_told(tmp_path):
    """A file with the wrong content says so."""
    (tmp_path / "bad.parquet").write_bytes(b"no parquet" * 100)
    with pytest.raises(DatasetError, match=r"is not Parquet: .*; write it again"):
        is_large(tmp_path / "bad.parquet")
