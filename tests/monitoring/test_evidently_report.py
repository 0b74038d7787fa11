"""Evidently's own reports: what it is given, what it is not, and where it is not at hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from keepfit.errors import MonitoringError
from keepfit.monitoring.evidently_report import require_evidently, write_drift_report
from keepfit.signature import Column, Kind, Outcome, Signature

COLUMNS = (
    Column("age", Kind.INTEGER),
    Column("job", Kind.CATEGORY, categories=("fixed", "partime")),
    Column("owns", Kind.FLAG),
    Column("since", Kind.DATE),
    Column("gone", Kind.NUMBER),
    Column("new", Kind.CATEGORY, categories=("a",)),
)
SIGNATURE = Signature(COLUMNS, Outcome("y", "no", "yes"))
ALL_KINDS = """
import datetime as dt, json
from pathlib import Path
import polars as pl
from keepfit.monitoring.evidently_report import write_drift_report
from keepfit.signature import Signature
def table(rows, gone, new):
    day = dt.date(2016, 4, 28)
    return pl.DataFrame({
        "age": [at % 50 if at % 7 else None for at in range(rows)],
        "job": [("fixed", "partime", None)[at % 3] for at in range(rows)],
        "owns": [(True, False, None)[at % 3] for at in range(rows)],
        "since": [day + dt.timedelta(at) if at % 5 else None for at in range(rows)],
        "gone": pl.Series([gone] * rows, dtype=pl.Float64),
        "new": pl.Series([new] * rows, dtype=pl.String),
    })
signature = Signature.from_dict(json.loads(sys.argv[1]))
files = write_drift_report(table(1600, 1.0, None), table(1600, None, "a"), signature, Path(sys.argv[2]))
print(json.dumps([str(files.page), str(files.facts), files.left_out]))
"""


@pytest.fixture(scope="module")
def told(run_beside_evidently, tmp_path_factory):
    """What is said of a report on every kind of column: its page, its JSON, and what was left out."""
    page = tmp_path_factory.mktemp("evidently") / "made" / "drift.html"
    found, facts, left_out = json.loads(run_beside_evidently(ALL_KINDS, json.dumps(SIGNATURE.to_dict()), page))
    assert (Path(found), Path(facts)) == (page, page.with_suffix(".json"))
    return page.read_text(), json.loads(page.with_suffix(".json").read_text())["metrics"], left_out


def test_every_kind_of_column_is_compared_or_told(told):
    """Numbers and categories are compared by their own methods; dates and what has no values are told of."""
    page, metrics, left_out = told
    assert "</html>" in page
    assert left_out == [
        "gone: no value in the window",
        "new: no value in the reference",
        "since: Evidently compares no dates",
    ]
    assert {one["config"]["column"]: one["config"]["method"] for one in metrics[1:]} == {
        "age": "Wasserstein distance (normed)",
        "job": "Jensen-Shannon distance",
        "owns": "Jensen-Shannon distance",
    }


def test_the_same_rows_have_not_drifted(told):
    """Evidently says 0 of every column that has not changed, and the share of drifted ones is 0."""
    assert [one["value"] for one in told[1]] == [{"count": 0.0, "share": 0.0}, 0.0, 0.0, 0.0]


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    """The extra is not in the environment of everything else; who asks for it is told its name."""
    monkeypatch.setitem(sys.modules, "evidently", None)
    with pytest.raises(
        MonitoringError, match=r'^Evidently: it cannot be imported .*pip install "keepfit\[evidently\]"$'
    ):
        require_evidently()


def test_its_failures_are_told_as_ours(monkeypatch, tmp_path):
    """Whatever it raises, the message says that it is Evidently that fails, and what looks at the same window."""

    def refuse(**_):
        raise ZeroDivisionError("division by zero")

    evidently, presets = ModuleType("evidently"), ModuleType("evidently.presets")
    evidently.DataDefinition, presets.DataDriftPreset = refuse, object
    monkeypatch.setitem(sys.modules, "evidently", evidently)
    monkeypatch.setitem(sys.modules, "evidently.presets", presets)
    table = pl.DataFrame({"age": [1, 2]})
    with pytest.raises(
        MonitoringError, match=r"^Evidently: it fails on these tables \(division by zero\); keepfit check"
    ):
        write_drift_report(table, table, Signature(COLUMNS[:1], SIGNATURE.outcome), tmp_path / "drift.html")
    assert not list(tmp_path.iterdir())


def test_tables_of_dates_alone_are_refused(tmp_path):
    """Evidently would have nothing to compare, and would say so in its own words."""
    signature = Signature((Column("since", Kind.DATE),), SIGNATURE.outcome)
    table = pl.DataFrame({"since": pl.Series([0, 1]).cast(pl.Date)})
    with pytest.raises(MonitoringError, match=r"^Evidently: none of the 1 columns can be compared"):
        write_drift_report(table, table, signature, tmp_path / "drift.html")
