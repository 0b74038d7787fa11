"""What every back end of the journal does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keepfit.errors import JournalError, PromotionConflictError
from keepfit.journal import Label, LabelReceipt, open_journal

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def label(prediction, text="good"):
    return Label(prediction.id, text, NOW)


def test_a_prediction_is_read_as_it_was_written(journal, make_prediction):
    """Every field comes back, floats and texts to the last bit."""
    made = make_prediction()
    journal.record_predictions([made])
    (read,) = journal.window("credit", rows=10)
    assert read.prediction == made
    assert read.label is None


def test_a_window_holds_the_newest_the_oldest_first(journal, make_prediction):
    """A window is the newest rows of its project, in the order of their recording."""
    made = [make_prediction() for _ in range(5)]
    journal.record_predictions(made)
    journal.record_predictions([make_prediction("other")])
    assert [row.prediction.id for row in journal.window("credit", rows=3)] == [one.id for one in made[2:]]
    assert journal.count("credit") == 5
    assert journal.ids("credit") == {one.id for one in made}


def test_a_window_may_begin_at_a_time(journal, make_prediction):
    """Rows before the time are left out."""
    made = [make_prediction(at=NOW + timedelta(hours=hour)) for hour in range(4)]
    journal.record_predictions(made)
    found = journal.window("credit", rows=10, since=NOW + timedelta(hours=2))
    assert [row.prediction.id for row in found] == [one.id for one in made[2:]]


def test_a_range_includes_both_ends(journal, make_prediction):
    """A range of sequence numbers names its rows."""
    journal.record_predictions([make_prediction() for _ in range(5)])
    rows = journal.window("credit", rows=5)
    assert journal.between("credit", rows[1].seq, rows[3].seq) == rows[1:4]


def test_the_newest_label_counts(journal, make_prediction):
    """A corrected label replaces the earlier one in every reading."""
    made = make_prediction()
    journal.record_predictions([made])
    assert journal.record_labels([label(made, "bad")]) == LabelReceipt(1, 1, 0)
    journal.record_labels([label(made, "good")])
    assert journal.window("credit", rows=1)[0].label == "good"


def test_a_label_may_come_before_its_prediction(journal, make_prediction):
    """A label for an unknown id is kept, and found when the prediction turns up."""
    made = make_prediction()
    assert journal.record_labels([label(made)]) == LabelReceipt(1, 0, 1)
    journal.record_predictions([made])
    assert journal.window("credit", rows=1)[0].label == "good"


def test_labelled_only_leaves_the_rest_out(journal, make_prediction):
    """A window of labelled rows counts labelled rows only."""
    made = [make_prediction() for _ in range(4)]
    journal.record_predictions(made)
    journal.record_labels([label(made[0]), label(made[2])])
    found = journal.window("credit", rows=2, labelled_only=True)
    assert [row.prediction.id for row in found] == [made[0].id, made[2].id]


def test_all_or_none_are_written(journal, make_prediction):
    """A batch with a row that cannot be written leaves none behind."""
    twice = make_prediction()
    with pytest.raises(JournalError, match="UNIQUE"):
        journal.record_predictions([make_prediction(), twice, twice])
    assert journal.count("credit") == 0


def test_events_are_read_in_order(journal):
    """Events come back oldest first, by kind, and the newest of them with a limit."""
    for number in range(4):
        journal.record_event("credit", "even" if number % 2 == 0 else "odd", "ada", {"number": number})
    assert [event.facts["number"] for event in journal.events("credit")] == [0, 1, 2, 3]
    assert [event.facts["number"] for event in journal.events("credit", kinds=["odd"])] == [1, 3]
    assert [event.facts["number"] for event in journal.events("credit", limit=2)] == [2, 3]


def test_an_epoch_has_one_entry(journal):
    """The second promotion of the same epoch is turned away; another project's is not."""
    journal.record_event("credit", "promoted", "ada", {}, epoch=1)
    journal.record_event("other", "promoted", "ada", {}, epoch=1)
    with pytest.raises(PromotionConflictError, match="promotion 1 of credit was taken"):
        journal.record_event("credit", "promoted", "bob", {}, epoch=1)
    assert [event.actor for event in journal.ledger("credit")] == ["ada"]


