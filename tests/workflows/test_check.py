"""The window that a check looks at: counted part by part, between two moments."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from keepfit.bundle import BundleFacts, Lineage, Pointer, Recipe
from keepfit.errors import DatasetError, MonitoringError
from keepfit.journal import Label, Prediction, PredictionIds, store
from keepfit.journal.windows import newest_parts
from keepfit.monitoring.past_checks import newest_check, past_checks
from keepfit.profiles import Profile, build_profile, count_window
from keepfit.scoring import history_door
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.workflows import check as checking
from keepfit.workflows.check import check
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.profile import ProfileTask, profile
from keepfit.workflows.rooms import Rooms

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ROWS, VERSION = 300, 1
COLUMNS = (Column("age", Kind.INTEGER, minimum=0, maximum=90), Column("job", Kind.CATEGORY, categories=("a", "b")))
SIGNATURE = Signature(COLUMNS, Outcome("y", "no", "yes"), entity="id")
RECORDS = [{"age": at % 90, "job": "abc"[at % 3], "id": f"e{at}"} for at in range(ROWS)]
_new_id = PredictionIds()


def answered(at: int, version: int = VERSION) -> Prediction:
    """Return an answer that was given so many minutes after the beginning."""
    when, sent = BEGAN + timedelta(minutes=at), json.dumps(RECORDS[at % ROWS])
    return Prediction(_new_id(), when, "t", version, f"e{at}", sent, at % 97 / 97, "no", 1e-5)


def reference() -> Profile:
    matrix = history_door(SIGNATURE).rows(RECORDS)
    return build_profile(SIGNATURE, matrix, np.linspace(0, 1, ROWS))


@pytest.fixture
def rooms(tmp_path):
    """A project whose champion has answered 300 records in as many minutes, and another version one after them."""
    text = '[project]\nname = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\nentity = "id"\n'
    (tmp_path / "keepfit.toml").write_text(text + "[monitoring]\nwindow_rows = 250\n")
    rooms = Rooms.open(tmp_path)
    lineage = Lineage("t.csv", "file", "t.csv", "f", 10, Recipe("by hand"), 0, "0", "e")
    facts = BundleFacts("t", VERSION, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {"f1": (0.5, 0.4, 0.6)}, "", lineage)
    made = rooms.store.add(lambda _: facts, model=b"", profile=reference().to_dict(), card=lambda _: "")
    rooms.store.point("champion", Pointer(made.facts.version, made.digest, 1))
    with rooms.journal() as journal:
        journal.record_predictions([answered(at) for at in range(ROWS)])
        journal.record_predictions([answered(ROWS, VERSION + 1)])
    return rooms


def counted(first: int, end: int) -> Profile:
    """Return the profile of the champion's answers by their minutes, made at once."""
    matrix = history_door(SIGNATURE).rows(RECORDS[first:end])
    return count_window(reference(), matrix, np.array([at % 97 / 97 for at in range(first, end)]))


@pytest.mark.parametrize(
    ("since", "until", "first", "end"),
    [(None, None, 50, 300), (100, None, 100, 300), (None, 280, 30, 280), (10, 20, 10, 20), (400, None, 0, 0)],
    ids=["newest", "since", "until", "between", "none"],
)
def test_the_window_is_counted_in_parts(rooms, monkeypatch, since, until, first, end):
    """However many parts a window is read in, its drift is that of all its rows; another version's are not in it."""
    monkeypatch.setattr(store, "newest_parts", partial(newest_parts, part_rows=7))
    seen = []
    monkeypatch.setattr(
        checking, "compare_profiles", lambda *them, **keys: seen.append(them[1]) or _compare(*them, **keys)
    )
    moments = [None if at is None else BEGAN + timedelta(minutes=at) for at in (since, until)]
    report = check(rooms, CheckTask(*moments))
    told = json.loads(report.facts.read_text())
    ends = (f"2026-01-01T{at // 60:02d}:{at % 60:02d}:00.000Z" for at in (first, end - 1))
    assert report.rows == told["window"]["rows"] == end - first
    assert [told["window"]["first_at"], told["window"]["last_at"]] == (list(ends) if end else [None, None])
    (profile,) = seen
    whole = counted(first, end)
    assert profile.columns[1] == whole.columns[1]
    assert profile.columns[0] == whole.columns[0]  # sums of whole numbers are exact
    assert profile.outputs[0].score.counts == whole.outputs[0].score.counts
    np.testing.assert_allclose(profile.outputs[0].score.sums, whole.outputs[0].score.sums, rtol=1e-12)


