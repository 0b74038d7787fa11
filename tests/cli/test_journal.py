"""`keepfit journal` and `keepfit label` as a person meets them: what they print, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from keepfit.journal import Label, Prediction, PredictionIds, Shadow
from keepfit.workflows.rooms import Rooms
from recommender_model import make_recommender, record

NOW = datetime.now(UTC)


@pytest.fixture
def folder(make_scoring_project, tmp_path):
    return make_scoring_project(tmp_path)


@pytest.fixture
def made(folder):
    """Six predictions about three persons, a day apart, two of them labelled, one by a challenger too."""
    new_id = PredictionIds()
    made = [
        Prediction(
            new_id(), NOW - timedelta(days=6 - at), "t", 1, f"p{at % 3}", json.dumps({"age": at}), at / 10, "no", 1e-5
        )
        for at in range(6)
    ]
    with Rooms.open(folder).journal() as journal:
        journal.record_predictions(made, [Shadow(made[0].id, NOW, "t", 2, 0.5, "yes")])
        journal.record_labels("t", [Label(made[0].id, "no", NOW), Label(made[0].id, "yes", NOW)])
        journal.record_labels("t", [Label("", "yes", NOW, "nobody", NOW)])
        journal.record_event("t", "trained", "ada", {"version": 1})
    return made


def keepfit(*arguments: str, cwd: Path, status: int = 0) -> str:
    command = [sys.executable, "-m", "keepfit", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if status == 0 else done.stdout + done.stderr


def test_stats_say_what_there_is(folder, made):
    """Versions with their times, labels and those that wait, events by kind."""
    said = keepfit("journal", "stats", cwd=folder)
    assert "v1                 6" in said
    assert "6 predictions, about 3 entities" in said
    assert "3 labels for 1 predictions, 1 wait for theirs" in said
    assert "1 answers of challengers; events: 1 trained; 0 seals" in said


def test_tail_shows_the_newest_last(folder, made):
    """As many as are asked for; events on request."""
    lines = keepfit("journal", "tail", "-n", "2", cwd=folder).splitlines()
    assert [line.split()[2] for line in lines[1:]] == [made[4].id, made[5].id]
    assert '{"age": 5}' in lines[2]
    assert 'trained  ada  {"version": 1}' in keepfit("journal", "tail", "--events", cwd=folder)


def test_show_tells_all_of_one(folder, made):
    """The answer, its labels in order, what a challenger said; an id that is not there is told."""
    told = json.loads(keepfit("journal", "show", made[0].id, cwd=folder))
    assert (told["features"], told["entity"], told["seal"]) == ({"age": 0}, "p0", None)
    assert [one["label"] for one in told["labels"]] == ["no", "yes"]
    assert told["challengers"] == [{"model_version": 2, "probability": 0.5, "decision": "yes"}]
    said = keepfit("journal", "show", "nothing", cwd=folder, status=1)
    assert 'journal.db: t has no prediction "nothing"; the id is in the answer' in said


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_export_writes_a_file_of_a_time(folder, made, suffix):
    """Every column, the newest label, and only what was answered in the time."""
    since = (NOW - timedelta(days=4, hours=1)).isoformat()
    until = (NOW - timedelta(days=1, hours=1)).isoformat()
    said = keepfit("journal", "export", f"all.{suffix}", cwd=folder)
    assert said.endswith(f"wrote 6 predictions to all.{suffix}\n")
    keepfit("journal", "export", f"some.{suffix}", "--since", since, "--until", until, cwd=folder)
    read = pl.read_csv if suffix == "csv" else pl.read_parquet
    whole, some = read(folder / f"all.{suffix}"), read(folder / f"some.{suffix}")
    assert whole["id"].to_list() == [one.id for one in made]
    assert whole["label"].to_list() == ["yes", None, None, None, None, None]
    assert whole["features"].to_list() == [one.sent for one in made]
    assert some["id"].to_list() == [one.id for one in made[2:5]]
    assert sorted(path.name for path in folder.glob("*.part")) == []


def test_what_cannot_be_exported_is_told(folder, made):
    """Another format, no folder, no time."""
    assert "accepted: .csv, .parquet" in keepfit("journal", "export", "x.xlsx", cwd=folder, status=1)
    assert "no such folder" in keepfit("journal", "export", "a/x.csv", cwd=folder, status=1)
    assert "is no date or time" in keepfit("journal", "export", "x.csv", "--since", "soon", cwd=folder, status=2)


def test_verify_says_whether_all_is_there(folder, made):
    """A sound journal ends with 0; one that somebody has changed with 3, and says what."""
    assert keepfit("journal", "verify", cwd=folder).startswith("ok: 6 predictions (0 erased, 0 retired), 3 labels")
    with Rooms.open(folder).journal() as journal, journal.writing() as connection:
        connection.exec_driver_sql("DELETE FROM predictions WHERE seq = 3")
    said = keepfit("journal", "verify", cwd=folder, status=3)
    assert said.startswith("alarm: 5 predictions")
    assert "predictions 3" in said


def test_forget_erases_a_person(folder, made):
    """The features go, the answers stay; nobody else is touched."""
    said = keepfit("journal", "forget", "--entity", "p1", cwd=folder)
    assert said == "erased the features of 2 predictions, the name in 0 labels, and 0 rows in archives\n"
    with Rooms.open(folder).journal() as journal:
        assert journal.count("t") == 6
        assert {row.prediction.entity for row in journal.window("t", rows=10)} == {"p0", "p2"}
    assert keepfit("journal", "verify", cwd=folder).startswith("ok: 6 predictions (2 erased")


def test_retire_needs_a_declaration(folder, made):
    """What is not declared is kept."""
    assert "[journal] retention_months: is not declared" in keepfit("journal", "retire", cwd=folder, status=1)
    file = folder / "keepfit.toml"
    file.write_text(f"{file.read_text()}\n[journal]\nretention_months = 1\n")
    assert keepfit("journal", "retire", cwd=folder) == "nothing is old enough\n"


def test_labels_come_from_a_file(folder, made):
    """By id or by entity and day, the project's own names of columns understood; a day is its last moment."""
    (folder / "ids.csv").write_text(f"id,y\n{made[1].id},yes\nunknown,no\n")
    said = "2 labels recorded: 1 found their prediction, 1 wait for their prediction\n"
    assert keepfit("label", "ids.csv", "--prediction-id", "id", cwd=folder).endswith(said)
    day = made[2].at.date()
    pl.DataFrame({"who": ["p2", "p0"], "day": [day, None], "label": ["yes", "no"]}).write_parquet(
        folder / "who.parquet"
    )
    said = keepfit("label", "who.parquet", "--entity", "who", "--as-of", "day", cwd=folder)
    assert said.endswith("2 labels recorded: 2 found their prediction\n")
    with Rooms.open(folder).journal() as journal:
        labels = [row.label for row in journal.window("t", rows=10)]
    assert labels == ["yes", "yes", "yes", "no", None, None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prediction_id,label\na,perhaps\n", 'row 0, label: expected "no" or "yes", found "perhaps"'),
        ("prediction_id,label\na,yes\n,no\n", "row 1, prediction_id: is missing"),
        ("entity,as_of,label\np1,soon,no\n", 'row 0, as_of: expected a date or a time (ISO 8601), found "soon"'),
        ("prediction_id\na\n", 'has no column of labels; call it "label" or "y", or --label'),
        ("label\nyes\n", "says whose outcomes they are by no column, or by two"),
        ("prediction_id,label\n", "has no rows"),
    ],
)
def test_a_file_with_a_row_that_is_no_label_is_refused_as_a_whole(folder, made, text, said):
    """The row and the column are told, and nothing is written."""
    (folder / "labels.csv").write_text(text)
    assert said in keepfit("label", "labels.csv", cwd=folder, status=1)
    with Rooms.open(folder).journal() as journal:
        assert [row.label for row in journal.window("t", rows=10)] == ["yes", None, None, None, None, None]