def test_one_of_many_promotions_wins(url):
    """Twenty journals race for each of ten epochs: one entry an epoch, no gaps."""
    journals = [open_journal(url) for _ in range(20)]

    def promote(number: int) -> list[int]:
        won = []
        for epoch in range(1, 11):
            try:
                journals[number].record_event("credit", "promoted", str(number), {}, epoch=epoch)
                won.append(epoch)
            except PromotionConflictError:
                pass
        return won

    with ThreadPoolExecutor(20) as pool:
        won = sorted(epoch for wins in pool.map(promote, range(20)) for epoch in wins)
    assert won == list(range(1, 11))
    assert [event.epoch for event in journals[0].ledger("credit")] == won
    for journal in journals:
        journal.close()


def test_several_processes_may_open_a_fresh_journal(url):
    """Processes that open a journal at once all succeed, and it is made once."""
    script = "import sys; from keepfit.journal import open_journal; open_journal(sys.argv[1]).close()"
    processes = [subprocess.Popen([sys.executable, "-c", script, url]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]


_WRITER = """
import sys
from datetime import UTC, datetime
from keepfit.journal import Prediction, PredictionIds, open_journal
new_id = PredictionIds()
with open_journal(sys.argv[1]) as journal:
    while True:
        rows = [Prediction(new_id(), datetime.now(UTC), "credit", 1, None, {}, 0.5, "good", 0.0) for _ in range(3)]
        journal.record_predictions(rows)
        print(" ".join(row.id for row in rows), flush=True)
"""


def test_what_was_acknowledged_outlives_sigkill(url):
    """A writer that is killed at any moment loses none of the rows that it said were written."""
    acknowledged: set[str] = set()
    for round_number in range(20):
        with subprocess.Popen([sys.executable, "-c", _WRITER, url], stdout=subprocess.PIPE, text=True) as writer:
            for _ in range(5 + 3 * round_number):
                acknowledged.update(writer.stdout.readline().split())
            os.kill(writer.pid, signal.SIGKILL)
            for line in writer.stdout.read().splitlines(keepends=True):
                acknowledged.update(line.split() if line.endswith("\n") else ())
    with open_journal(url) as journal:
        assert acknowledged <= journal.ids("credit")
    assert len(acknowledged) > 20 * 5 * 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("mysql://host/db", 'there is no back end "mysql"; accepted: sqlite'),
        ("journal.db", "is not a database URL"),
        ("sqlite://", "a journal in memory is none"),
    ],
)
def test_a_url_that_is_none_is_told(given, said):
    """A URL that no journal can have says what is accepted."""
    with pytest.raises(JournalError, match=said):
        open_journal(given)


def test_a_file_that_is_no_database_is_told(tmp_path):
    """A file of something else is left alone and named."""
    file = tmp_path / "journal.db"
    file.write_bytes(b"something else entirely, and long enough to be read as a header" * 20)
    with pytest.raises(JournalError, match="file is not a database"):
        open_journal(f"sqlite:///{file}")
    assert file.read_bytes().startswith(b"something else")


def test_a_newer_journal_is_left_alone(url):
    """A journal that a newer version wrote is not touched."""
    with open_journal(url) as journal, journal.writing() as connection:
        connection.exec_driver_sql("INSERT INTO migrations VALUES ('9999_later')")
    with pytest.raises(JournalError, match=r"newer Keepfit \(it knows 9999_later\); update Keepfit"):
        open_journal(url)


def test_a_journal_that_takes_no_writes_says_so(url):
    """Readiness fails when the database's tables can be read only."""
    with open_journal(url) as journal:
        journal.require_writable()
    path = Path(url.removeprefix("sqlite:///"))
    with open_journal(f"{url}?mode=rw&uri=true".replace("sqlite:///", "sqlite:///file:")) as journal:
        path.write_bytes(b"no database any more" * 300)
        for extra in ("-wal", "-shm"):
            path.with_name(path.name + extra).unlink(missing_ok=True)
        with pytest.raises(JournalError):
            journal.record_event("credit", "x", "ada", {})