_compare = checking.compare_profiles


def test_a_check_says_between_which_moments(rooms):
    """The event of the journal keeps what was asked for, so that the history tells what was judged."""
    check(rooms, CheckTask(since=BEGAN))
    with rooms.journal() as journal:
        (event,) = journal.events("t", kinds=["checked"])
    assert event.facts["since"] == "2026-01-01T00:00:00.000Z"
    assert "until" not in event.facts


def test_labels_are_of_the_same_time_as_the_predictions(rooms):
    """Quality is judged on what was answered between the moments; a label that waited for its entity counts too."""
    with rooms.journal() as journal:
        came = [Label("", "yes", BEGAN, f"e{at}", BEGAN + timedelta(minutes=at)) for at in (5, 15)]
        journal.record_labels("t", came)
        waiting = Label("", "no", BEGAN, "later", BEGAN + timedelta(minutes=17))
        journal.record_labels("t", [waiting])
        late = answered(16)
        journal.record_predictions([Prediction(late.id, late.at, "t", VERSION, "later", late.sent, 0.5, "no", 1e-5)])
    report = check(rooms, CheckTask(BEGAN + timedelta(minutes=10), BEGAN + timedelta(minutes=20)))
    assert [row.prediction.entity for row in report.labelled] == ["e15", "later"]


def test_a_time_that_ends_before_it_begins_is_refused(rooms):
    """There is nothing between the two: it was meant otherwise."""
    with pytest.raises(
        MonitoringError, match=r"^until: 2026-01-01T00:00:00.000Z is not after 2026-01-01T00:00:00.000Z"
    ):
        check(rooms, CheckTask(BEGAN, BEGAN))


def test_a_check_that_is_repeated_says_the_same(rooms):
    """It looks at the same predictions; its event tells what it looked at, and since when it says so."""
    first, second = check(rooms), check(rooms)
    assert (first.verdict.state, first.verdict.reasons) == (second.verdict.state, second.verdict.reasons)
    assert second.verdict.stands_since == first.verdict.stands_since
    with rooms.journal() as journal:
        events = [event.facts for event in journal.events("t", kinds=["checked"])]
    assert [event["first_at"] for event in events] == ["2026-01-01T00:50:00.000000Z"] * 2
    assert events[1]["stands_since"] == first.verdict.stands_since
    assert events[0]["found"] == events[0]["state"]


def test_what_has_drifted_is_dated_by_the_checks_before(rooms):
    """A column that the check before called drifted has been so since that one."""
    older = [{"age": 200 + at, "job": "a", "id": f"o{at}"} for at in range(250)]
    with rooms.journal() as journal:
        made = [
            Prediction(
                _new_id(), BEGAN + timedelta(days=1, minutes=at), "t", VERSION, None, json.dumps(sent), 0.5, "no", 0
            )
            for at, sent in enumerate(older)
        ]
        journal.record_predictions(made)
    first, second = check(rooms), check(rooms)
    assert "age" in first.findings.since
    assert first.findings.since["age"].first_check is None
    told = json.loads(second.facts.read_text())
    assert told["since"]["age"]["first_check"] == json.loads(first.facts.read_text())["made_at"]


def test_a_check_of_a_file_is_no_state_of_what_is_answered_now(rooms, tmp_path):
    """It is an event that names the file; the service's newest check, and the history of verdicts, pass over it."""
    table = tmp_path / "rows.csv"
    table.write_text("age,job\n" + "\n".join(f"{at % 90},a" for at in range(300)))
    report = check(rooms, CheckTask(windows=(table,)))
    assert report.verdict.stands_since == ""
    with rooms.journal() as journal:
        (event,) = journal.events("t", kinds=["checked_else"])
        assert event.facts["window"] == ["rows.csv"]
        assert newest_check(journal, "t") is None
        assert past_checks(journal, "t", VERSION) == ()


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (CheckTask(since=BEGAN, windows=(Path("w.csv"),)), r"w\.csv: a file is checked as a whole; since and until"),
        (CheckTask(scores=True), "--score: only the rows of a table are scored; name one by --window"),
        (CheckTask(reference=Path("r.json"), exact=True), r"r\.json: a profile has no rows to compare with; leave"),
        (CheckTask(windows=(Path("a.csv"), Path("b.csv"))), r"b\.csv: a check looks at one table; count each with"),
    ],
)
def test_what_contradicts_itself_is_refused(rooms, task, said):
    """Before anything is read, with what to do."""
    with pytest.raises(MonitoringError, match=said):
        check(rooms, task)


