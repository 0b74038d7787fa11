"""A check by Evidently: its files, its numbers beside ours, and what it is not asked."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from answered_rows import BEGAN, LABELLED, ROWS, record_answers
from keepfit.errors import MonitoringError
from keepfit.evaluation import scores
from keepfit.monitoring.exact_distances import exact_distance
from keepfit.workflows.check_by_evidently import _quality_obstacle, check_by_evidently
from keepfit.workflows.train import train
from keepfit.workflows.windows.evidently_frames import window_tables
from keepfit.workflows.windows.rows import reference_dataset

CHECKS = """
import json
from datetime import datetime
from pathlib import Path
from keepfit.workflows.check_by_evidently import check_by_evidently
from keepfit.workflows.rooms import Rooms
told = []
for since in (None, datetime.fromisoformat(sys.argv[2])):
    report = check_by_evidently(Rooms.open(Path(sys.argv[1])), since=since)
    quality = [str(report.quality.page), str(report.quality.facts)] if report.quality else None
    told.append([report.rows, report.labelled, str(report.page), str(report.facts), quality, report.left_out])
print(json.dumps(told))
"""
METHODS = {"normed_wasserstein": "Wasserstein distance (normed)", "jensen_shannon": "Jensen-Shannon distance"}


@pytest.fixture(scope="module")
def rooms(make_project, tmp_path_factory):
    """A trained project whose champion has answered rows that were held out."""
    rooms = make_project(tmp_path_factory.mktemp("evidently"))
    train(rooms)
    record_answers(rooms)
    return rooms


@pytest.fixture(scope="module")
def both(rooms, run_beside_evidently):
    """What checks by Evidently say: of all the rows, and of those that have no label yet."""
    since = BEGAN + timedelta(minutes=LABELLED)
    return json.loads(run_beside_evidently(CHECKS, rooms.folder, since.isoformat()))


@pytest.fixture
def told(both):
    """What the check of all the rows says."""
    return both[0]


def facts_of(file: str) -> list[dict]:
    return json.loads(Path(file).read_text())["metrics"]


def codes(reference: pl.Series, window: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return two columns as floats, of texts the places in what both hold; NaN where there is none."""
    both = pl.concat([reference, window])
    numbers = both if both.dtype.is_numeric() else both.rank("dense")
    values = numbers.cast(pl.Float64).to_numpy()
    return values[: len(reference)], values[len(reference) :]


def test_its_pages_lie_beside_the_others(rooms, told):
    """Two pages and two JSON files, named by the moment; nothing else is left behind."""
    rows, labelled, page, facts, quality, left_out = told
    assert (rows, labelled, left_out) == (ROWS, LABELLED, [])
    stem = Path(page).stem
    files = sorted(str(file) for file in rooms.workspace.reports.glob(f"*{stem}*"))
    assert stem.startswith("evidently-")
    assert files == sorted([page, facts, *quality])
    assert all("</html>" in Path(file).read_text() for file in (page, quality[0]))
    assert "check by Evidently: v1, 300 rows, 250 labels" in rooms.workspace.run_log.read_text()


def test_its_drift_is_ours_in_exact_mode(rooms, told):
    """Column by column the installed Evidently has our method and our number, on a trained project's own rows."""
    champion = rooms.store.champion()
    tables = window_tables(rooms, champion, reference_dataset(rooms, champion))
    found = {}
    for column in champion.facts.signature.columns:
        pair = codes(tables.reference[column.name], tables.window[column.name])
        found[column.name] = exact_distance(*pair, is_category=not column.kind.is_ordered)
    theirs = {one["config"]["column"]: one for one in facts_of(told[3]) if "column" in one["config"]}
    assert {name: one["config"]["method"] for name, one in theirs.items()} == {
        name: METHODS[one.name] for name, one in found.items()
    }
    assert {name: one["value"] for name, one in theirs.items()} == pytest.approx(
        {name: one.value for name, one in found.items()}, abs=1e-9
    )


def test_its_quality_is_ours(rooms, told):
    """F1, accuracy and ROC AUC of labelled answers are those of `keepfit.evaluation`, by the champion's threshold."""
    champion = rooms.store.champion()
    table = window_tables(rooms, champion, reference_dataset(rooms, champion)).labelled
    labels = (table["label"] == champion.facts.signature.outcome.positive).cast(pl.Int8).to_numpy()
    ours = scores(labels, table["probability"].to_numpy(), champion.facts.threshold)
    theirs = {one["metric_name"].partition("(")[0]: one["value"] for one in facts_of(told[4][1])}
    for name, theirs_name in (("f1", "F1Score"), ("accuracy", "Accuracy"), ("roc_auc", "RocAuc")):
        assert theirs[theirs_name] == pytest.approx(ours[name], abs=1e-12)


def test_without_labels_there_is_drift_alone(rooms, both):
    """The answers of the last 50 minutes have no label yet: their drift is looked at, and the rest is told."""
    rows, labelled, _, facts, quality, left_out = both[1]
    assert (rows, labelled, quality) == (ROWS - LABELLED, 0, None)
    assert left_out == ["quality: no labels have come yet"]
    assert len(facts_of(facts)) == 1 + len(rooms.store.champion().facts.signature.columns)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([], "quality: no labels have come yet"),
        (["bad"] * 3, "quality: all 3 labels that have come are bad; Evidently needs both classes"),
        (["bad", "good"], ""),
    ],
)
def test_labels_of_one_class_are_not_judged(labels, said):
    """Evidently refuses them; so it is not asked, and the reason is told."""
    assert _quality_obstacle(pl.DataFrame({"label": labels}, schema={"label": pl.String})) == said


def test_without_the_extra_nothing_is_read_or_written(rooms, monkeypatch):
    """Who has not installed it is told at once what to install."""
    monkeypatch.setitem(sys.modules, "evidently", None)
    before = sorted(rooms.workspace.reports.glob("*"))
    with pytest.raises(MonitoringError, match=r'pip install "keepfit\[evidently\]"$'):
        check_by_evidently(rooms)
    assert sorted(rooms.workspace.reports.glob("*")) == before
