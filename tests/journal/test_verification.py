"""A sound journal has no faults, and whatever is changed in one past the journal is found."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from keepfit.errors import JournalError
from keepfit.journal import Label, Shadow, open_journal
from keepfit.journal.chain import Chain
from keepfit.journal.erasure import forget
from keepfit.journal.verification import verify

NOW = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
SEALED_TABLES = ("predictions", "labels", "events", "seals")


def fill(journal, make_prediction, *, batches: int = 3) -> None:
    """Write all kinds of rows: labels by id and by entity, some that wait, shadows, and a ledger."""
    for number in range(batches):
        made = [make_prediction(entity=f"person-{number}-{at}") for at in range(4)]
        journal.record_predictions(made, [Shadow(one.id, one.at, "credit", 2, 0.25, "bad") for one in made[:2]])
        journal.record_predictions([make_prediction("other", entity=None)])
        by_entity = [Label("", "bad", NOW, f"person-{number}-2", NOW), Label("", "bad", NOW, "nobody", NOW)]
        by_id = [Label(made[0].id, "good", NOW), Label("never", "good", NOW)]
        journal.record_labels("credit", [*by_id, *by_entity])
        journal.record_event("credit", "promoted", "ada", {"to": number}, epoch=number + 1)
        journal.record_event("other", "drifted", "bob", {})


def kinds(journal, **arguments) -> set[str]:
    return {fault.kind for fault in verify(journal, **arguments).faults}


@pytest.mark.parametrize(("is_sealed", "key"), [(False, b""), (True, b""), (True, b"secret")])
def test_a_sound_journal_has_no_faults(any_url, make_prediction, is_sealed, key):
    """What the journal wrote itself is whole, sealed or not, and counted."""
    with open_journal(any_url, is_sealed=is_sealed, key=key) as journal:
        fill(journal, make_prediction)
        found = verify(journal, key=key)
        assert found.faults == ()
        assert found.is_sound
        assert (found.predictions, found.labels, found.waiting_labels, found.events) == (15, 12, 6, 6)
        assert (found.shadows, found.erased, found.retired, found.unverified_seals) == (6, 0, 0, 0)
        assert found.seals == (15 if is_sealed else 0)
        assert (found.head is not None) == is_sealed


def test_an_empty_journal_is_sound(journal):
    """Nothing is whole."""
    assert verify(journal).is_sound


def test_a_journal_may_be_sealed_later(any_url, make_prediction):
    """Rows from before the first seal need none."""
    with open_journal(any_url) as journal:
        fill(journal, make_prediction)
    with open_journal(any_url, is_sealed=True) as journal:
        fill_again = [make_prediction() for _ in range(3)]
        journal.record_predictions(fill_again)
        journal.record_event("credit", "promoted", "ada", {}, epoch=4)
        assert verify(journal).faults == ()


def test_it_reads_in_parts(any_url, make_prediction, monkeypatch):
    """Rows and seals are the same in small parts."""
    for name in ("verification.PART_ROWS", "sweeps.PART_ROWS", "sweeps._FEWEST_ROWS"):
        monkeypatch.setattr(f"keepfit.journal.{name}", 2)
    with open_journal(any_url, is_sealed=True) as journal:
        fill(journal, make_prediction)
        found = verify(journal)
        assert found.faults == ()
        assert (found.predictions, found.labels, found.events, found.seals) == (15, 12, 6, 15)


def test_a_noted_head_is_looked_for(any_url, make_prediction):
    """A head that was noted is in the chain later too; one that is not there is told."""
    with open_journal(any_url, is_sealed=True) as journal:
        fill(journal, make_prediction)
        head = verify(journal).head
        fill_more = [make_prediction()]
        journal.record_predictions(fill_more)
        assert verify(journal, head=head.upper()).faults == ()
        (fault,) = verify(journal, head="ab" * 32).faults
        assert (fault.kind, fault.where) == ("head", "all seals")
        assert "was noted: the chain was cut or written anew" in fault.what


def test_a_journal_that_was_cut_back_is_found_by_its_head(tmp_path, url, make_prediction):
    """An older copy of the file is whole in itself: only a noted head tells."""
    path = Path(url.removeprefix("sqlite:///"))
    with open_journal(url, is_sealed=True) as journal:
        fill(journal, make_prediction)
    older = tmp_path / "older.db"
    shutil.copy(path, older)
    with open_journal(url) as journal:
        journal.record_predictions([make_prediction()])
        head = verify(journal).head
    with open_journal(f"sqlite:///{older}") as journal:
        assert verify(journal).is_sound
        assert kinds(journal, head=head) == {"head"}


def test_a_key_that_is_not_given_is_asked_for(any_url, make_prediction):
    """Seals that were made with a key need it, and another one does not do; said once."""
    with open_journal(any_url, is_sealed=True, key=b"secret") as journal:
        fill(journal, make_prediction)
        (fault,) = verify(journal).faults
        assert fault.what == "they were made with a key: KEEPFIT_JOURNAL_KEY is needed to verify them"
        assert kinds(journal, key=b"other") == {"seal", "content"}


def test_seals_without_a_key_are_told_where_one_is_set(any_url, make_prediction):
    """Who writes the chain anew without its key is found, though every link holds."""
    with open_journal(any_url, is_sealed=True) as journal:
        fill(journal, make_prediction)
        (fault,) = verify(journal, key=b"secret").faults
        assert (fault.kind, fault.where) == ("key", "seal 15")


def test_a_seal_without_a_key_after_one_with_it_is_told(any_url, make_prediction, monkeypatch):
    """Who has the database alone can go on without the key, but not unseen."""
    with open_journal(any_url, is_sealed=True, key=b"secret") as journal:
        fill(journal, make_prediction)
    with open_journal(any_url) as journal:
        monkeypatch.setattr(Chain, "require_key", lambda *_: None)  # a program of his own would not look
        journal.record_predictions([make_prediction()])
        where = {(fault.kind, fault.where) for fault in verify(journal, key=b"secret").faults}
        assert where == {("key", "seal 16")}


@pytest.mark.parametrize("key", [b"", b"other"])
def test_nothing_is_sealed_with_another_key(any_url, make_prediction, key):
    """An honest slip is told before it would look like a forgery; whatever is written meets it, and nothing is left."""
    with open_journal(any_url, is_sealed=True, key=b"secret") as journal:
        fill(journal, make_prediction)
        rows, events = journal.count("credit"), len(journal.events("credit"))
    with open_journal(any_url, key=key) as journal:
        with pytest.raises(JournalError, match="KEEPFIT_JOURNAL_KEY in the environment: the journal is sealed with a"):
            journal.record_event("credit", "trained", "ada", {})
        with pytest.raises(JournalError, match="KEEPFIT_JOURNAL_KEY in the environment: the journal is sealed with a"):
            journal.record_predictions([make_prediction()])
        with pytest.raises(JournalError, match="KEEPFIT_JOURNAL_KEY in the environment: the journal is sealed with a"):
            journal.require_writable()
        assert (journal.count("credit"), len(journal.events("credit"))) == (rows, events)
    with open_journal(any_url, key=b"secret") as journal:
        journal.record_predictions([make_prediction()])
        assert verify(journal, key=b"secret").is_sound


def test_who_altered_a_seal_stops_no_writer(any_url, make_prediction):
    """The key is known by the other seals; the altered one is for `verify` to find."""
    with open_journal(any_url, is_sealed=True, key=b"secret") as journal:
        fill(journal, make_prediction)
        with journal.writing() as connection:
            connection.exec_driver_sql("UPDATE seals SET first_seq = first_seq + 7 WHERE number > 13")
    with open_journal(any_url, key=b"secret") as journal:
        journal.record_predictions([make_prediction()])
        assert "seal" in kinds(journal, key=b"secret")


@pytest.mark.parametrize("seals", [1, 2, 16, 17, 18, 40])
def test_a_key_is_known_however_many_seals_there_are(url, make_prediction, seals):
    """The first seal of all is tried too."""
    with open_journal(url, is_sealed=True, key=b"secret") as journal:
        for _ in range(seals):
            journal.record_event("credit", "trained", "ada", {})
    with open_journal(url, key=b"secret") as journal:
        journal.record_event("credit", "trained", "ada", {})
    with open_journal(url, key=b"other") as journal, pytest.raises(JournalError, match="this is another one"):
        journal.record_event("credit", "trained", "ada", {})


def test_rows_that_were_removed_are_told_by_number(journal, make_prediction):
    """Gaps are told in the middle and at the end, without seals too."""
    fill(journal, make_prediction)
    with journal.writing() as connection:
        connection.exec_driver_sql("DELETE FROM predictions WHERE seq IN (3, 4, 15)")
        connection.exec_driver_sql("DELETE FROM events WHERE seq = 6")
    found = [(fault.where, fault.what) for fault in verify(journal).faults if fault.kind == "gap"]
    assert found == [
        ("predictions 3-4", "2 rows are missing"),
        ("predictions 15", "is missing"),
        ("events 6", "is missing"),
    ]


@pytest.mark.parametrize(
    ("statement", "kind", "where"),
    [
        ("UPDATE predictions SET features = '[1]' WHERE seq = 2", "features", "predictions 2"),
        ("UPDATE predictions SET features = '{' WHERE seq = 2", "features", "predictions 2"),
        ("UPDATE predictions SET features = '', entity = NULL WHERE seq = 2", "erasure", "predictions"),
        ("UPDATE predictions SET features = '' WHERE seq = 2", "erasure", "predictions 2"),
        ("UPDATE labels SET entity = NULL WHERE seq = 3", "erasure", "labels"),
        ("UPDATE labels SET prediction_id = 'x' WHERE seq = 3", "reference", "labels from 3 on"),
        ("UPDATE labels SET entity = 'y' WHERE seq = 3", "reference", "labels 3"),
        ("UPDATE shadows SET prediction_id = 'x' WHERE seq = 2", "reference", "shadows from 2 on"),
        ("UPDATE events SET epoch = 7 WHERE epoch = 2", "epoch", "promotion ledger of credit, events 5"),
        ("UPDATE events SET facts = '3' WHERE seq = 2", "facts", "events 2"),
        ("UPDATE predictions SET seq = 99 WHERE seq = 15", "number", "predictions"),
        ("UPDATE predictions SET seq = -1 WHERE seq = 1", "number", "predictions -1"),
    ],
)
def test_faults_that_need_no_seal(journal, make_prediction, statement, kind, where):
    """Texts, references, erasures, epochs and numbers are looked at in every journal."""
    fill(journal, make_prediction)
    with journal.writing() as connection:
        connection.exec_driver_sql(statement)
        if "seq = 99" in statement and connection.dialect.name == "sqlite":
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = 15 WHERE name = 'predictions'")
    faults = [(fault.kind, fault.where) for fault in verify(journal).faults]
    assert (kind, where) in faults


def test_a_number_and_an_id_that_are_there_twice(postgres, make_prediction):
    """PostgreSQL enforces neither across months once its constraint is gone: both are found."""
    with open_journal(postgres.new_database()) as journal:
        journal.record_predictions([make_prediction() for _ in range(3)])
        with journal.writing() as connection:
            connection.exec_driver_sql("UPDATE predictions SET seq = 1 WHERE seq = 2")
        assert [(one.kind, one.where) for one in verify(journal).faults] == [
            ("duplicate", "predictions 1"),
            ("gap", "predictions 2"),
        ]
        with journal.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE predictions DROP CONSTRAINT predictions_pkey CASCADE")
            connection.exec_driver_sql("UPDATE predictions SET id = (SELECT min(id) FROM predictions)")
        assert any("an id has one prediction" in fault.what for fault in verify(journal).faults)


def test_faults_are_counted_beyond_a_hundred(journal, make_prediction):
    """A ruined journal gives a short list and a number."""
    journal.record_predictions([make_prediction() for _ in range(250)])
    with journal.writing() as connection:
        connection.exec_driver_sql("UPDATE predictions SET features = 'x'")
    found = verify(journal)
    assert (len(found.faults), found.further_faults) == (100, 150)


def _others(value, rng: random.Random):
    """Return values of the same and of another type."""
    if value is None:
        return ["", "x", b"\1", 3]
    if isinstance(value, bytes):
        at = rng.randrange(len(value))
        return [value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :], b"", None]
    if isinstance(value, str):
        return [f"{value} ", "", value.upper() if value.upper() != value else "x"]
    return [value + 1, -value if value else 5, value * 2 + 3]


def _mutations(path: Path, rng: random.Random):
    """Return statements that change one thing each, with their parameters."""
    with closing(sqlite3.connect(path)) as database:
        for table in SEALED_TABLES:
            cursor = database.execute(f"SELECT rowid, * FROM {table}")
            names = [one[0] for one in cursor.description][1:]
            rows = cursor.fetchall()
            for row in rng.sample(rows, min(3, len(rows))):
                yield [(f"DELETE FROM {table} WHERE rowid = ?", (row[0],))]
                for name, value in zip(names, row[1:], strict=True):
                    if table == "labels" and name == "prediction_id" and row[names.index("as_of_microseconds") + 1]:
                        others = ["elsewhere"]  # nothing vouches for a match, but that it could be
                    else:
                        others = _others(value, rng)
                    for other in others:
                        yield [(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (other, row[0]))]
            yield [(f"DELETE FROM {table} WHERE rowid > ?", (rows[-3][0],))]
            yield from _swaps(table, rows, rng)
            yield from _additions(table, names, rows)


def _swaps(table: str, rows, rng: random.Random):
    name = "number" if table == "seals" else "seq"
    for _ in range(4):
        one, other = (row[0] for row in rng.sample(rows, 2))
        order = [(-7, one), (one, other), (other, -7)]
        yield [(f"UPDATE {table} SET {name} = ? WHERE {name} = ?", pair) for pair in order]


def _additions(table: str, names, rows):
    _, number, *values = rows[-1]
    if table == "predictions":
        values[0] = "01b00000-0000-7000-8000-000000000000"
    if table == "events":
        values[names.index("epoch") - 1] = None
    marks = ", ".join("?" * len(names))
    for new in (number + 1, number + 5, 0):
        yield [(f"INSERT INTO {table} VALUES ({marks})", (new, *values))]


def test_every_single_change_of_a_sealed_journal_is_found(tmp_path, url, make_prediction):
    """Hundreds of changes, each in a fresh copy: none of them goes unseen."""
    rng = random.Random(7)
    path = Path(url.removeprefix("sqlite:///"))
    with open_journal(url, is_sealed=True) as journal:
        fill(journal, make_prediction)
    changed, made = tmp_path / "changed.db", 0
    missed = []
    for statements in _mutations(path, rng):
        shutil.copy(path, changed)
        with closing(sqlite3.connect(changed)) as database:
            before = list(database.iterdump())
            try:
                for statement in statements:
                    database.execute(*statement)
            except sqlite3.IntegrityError:  # the database refuses it
                continue
            database.commit()
            if list(database.iterdump()) == before:
                continue
        made += 1
        with open_journal(f"sqlite:///{changed}") as journal:
            if verify(journal).is_sound:
                missed.append(statements)
    assert missed == []
    assert made >= 200


CHANGES = [
    "DELETE FROM predictions WHERE seq = 7",
    "DELETE FROM predictions WHERE seq > 13",
    "UPDATE predictions SET probability = 0.75 WHERE seq = 3",
    "UPDATE predictions SET features = '{}' WHERE seq = 3",
    "UPDATE predictions SET entity = 'else' WHERE seq = 3",
    "UPDATE predictions SET salt = NULL WHERE seq = 3",
    "UPDATE predictions SET features = '', entity = NULL, salt = NULL WHERE seq = 3",
    "UPDATE predictions SET seq = 13 - seq WHERE seq IN (6, 7)",
    "UPDATE labels SET label = 'other' WHERE seq = 1",
    "UPDATE labels SET entity = '' WHERE seq = 1",
    "DELETE FROM labels WHERE seq = 12",
    "UPDATE events SET actor = 'eve' WHERE seq = 1",
    "INSERT INTO events VALUES (7, 1, 'credit', 'x', 'eve', '{}', NULL)",
    "DELETE FROM seals WHERE number = 1",
    "DELETE FROM seals WHERE number = 15",
    "UPDATE seals SET digest = content WHERE number = 15",
    "UPDATE seals SET is_keyed = 1 WHERE number = 4",
    "UPDATE seals SET at_microseconds = at_microseconds + 1 WHERE number = 15",
]


def test_changes_of_a_sealed_postgres_are_found(postgres, make_prediction):
    """The same in PostgreSQL, where each change is undone after it was looked at."""
    with open_journal(postgres.new_database(), is_sealed=True) as journal:
        fill(journal, make_prediction)
        tables = (*SEALED_TABLES, "counters")
        with journal.writing() as connection:
            for table in tables:
                connection.execute(text(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
        missed = []
        for change in CHANGES:
            with journal.writing() as connection:
                assert connection.execute(text(change)).rowcount
            if verify(journal).is_sound:
                missed.append(change)
            with journal.writing() as connection:
                for table in tables:
                    connection.execute(text(f"DELETE FROM {table}"))
                    connection.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))
            assert verify(journal).is_sound
        assert missed == []


def test_a_row_of_a_table_without_seals_is_found(any_url, make_prediction):
    """In a sealed journal a table that has no seal yet must have no later row."""
    with open_journal(any_url, is_sealed=True) as journal:
        journal.record_predictions([make_prediction()])
        later = int((datetime.now(UTC) + timedelta(seconds=1)).timestamp() * 1_000_000)
        with journal.writing() as connection:
            connection.exec_driver_sql(f"INSERT INTO events VALUES (1, {later}, 'credit', 'x', 'eve', '{{}}', NULL)")
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("UPDATE counters SET last = 1 WHERE name = 'events'")
        assert kinds(journal) == {"unsealed"}


def test_it_may_run_beside_those_who_write(journal, make_prediction):
    """What is written or erased meanwhile is no fault, seen or not."""
    is_over = threading.Event()

    def live() -> None:
        for number in range(40):
            made = [make_prediction(entity=f"p{number % 4}-{at}") for at in range(5)]
            journal.record_predictions(made, [Shadow(made[0].id, NOW, "credit", 2, 0.5, "bad")])
            journal.record_labels("credit", [Label("", "bad", NOW, f"p{number % 4}-1", NOW)])
            forget(journal, "credit", f"p{number % 4}-2", actor="ada")
        is_over.set()

    with ThreadPoolExecutor(1) as pool:
        life = pool.submit(live)
        while not is_over.is_set() and not life.done():
            assert verify(journal).faults == ()
        life.result()
    found = verify(journal)
    assert (found.predictions, found.erased, found.faults) == (200, 40, ())
