"""Rows are counted in the bins of the champion's reference, wherever they are, and kept as a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import Boolean, Double, Integer, Text

from keepfit.errors import BundleError, DatasetError, KeepfitError, MonitoringError, ProjectError
from keepfit.journal import Label, Prediction, PredictionIds
from keepfit.profiles import merge
from keepfit.profiles.profile_file import read_profile
from keepfit.workflows.check import check
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.profile import ProfileTask, profile
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.profiles import profile_window
from keepfit.workflows.windows.sql_source import SqlSource
from profiled_project import PROJECT, add_champion, make_profiled, require_same, rows
from sql_tables import sqlite_url, write_rows

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = rows(5)
PLAIN = {
    **dict.fromkeys(("job", "rooms", "since", "debt"), Text()),
    "age": Integer(),
    "income": Double(),
    "member": Boolean(),
}
SECRET = "a-secret-word"
_new_id = PredictionIds()


@pytest.fixture
def rooms(tmp_path):
    """A project whose journal has the rows of the table as answers, one in a minute."""
    rooms = make_profiled(tmp_path / "project", "[monitoring]\nwindow_rows = 250\n")
    with rooms.journal() as journal:
        journal.record_predictions([_answered(at, record) for at, record in enumerate(TABLE.to_dicts())])
    return rooms


def _answered(at: int, record: dict) -> Prediction:
    when = BEGAN + timedelta(minutes=at)
    return Prediction(_new_id(), when, "t", 1, f"e{at}", json.dumps(record), 0.5, "no", 1e-5)


def test_the_same_rows_have_the_same_profile_wherever_they_are(rooms, tmp_path):
    """In the journal, in a file, in a database; the scores are those of the journal's answers."""
    table = TABLE.with_columns(probability=pl.lit(0.5))
    table.write_parquet(tmp_path / "w.parquet")
    write_rows(sqlite_url(tmp_path), "loans", table, {"member": Boolean()})
    kept = [
        profile(rooms, ProfileTask(tmp_path / f"{at}.json", **source))
        for at, source in enumerate(
            (
                {"since": BEGAN},
                {"table": tmp_path / "w.parquet"},
                {"sql": SqlSource(sqlite_url(tmp_path), "loans")},
            )
        )
    ]
    for one in kept[1:]:
        require_same(one.profile, kept[0].profile, 2.0**-23)
    assert [one.source for one in kept] == ["the journal", "w.parquet", "the table loans"]
    assert kept[0].first_at == "2026-01-01T00:00:00.000000Z"
    assert kept[0].last_at == "2026-01-01T04:59:00.000000Z"
    assert [read_profile(tmp_path / f"{at}.json") for at in range(3)] == kept
    window, _ = profile_window([tmp_path / f"{at}.json" for at in range(3)], rooms.store.champion())
    assert window.profile.rows == 900


def test_parts_of_the_journal_add_up(rooms, tmp_path):
    """Two stretches of time, counted apart, are what both are together; a check takes them."""
    halves = [tmp_path / "first.json", tmp_path / "second.json"]
    middle = BEGAN + timedelta(minutes=100)
    parts = [profile(rooms, ProfileTask(halves[0], until=middle)), profile(rooms, ProfileTask(halves[1], since=middle))]
    whole = profile(rooms, ProfileTask(tmp_path / "whole.json", since=BEGAN))
    assert [part.profile.rows for part in parts] == [100, 200]
    require_same(merge(*(part.profile for part in parts)), whole.profile)
    assert check(rooms, CheckTask(windows=tuple(halves))).rows == 300


def test_labels_of_the_journal_are_counted_with_their_answers(rooms, tmp_path):
    """Of the rows that are counted, those that a label came for; what a check of the profile goes by."""
    out, half = tmp_path / "w.json", BEGAN + timedelta(minutes=150)
    with rooms.journal() as journal:
        times = {at: BEGAN + timedelta(minutes=at) for at in range(100, 200)}
        came = [Label("", "yes" if at % 3 else "no", half, f"e{at}", when) for at, when in times.items()]
        journal.record_labels("t", came)
    counted = profile(rooms, ProfileTask(out, since=half)).profile.outputs[0]
    assert (sum(counted.labelled), sum(counted.positives)) == (50, 33)
    report = check(rooms, CheckTask(windows=(out,)))
    assert report.labels == 50
    assert "of 50 labels there are counts only" in " ".join(report.verdict.reasons)


def test_without_a_time_the_newest_rows_are_counted(rooms, tmp_path):
    """As many as a check of the journal takes."""
    assert profile(rooms, ProfileTask(tmp_path / "w.json")).profile.rows == 250


def test_the_champion_scores_a_file_when_it_is_asked_to(rooms, tmp_path):
    """Its rows have no scores otherwise."""
    TABLE.write_parquet(tmp_path / "w.parquet")
    for scores, known in ((True, 300), (False, 0)):
        task = ProfileTask(tmp_path / "w.json", tmp_path / "w.parquet", scores=scores)
        assert profile(rooms, task).profile.outputs[0].score.known == known


