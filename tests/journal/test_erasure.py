"""Who is forgotten is nowhere any more, and the journal is as whole as before."""

from __future__ import annotations

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keepfit.errors import JournalError
from keepfit.journal import Label, open_journal
from keepfit.journal.departures import ForgottenFacts
from keepfit.journal.erasure import forget
from keepfit.journal.verification import verify
from keepfit.journal.windows import Window

NOW = datetime(2026, 1, 3, tzinfo=UTC)
SECRET = '{"Age": 44, "Street": "Unmistakable Lane 99"}'


def fill(journal, make_prediction) -> None:
    """Write rows of a person and of others, labels that name the person, and one that waits."""
    made = [
        make_prediction(entity="person-4711" if at % 5 == 0 else f"x{at}", sent=SECRET if at % 5 == 0 else "{}")
        for at in range(20)
    ]
    journal.record_predictions(made)
    journal.record_predictions([make_prediction("other", entity="person-4711", sent="{}")])
    early = datetime(2025, 1, 1, tzinfo=UTC)
    named = [Label("", "bad", NOW, "person-4711", NOW), Label("", "bad", NOW, "person-4711", early)]
    journal.record_labels("credit", [Label(made[0].id, "good", NOW), *named])


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_person_is_forgotten(any_url, make_prediction, is_sealed):
    """Features and entity are gone, rows and counts are not, and the event does not say who it was."""
    with open_journal(any_url, is_sealed=is_sealed) as journal:
        fill(journal, make_prediction)
        before = verify(journal)
        assert forget(journal, "credit", "person-4711", actor="ada") == ForgottenFacts(4, 2)
        after = verify(journal)
        assert after.faults == ()
        assert (after.predictions, after.labels, after.waiting_labels) == (21, 3, before.waiting_labels)
        assert (before.waiting_labels, before.erased, after.erased) == (1, 0, 4)
        (event,) = journal.events("credit")
        assert (event.kind, event.actor, event.facts) == ("forgotten", "ada", {"rows": 4, "labels": 2})
        assert journal.count("credit") == 20
        rows = journal.window("credit", rows=None)
        assert len(rows) == 16
        assert "person-4711" not in {row.prediction.entity for row in rows}
        assert sum(len(part.seqs) for part in journal.parts(Window("credit"))) == 16
        assert journal.window("other", rows=1)[0].prediction.entity == "person-4711"


def test_forgetting_again_changes_nothing(journal, make_prediction):
    """Who is not known, or was forgotten, leaves no trace, an event neither."""
    fill(journal, make_prediction)
    forget(journal, "credit", "person-4711", actor="ada")
    assert forget(journal, "credit", "person-4711", actor="ada") == ForgottenFacts(0, 0)
    assert forget(journal, "credit", "nobody", actor="ada") == ForgottenFacts(0, 0)
    assert len(journal.events("credit")) == 1


def test_a_forgotten_label_is_matched_no_more(journal, make_prediction):
    """A label of a person that waited waits for ever."""
    journal.record_labels("credit", [Label("", "bad", NOW, "person-4711", NOW)])
    assert forget(journal, "credit", "person-4711", actor="ada") == ForgottenFacts(0, 1)
    journal.record_predictions([make_prediction(entity="person-4711")])
    assert journal.match_labels("credit") == 0
    assert verify(journal).waiting_labels == 1


def _bytes_of(url: str) -> bytes:
    folder = Path(url.removeprefix("sqlite:///")).parent
    return b"".join(file.read_bytes() for file in folder.iterdir())


def test_no_byte_stays_in_any_file(url, make_prediction):
    """Neither the database nor its log holds what was sent about the person, or who they are."""
    with open_journal(url, is_sealed=True) as journal:
        fill(journal, make_prediction)
        journal.record_predictions([make_prediction("other", entity="person-4711", sent="{}")])
        forget(journal, "other", "person-4711", actor="ada")
        assert b"Unmistakable" in _bytes_of(url)
        forget(journal, "credit", "person-4711", actor="ada")
        assert b"Unmistakable" not in _bytes_of(url)
        assert b"person-4711" not in _bytes_of(url)


def test_no_byte_stays_in_a_journal_that_has_lived(url, make_prediction):
    """Pages that were split and rows that were matched leave no copies either."""
    rng = random.Random(7)
    people = [f"somebody-{number:06d}" for number in rng.sample(range(900_000), 3000)]
    with open_journal(url) as journal:
        for begin in range(0, 3000, 200):
            some = people[begin : begin + 200]
            journal.record_labels("credit", [Label("", "bad", NOW, one, NOW) for one in some])
            long = '{"Street": "%s"}'
            journal.record_predictions([make_prediction(entity=one, sent=long % (one * 9)) for one in some])
            journal.match_labels("credit")
        for one in (gone := rng.sample(people, 40)):
            assert forget(journal, "credit", one, actor="ada") == ForgottenFacts(1, 1)
        left = _bytes_of(url)
        assert [one for one in gone if one.encode() in left] == []
        assert verify(journal).faults == ()


def test_a_reader_who_does_not_end_is_told(url, make_prediction, monkeypatch):
    """Who reads an old state keeps it in the log: that is said, and to forget again ends it."""
    monkeypatch.setattr("keepfit.journal.sqlite_writes._EMPTYINGS", 1)
    with open_journal(url) as journal, closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as reader:
        fill(journal, make_prediction)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM predictions").fetchall()
        with pytest.raises(
            JournalError, match=r"its write-ahead log still holds what was erased: .* forget again when"
        ):
            forget(journal, "credit", "person-4711", actor="ada")
        reader.rollback()
        assert forget(journal, "credit", "person-4711", actor="ada") == ForgottenFacts(0, 0)
        assert b"Unmistakable" not in _bytes_of(url)


def test_postgres_gives_the_room_back(postgres, make_prediction, monkeypatch):
    """The old versions of rows are vacuumed, in the partition and among the labels, if need be by who forgets again."""
    url = postgres.new_database()
    told = "SELECT relname, n_dead_tup FROM pg_stat_user_tables WHERE vacuum_count > 0"

    def vacuumed() -> dict[str, int]:
        return dict(postgres.execute(told, url.rpartition("/")[2]))

    def die() -> None:
        raise JournalError("it died here")

    with open_journal(url) as journal:
        fill(journal, make_prediction)
        end = journal.end_erasure
        monkeypatch.setattr(journal, "end_erasure", die)
        with pytest.raises(JournalError, match="it died here"):
            forget(journal, "credit", "person-4711", actor="ada")
        assert vacuumed() == {}
        monkeypatch.setattr(journal, "end_erasure", end)
        assert forget(journal, "credit", "person-4711", actor="ada") == ForgottenFacts(0, 0)
        rows = vacuumed()
    assert "labels" in rows
    assert any(name.startswith("predictions_2") for name in rows)
    assert set(rows.values()) == {0}


def test_others_write_meanwhile(any_url, make_prediction):
    """Rows that are written while people are forgotten are whole, and so is the chain."""
    with open_journal(any_url, is_sealed=True) as journal:
        journal.record_predictions([make_prediction(entity=f"p{at}") for at in range(20)])
        with ThreadPoolExecutor(2) as pool:
            writes = pool.submit(lambda: [journal.record_predictions([make_prediction()]) for _ in range(30)])
            for at in range(10):
                assert forget(journal, "credit", f"p{at}", actor="ada").rows == 1
            writes.result()
        found = verify(journal)
        assert found.faults == ()
        assert (found.predictions, found.erased) == (50, 10)