def test_a_column_that_is_not_kept_is_no_drift_by_way_of_a_profile_either(rooms, tmp_path):
    """What the journal drops is missing in each of its rows; the profile says so, and the check leaves it out."""
    text = (rooms.folder / "keepfit.toml").read_text()
    (rooms.folder / "keepfit.toml").write_text(text + '[journal.sensitive]\nage = "drop"\n')
    dropping, out = Rooms.open(rooms.folder), tmp_path / "window.json"
    profile(dropping, ProfileTask(out))
    for task in (CheckTask(), CheckTask(windows=(out,)), CheckTask(reference=out, windows=(out,))):
        report = check(dropping, task)
        assert [column.name for column in report.findings.drift.columns] == ["job"]
        assert json.loads(report.facts.read_text())["not_kept"] == ["age"]


def test_labels_of_a_profile_are_counts_and_still_say_what_they_mean(rooms, tmp_path):
    """Their rate is compared and their meaning tested; scores with intervals need the rows, and that is told."""
    table, out = tmp_path / "rows.csv", tmp_path / "window.json"
    lines = [f"{at % 90},{'ab'[at % 2]},{at % 97 / 97},{'yes' if at % 3 else ''}" for at in range(300)]
    table.write_text("age,job,probability,y\n" + "\n".join(lines))
    profile(rooms, ProfileTask(out, table=table))
    report = check(rooms, CheckTask(windows=(out,)))
    assert (report.rows, report.labels) == (300, 200)
    assert report.findings.quality.measured is None
    assert report.findings.quality.concept.rows == 200
    assert any("of 200 labels there are counts only" in one for one in report.verdict.reasons)


def test_what_the_reference_does_not_keep_is_not_compared(rooms, tmp_path):
    """A profile of a journal that drops ages has none; a table's ages are no drift from that."""
    text = (rooms.folder / "keepfit.toml").read_text()
    (rooms.folder / "keepfit.toml").write_text(text + '[journal.sensitive]\nage = "drop"\n')
    out, table = tmp_path / "then.json", tmp_path / "rows.csv"
    profile(Rooms.open(rooms.folder), ProfileTask(out))
    table.write_text("age,job\n" + "\n".join(f"{at % 90},{'abc'[at % 3]}" for at in range(300)))
    report = check(rooms, CheckTask(reference=out, windows=(table,)))
    assert [column.name for column in report.findings.drift.columns] == ["job"]
    assert "Not compared, as it is not kept: age." in report.page.read_text()


def test_labels_of_rows_without_a_score_are_told(rooms, tmp_path):
    """They have come, and nothing can be measured by them."""
    table = tmp_path / "rows.csv"
    table.write_text("age,job,probability,y\n" + "\n".join(f"{at % 90},a,,yes" for at in range(300)))
    report = check(rooms, CheckTask(windows=(table,)))
    said = "300 labels have come, of rows without a score"
    assert f"Quality cannot be judged: {said}." in report.verdict.reasons
    assert said in report.page.read_text()


def test_rows_that_have_scores_are_not_scored_again(rooms, tmp_path):
    """Which of the two scores is meant, the caller has to say."""
    table = tmp_path / "rows.csv"
    table.write_text("age,job,probability\n1,a,0.5\n")
    with pytest.raises(DatasetError, match="has a column probability: its rows are scored; leave --score out"):
        check(rooms, CheckTask(windows=(table,), scores=True))


def test_a_window_without_scores_has_no_estimate(rooms, tmp_path):
    """Nothing is said of the quality to expect."""
    table = tmp_path / "rows.csv"
    table.write_text("age,job\n" + "\n".join(f"{at % 90},a" for at in range(300)))
    assert check(rooms, CheckTask(windows=(table,))).findings.quality.expected is None