@pytest.mark.parametrize(
    "declared",
    ['[journal.sensitive]\nid = "drop"\n', None],
    ids=["dropped", "nobody"],
)
def test_labels_for_whom_the_journal_does_not_name_are_refused(make_scoring_project, tmp_path, declared):
    """They would wait for ever: it is said, as the service says it, and by prediction id they are taken."""
    folder = make_scoring_project(tmp_path, entity="id" if declared else None)
    file = folder / "keepfit.toml"
    file.write_text(f"{file.read_text()}\n{declared or ''}")
    (folder / "labels.csv").write_text("entity,label\np1,yes\n")
    said = keepfit("label", "labels.csv", cwd=folder, status=1)
    assert "labels.csv, entity: the journal of this project names nobody; use prediction_id" in said
    (folder / "labels.csv").write_text("prediction_id,label\nunknown,yes\n")
    assert "1 labels recorded" in keepfit("label", "labels.csv", cwd=folder)
    assert keepfit("journal", "verify", cwd=folder).startswith("ok")


def test_a_time_that_is_shown_means_the_same_when_it_is_given_back(folder, made):
    """`show` tells all digits: a label as of it is for that prediction, and not for the one before."""
    told = json.loads(keepfit("journal", "show", made[3].id, cwd=folder))
    (folder / "labels.csv").write_text(f"entity,as_of,label\np0,{told['at']},no\n")
    keepfit("label", "labels.csv", cwd=folder)
    labels = json.loads(keepfit("journal", "show", made[3].id, cwd=folder))["labels"]
    assert [one["label"] for one in labels] == ["no"]


@pytest.fixture
def customers(tmp_path):
    """The folder of a recommender with three predictions, and their ids."""
    rooms = make_recommender(tmp_path / "panel")
    new_id, sent = PredictionIds(), json.dumps(record())
    made = [Prediction(new_id(), NOW, "t", 1, f"{who}", sent, 0.2, "loan", 1e-5) for who in range(3)]
    with rooms.journal() as journal:
        journal.record_predictions(made)
    return rooms.folder, [one.id for one in made]


def test_labels_of_a_recommender_list_products(customers):
    """In a file as in a request: a list with commas, or that nothing was added; the target names the column."""
    folder, (first, second, _) = customers
    pl.DataFrame({"id": [first, second], "added": ["loan,plan", "nothing"]}).write_csv(folder / "ids.csv")
    assert "2 labels recorded: 2 found their prediction" in keepfit("label", "ids.csv", cwd=folder)
    (folder / "who.csv").write_text('who,label\n2," card, card"\n')
    assert "1 labels recorded: 1 found their prediction" in keepfit("label", "who.csv", cwd=folder)
    with Rooms.open(folder).journal() as journal:
        assert [row.label for row in journal.window("t", rows=10)] == ["loan,plan", "nothing", "card"]


@pytest.mark.parametrize("label", ["lone", "card;loan", "card,lone", "Карта", "1"])
def test_a_file_with_a_list_of_what_is_no_product_is_refused(customers, label):
    """As a whole, with the row and what is taken."""
    folder, (first, second, _) = customers
    pl.DataFrame({"id": [first, second], "label": ["card", label]}).write_csv(folder / "ids.csv")
    said = " ".join(keepfit("label", "ids.csv", cwd=folder, status=1).split())
    assert f'row 1, label: expected "nothing" or "something" or products, as in "card,loan", found "{label}"' in said
    with Rooms.open(folder).journal() as journal:
        assert [row.label for row in journal.window("t", rows=10)] == [None, None, None]
