"""What a check asks of the rows themselves."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from answered_rows import ROWS
from keepfit.errors import DatasetError, MonitoringError
from keepfit.workflows.check import check
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.data import load_dataset
from keepfit.workflows.profile import ProfileTask, profile
from keepfit.workflows.rooms import Rooms


@pytest.fixture(scope="module")
def report(answered):
    return check(answered, CheckTask(multivariate=True, exact=True))


@pytest.fixture
def changed(answered, tmp_path) -> Path:
    """A table of held-out rows, in which incomes have another row's expenses beside them."""
    dataset = load_dataset(answered)
    rows = dataset.frame[dataset.split.train.tolist()].select(dataset.signature.names)
    path = tmp_path / "changed.parquet"
    together = rows.with_columns(pl.col("Amount").sort(), pl.col("Income").sort(), pl.col("Price").sort())
    together.write_parquet(path)
    return path


def test_held_out_rows_are_not_told_from_those_that_taught(report):
    """An AUC about one half, with its interval, on the page and among the facts."""
    shift = report.findings.rows.multivariate
    assert shift.rows == ROWS
    assert shift.low < 0.5 < shift.high
    assert not shift.is_shifted
    facts = json.loads(report.facts.read_text())
    assert facts["multivariate"]["auc"] == shift.auc
    assert "All columns together" in report.page.read_text()


def test_exact_distances_are_those_of_the_profiles(report):
    """Of a number within a thousandth of a standard deviation, of a category the same."""
    drift = {column.name: column for column in report.findings.drift.columns}
    exact = report.findings.rows.exact
    assert set(exact) == set(drift)
    for name, one in exact.items():
        tolerance = 1e-3 if one.name == "normed_wasserstein" else 1e-9
        assert drift[name].distances[one.name] == pytest.approx(one.value, abs=tolerance), name
    assert "of raw values" in report.page.read_text()


def test_columns_that_go_together_in_another_way_are_a_warning(answered, changed):
    """Each by itself is as it was; the reason names those that tell."""
    found = check(answered, CheckTask(windows=(changed,), multivariate=True))
    assert not found.findings.drift.drifted
    assert found.verdict.state == "warn"
    assert "Columns go together in another way" in found.verdict.reasons[0]
    assert {one.name for one in found.findings.rows.multivariate.told_by} <= {"Amount", "Income", "Price"}


def test_a_profile_has_no_rows(answered, tmp_path):
    """What is asked of them is told, with the way out."""
    kept = tmp_path / "window.json"
    profile(answered, ProfileTask(kept))
    with pytest.raises(MonitoringError, match="a profile has no rows; name a table, or leave out --multivariate"):
        check(answered, CheckTask(windows=(kept,), exact=True))


def test_another_table_is_no_reference(answered, changed):
    """Rows are compared with those that taught; a table that has changed since is refused."""
    other = Rooms.open(answered.folder)
    other.project = other.project.model_copy(update={"split": other.project.split.model_copy(update={"holdout": 0.4})})
    with pytest.raises(DatasetError, match="held out"):
        check(other, CheckTask(windows=(changed,), multivariate=True))
