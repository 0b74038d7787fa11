"""A SQLite file as a journal, and what else may lie at its address."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from keepfit.errors import JournalError
from keepfit.journal import open_journal


def test_a_commit_is_flushed_and_readers_do_not_wait(url):
    """A connection keeps a write-ahead log, flushes each commit, and waits ten seconds for another writer."""
    with open_journal(url) as journal, journal.writing() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    full = 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
    assert found == {"journal_mode": "wal", "synchronous": full, "busy_timeout": 10_000, "foreign_keys": 1}


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    """A journal under a file, where no folder can be, names the folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"file.folder: its folder cannot be made \(.*\); check its rights"):
        open_journal(f"sqlite:///{tmp_path}/file/folder/journal.db")


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    """A folder of the journal's name is told."""
    with pytest.raises(JournalError, match="unable to open database file; check the database, its disk and its rights"):
        open_journal(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_told(tmp_path):
    """A file of something else is left alone and named."""
    file = tmp_path / "journal.db"
    before = b"something else entirely, and long enough to be read as a header" * 20
    file.write_bytes(before)
    with pytest.raises(JournalError, match="file is not a database"):
        open_journal(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_damaged_database_is_told(tmp_path, url):
    """A database whose pages were overwritten is told, not repaired and not made anew."""
    open_journal(url).close()
    file = tmp_path / "folder" / "journal.db"
    whole = file.read_bytes()
    damaged = whole[:100] + b"\xff" * (len(whole) - 100)
    file.write_bytes(damaged)
    with pytest.raises(JournalError, match="malformed"):
        open_journal(url)
    assert file.read_bytes() == damaged


def test_another_programs_database_is_left_as_it_was(tmp_path):
    """A SQLite file with somebody else's tables is refused before a byte of it changes."""
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as theirs:
        for name in ("runs", "metrics", "events", "tags"):
            theirs.execute(f"CREATE TABLE {name} (x)")
    before = file.read_bytes()
    with pytest.raises(
        JournalError, match=r"theirs.db: belongs to another program \(its tables: events, metrics, runs, …"
    ):
        open_journal(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_an_empty_file_becomes_a_journal(tmp_path):
    """An empty file, as some tools make before they hand over its name, is filled."""
    (tmp_path / "journal.db").touch()
    with open_journal(f"sqlite:///{tmp_path / 'journal.db'}") as journal:
        assert journal.count("credit") == 0


def test_a_file_that_was_replaced_is_noticed_by_the_first_write(url, tmp_path, make_prediction):
    """A backup that is put in its place while it is open gets no row, and nothing is acknowledged."""
    path = Path(url.removeprefix("sqlite:///"))
    with open_journal(url) as journal:
        journal.record_event("credit", "trained", "ada", {})
    backup = tmp_path / "backup.db"
    shutil.copy(path, backup)
    with open_journal(url) as journal:
        backup.replace(path)
        with pytest.raises(JournalError, match="deleted or replaced while it was open"):
            journal.record_predictions([make_prediction()])
        with pytest.raises(JournalError, match="deleted or replaced while it was open"):
            journal.require_writable()


def test_a_deleted_file_is_noticed_even_where_the_next_gets_its_number(url, make_prediction):
    """No connection is left that holds the old file, so the file system may use its number again; the next is told."""
    with open_journal(url) as journal:
        journal.record_predictions([make_prediction()])
        path = Path(url.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        for _ in range(4):
            with pytest.raises(JournalError, match="deleted or replaced while it was open"):
                journal.record_predictions([make_prediction()])
            with pytest.raises(JournalError, match="deleted or replaced while it was open"):
                journal.require_writable()
            with pytest.raises(JournalError, match="deleted or replaced while it was open"):
                journal.record_event("credit", "promoted", "ada", {}, epoch=1)


def test_writers_who_had_to_wait_leave_room_for_readers(url, make_prediction):
    """Twenty threads that met a locked database have written once it is free, and keep no connection from others."""
    with open_journal(url) as journal, closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        met = threading.Barrier(21)

        def write() -> None:
            met.wait(10)
            journal.record_predictions([make_prediction()])

        with ThreadPoolExecutor(20) as pool:
            writes = [pool.submit(write) for _ in range(20)]
            met.wait(10)
            deadline = time.monotonic() + 10
            while not journal._engine.pool.checkedout():  # until the first of them waits for the database
                assert time.monotonic() < deadline
            other.rollback()
            for one in writes:
                one.result(timeout=10)
            assert pool.submit(journal.count, "credit").result(timeout=10) == 20


def test_a_journal_that_takes_no_writes_says_so(url):
    """Readiness fails once the database is one no more."""
    with open_journal(url) as journal:
        journal.require_writable()
        journal.close()
        path = Path(url.removeprefix("sqlite:///"))
        path.write_bytes(b"no database any more" * 300)
        with pytest.raises(JournalError, match="file is not a database; check the database, its disk and its rights"):
            journal.require_writable()
