"""What is declared sensitive is in no file of the service."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from keepfit.errors import ProjectError
from keepfit.workflows.check import check
from keepfit.workflows.retrain import retrain
from keepfit.workflows.rooms import Rooms
from recommender_model import make_recommender, record

RECORD = {"id": "anna-maria", "age": 30, "income": 987.625, "job": "fixed"}
KEY = {"KEEPFIT_JOURNAL_KEY": "a secret"}


@pytest.fixture
def folder(make_scoring_project, tmp_path):
    folder = make_scoring_project(tmp_path)
    file = folder / "keepfit.toml"
    file.write_text(f'{file.read_text()}\n[journal.sensitive]\nid = "hash"\nincome = "drop"\n')
    return folder


def _bytes_of(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_sensitive_is_scored_and_not_kept(folder, serve, monkeypatch):
    """A person's labels find his predictions, and he can be forgotten, though his name is nowhere."""
    rooms = Rooms.open(folder)
    with serve(rooms, **KEY) as service:
        made = [service.post("/api/prediction", RECORD), service.post("/api/prediction", [RECORD])]
        assert [one.status for one in made] == [200, 200]
        receipt = service.post("/api/labels", {"entity": "anna-maria", "label": "yes"})
        assert receipt.json() == {"accepted": 1, "matched": 1, "unmatched": 0}
    everything = _bytes_of(folder)
    assert b"anna-maria" not in everything
    assert b"987.625" not in everything
    monkeypatch.setenv("KEEPFIT_JOURNAL_KEY", KEY["KEEPFIT_JOURNAL_KEY"])
    with rooms.journal() as journal:
        rows = journal.window("t", rows=5)
    assert [row.prediction.features for row in rows] == [{"age": 30, "job": "fixed"}] * 2
    assert [row.label for row in rows] == [None, "yes"]
    done = _keepfit("journal", "forget", "--entity", "anna-maria", cwd=folder)
    assert "erased the features of 2 predictions, the name in 1 labels" in done.stdout


def test_a_service_without_the_key_does_not_start(folder):
    """A hash without a secret would be none: that is said before anybody is answered."""
    done = _keepfit("serve", "--port", "0", cwd=folder)
    assert done.returncode == 1
    assert "KEEPFIT_JOURNAL_KEY in the environment: hashes need a secret" in done.stderr


def _keepfit(*arguments: str, cwd) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "keepfit", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=os.environ, timeout=60)


def test_what_is_not_kept_is_neither_drift_nor_learnt_from(own_rooms, serve, record):
    """A check leaves the column out and says so; a retraining from such rows is refused."""
    project = own_rooms("sensitive")
    file = project.folder / "keepfit.toml"
    file.write_text(f'{file.read_text()}\n[journal.sensitive]\nIncome = "drop"\n')
    project = Rooms.open(project.folder)
    with serve(project) as service:
        for _ in range(5):
            answers = service.post("/api/prediction", [record] * 50)
            assert answers.status == 200
    report = check(project)
    assert report.rows == 250
    assert "Income" not in [column.name for column in report.findings.drift.columns]
    assert len(report.findings.drift.columns) == len(record) - 1
    assert "Not compared, as it is not kept: Income." in report.page.read_text()
    with pytest.raises(ProjectError, match="the journal does not keep Income: its rows cannot teach"):
        retrain(project)


def test_the_months_of_a_history_keep_no_more_than_the_record(tmp_path, serve, monkeypatch):
    """Each may name the customer, and holds the products: what is sensitive is left out of them as of the record."""
    rooms = make_recommender(tmp_path / "panel", '[journal.sensitive]\nwho = "hash"\nloan = "drop"\n')
    told = record(who=471147114711, history=[{"month": "28-11-2015", "who": 471147114711, "card": 1, "loan": 1}])
    with serve(rooms, **KEY) as service:
        assert service.post("/predict", told).status == 200
        assert service.post("/api/prediction", [told]).status == 200
    assert b"471147114711" not in _bytes_of(rooms.folder)
    monkeypatch.setenv("KEEPFIT_JOURNAL_KEY", KEY["KEEPFIT_JOURNAL_KEY"])
    with rooms.journal() as journal:
        rows = journal.window("t", rows=5)
    assert [row.prediction.features["history"] for row in rows] == [[{"month": "28-11-2015", "card": 1}]] * 2