def test_a_password_comes_from_the_environment_and_goes_nowhere(rooms, tmp_path, monkeypatch, postgres):
    """Neither into the profile, nor into the log of the steps, nor into an error."""
    url = postgres.new_database().replace("keepfit@", "keepfit:${LOANS_PASSWORD}@")
    task = ProfileTask(tmp_path / "w.json", sql=SqlSource(url, "loans"))
    with pytest.raises(ProjectError, match=r"--sql: the environment has no LOANS_PASSWORD; set it: export"):
        profile(rooms, task)
    (rooms.folder / ".env").write_text(f"LOANS_PASSWORD={SECRET}\n")
    with pytest.raises(
        DatasetError, match=r"keepfit:\*\*\*@.*: no such table or view; the database has none"
    ) as no_table:
        profile(rooms, task)
    monkeypatch.setenv("LOANS_PASSWORD", f"{SECRET}@127.0.0.1:1/none?x=")
    with pytest.raises(DatasetError, match="the database refuses") as refused:
        profile(rooms, task)
    wrong = ProfileTask(tmp_path / "w.json", sql=SqlSource(f"{SECRET}:no url", "loans"))
    with pytest.raises(DatasetError, match="sql: is not a database URL") as none:
        profile(rooms, wrong)
    for error in (no_table, refused, none):
        assert SECRET not in str(error.value)
    assert SECRET not in repr(task.sql)
    monkeypatch.setenv("LOANS_PASSWORD", SECRET)
    write_rows(
        url.replace("${LOANS_PASSWORD}", SECRET).replace("postgresql:", "postgresql+psycopg:"), "loans", TABLE, PLAIN
    )
    assert profile(rooms, task).profile.rows == 300
    assert SECRET not in task.out.read_text() + rooms.workspace.run_log.read_text()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"table": "w.csv", "url": "http://127.0.0.1:1"}, "profile: a file and --url are named; count one, then"),
        ({"sql": SqlSource("sqlite://", "t"), "url": "http://127.0.0.1:1"}, "profile: --sql and --url are named"),
        ({"table": "w.csv", "since": BEGAN}, "profile: --since and --until are times of the journal; leave them out"),
        ({"url": "http://127.0.0.1:1", "until": BEGAN}, "profile: --since and --until are times of the journal"),
        ({"scores": True}, "profile: only the rows of a file are scored; leave --score out"),
        ({"sql": SqlSource("sqlite://", "t"), "scores": True}, "profile: only the rows of a file are scored"),
    ],
)
def test_what_does_not_go_together_is_refused(rooms, tmp_path, how, said):
    """Before anything is looked at."""
    with pytest.raises(MonitoringError) as caught:
        profile(rooms, ProfileTask(tmp_path / "w.json", **how))
    assert str(caught.value).startswith(said)


def test_what_cannot_be_counted_or_written_is_told(rooms, tmp_path):
    """No champion, no file, no database, no place for the profile."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "keepfit.toml").write_text(PROJECT)
    with pytest.raises(BundleError, match="champion"):
        profile(Rooms.open(tmp_path / "empty"), ProfileTask(tmp_path / "w.json"))
    with pytest.raises(DatasetError, match=r"none\.csv: no such file"):
        profile(rooms, ProfileTask(tmp_path / "w.json", tmp_path / "none.csv"))
    missing = SqlSource(f"sqlite:///{tmp_path}/none.db", "loans")
    with pytest.raises(DatasetError, match=r"none\.db: no such file; name a database"):
        profile(rooms, ProfileTask(tmp_path / "w.json", sql=missing))
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "a file").touch()
    with pytest.raises(KeepfitError, match="a file"):
        profile(rooms, ProfileTask(tmp_path / "a file" / "w.json"))
    with pytest.raises(KeepfitError, match=r"^--out .*none/x: no such folder; make it, or name another"):
        profile(rooms, ProfileTask(tmp_path / "none" / "x" / "w.json"))
    assert not (tmp_path / "none").exists()


def test_a_journal_without_a_prediction_is_refused(rooms, tmp_path):
    """As an empty file is: of a time in which nothing was answered, and of a champion that has answered nothing yet."""
    said = "^journal: has no prediction of v{} to be counted; let it answer some, or name another time$"
    with pytest.raises(MonitoringError, match=said.format(1)):
        profile(rooms, ProfileTask(tmp_path / "w.json", until=BEGAN - timedelta(days=9)))
    add_champion(rooms, 2)
    with pytest.raises(MonitoringError, match=said.format(2)):
        profile(rooms, ProfileTask(tmp_path / "w.json"))
    assert not (tmp_path / "w.json").exists()


def test_after_a_promotion_the_old_profile_is_refused(rooms, tmp_path):
    """It was counted in the bins of another reference."""
    old = tmp_path / "old.json"
    profile(rooms, ProfileTask(old))
    add_champion(rooms, 2)
    with pytest.raises(MonitoringError, match=r"old\.json: is older than the champion"):
        check(rooms, CheckTask(windows=(old,)))
