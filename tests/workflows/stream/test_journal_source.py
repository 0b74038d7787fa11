"""The journal as a source: each label teaches once, in the order in which they came."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

import pytest

from keepfit.journal import Label, Prediction, PredictionIds
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream import journal_source
from keepfit.workflows.stream.journal_source import JournalSource
from keepfit.workflows.stream.stream import StreamTask, stream
from stream_project import newest_state, records
from waiting import until

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Looks come soon after one another."""
    monkeypatch.setattr(journal_source, "LOOK_SECONDS", 0.01)


def answer(rooms: Rooms, rows: int, seed: int) -> list[tuple[str, str]]:
    """Record answers to new rows; return the id of each, and what is true of it."""
    new_id, told = PredictionIds(), records(rows, seed)
    made = [
        Prediction(new_id(), NOW, "s", 1, None, json.dumps({**one, "y": None, "extra": 1}), 0.5, "no", 1e-5)
        for one in told
    ]
    with rooms.journal() as journal:
        journal.record_predictions(made)
    return [(one.id, record["y"]) for one, record in zip(made, told, strict=True)]


def label(rooms: Rooms, known: list[tuple[str, str]]) -> None:
    with rooms.journal() as journal:
        journal.record_labels("s", [Label(id_, value, NOW) for id_, value in known])


def learn(rooms: Rooms):
    return stream(rooms, StreamTask("journal"))


def source_of(rooms: Rooms, journal, place=None, *, stop=None, is_followed=False) -> JournalSource:
    signature = rooms.store.champion().facts.signature
    stop = stop or threading.Event()
    return JournalSource(journal, "s", signature, batch_rows=20, is_followed=is_followed, stop=stop, place=place)


def test_labels_teach_in_the_order_in_which_they_came(rooms):
    """Whole batches, and the rest; only what has a label, and only the columns that teach."""
    known = answer(rooms, 60, 1)
    label(rooms, known[49::-1])
    with rooms.journal() as journal:
        found = list(source_of(rooms, journal).deliveries())
    assert [(one.name, len(one.rows), one.waiting_rows, one.place["after"]) for one in found] == [
        ("labels 1 to 20", 20, 30, 20),
        ("labels 21 to 40", 20, 10, 40),
        ("labels 41 to 50", 10, 0, 50),
    ]
    assert [row for one in found for row in one.rows] == records(60, 1)[49::-1]


def test_each_label_teaches_once_over_starts(rooms):
    """Later labels go on behind them; without new ones nothing is learnt."""
    known = answer(rooms, 70, 1)
    label(rooms, known[:30])
    assert [one.rows for one in learn(rooms).history] == [20, 10]
    assert learn(rooms).now == 0
    label(rooms, known[30:])
    report = learn(rooms)
    assert ([one.rows for one in report.history], report.rows, report.now) == ([20, 10, 20, 20], 70, 2)


def test_a_label_that_is_corrected_teaches_again(rooms):
    """As it is now; the others do not."""
    known = answer(rooms, 20, 1)
    label(rooms, known)
    learn(rooms)
    corrected = [(id_, "yes" if value == "no" else "no") for id_, value in known[:3]]
    label(rooms, corrected)
    with rooms.journal() as journal:
        (again,) = source_of(rooms, journal, newest_state(rooms).facts["journey"]["position"]["place"]).deliveries()
    assert [row["y"] for row in again.rows] == [value for _, value in corrected]
    assert (learn(rooms).rows, learn(rooms).now) == (23, 0)


def test_a_correction_before_it_was_learnt_counts_alone(rooms):
    """What was wrong never teaches."""
    ((id_, _),) = answer(rooms, 1, 1)
    label(rooms, [(id_, "no"), (id_, "yes")])
    with rooms.journal() as journal:
        (found,) = source_of(rooms, journal).deliveries()
    assert [row["y"] for row in found.rows] == ["yes"]


def test_a_label_of_neither_class_is_as_good_as_none(rooms):
    """It is left out and counted, and is not asked for again; of whole deliveries, too."""
    known = answer(rooms, 25, 1)
    label(rooms, [(id_, "spoilt") for id_, _ in known[:20]] + known[20:])
    report = learn(rooms)
    assert (report.rows, report.batches, newest_state(rooms).facts["standing"]["left_out"]) == (5, 1, 20)
    label(rooms, [(id_, "spoilt") for id_, _ in answer(rooms, 20, 2)])
    learn(rooms)
    assert newest_state(rooms).facts["journey"]["position"]["place"]["after"] == 45
    assert newest_state(rooms).facts["standing"]["left_out"] == 40


def test_who_follows_waits_for_a_whole_batch(rooms):
    """The rows that are too few for one wait; a stop ends the waiting."""
    stop, known = threading.Event(), answer(rooms, 50, 1)
    label(rooms, known[:30])
    task, ended = StreamTask("journal", is_followed=True, stop=stop), []
    thread = threading.Thread(target=lambda: ended.append(stream(rooms, task)))
    thread.start()
    try:
        until(lambda: [*rooms.workspace.stream.glob("batch-*.state")], "a batch")
        label(rooms, known[30:35])
        assert newest_state(rooms).batches == 1
        label(rooms, known[35:40])
        until(lambda: newest_state(rooms).batches == 2, "another batch")
        label(rooms, known[40:])
    finally:
        stop.set()
        thread.join(20)
    (report,) = ended
    assert ([one.rows for one in report.history], report.rows) == ([20, 20], 40)
    assert learn(rooms).rows == 50


def test_a_prediction_that_turns_up_later_teaches_then(rooms):
    """Its label came before others that were learnt: it is not forgotten, and not learnt twice."""
    new_id, told = PredictionIds(), records(1, 9)[0]
    late = Prediction(new_id(), NOW, "s", 1, None, json.dumps({**told, "y": None}), 0.5, "no", 1e-5)
    label(rooms, [(late.id, told["y"])])
    label(rooms, answer(rooms, 20, 1))
    assert learn(rooms).rows == 20
    with rooms.journal() as journal:
        journal.record_predictions([late])
    assert learn(rooms).rows == 21
    assert (learn(rooms).rows, learn(rooms).now) == (21, 0)


def test_a_row_that_the_door_refuses_is_left_out(rooms):
    """Nobody can mend it: the others teach, and it is said which."""
    new_id, said = PredictionIds(), []
    odd = Prediction(new_id(), NOW, "s", 1, None, json.dumps({"a": "text", "b": 1.0, "job": "free"}), 0.5, "no", 1e-5)
    with rooms.journal() as journal:
        journal.record_predictions([odd])
    label(rooms, [(odd.id, "yes"), *answer(rooms, 30, 1)])
    report = stream(rooms, StreamTask("journal", say=said.append))
    assert (report.rows, newest_state(rooms).facts["standing"]["left_out"]) == (30, 1)
    assert any("left out: record 1, a: " in one for one in said)
