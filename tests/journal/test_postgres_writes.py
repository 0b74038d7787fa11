"""The hot write into PostgreSQL: its months, its numbers, a server that goes away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import make_url

from keepfit.errors import JournalError
from keepfit.journal import PredictionIds, open_journal
from keepfit.journal.months import Month, month_of_id


def _ids_of(month: Month):
    return PredictionIds(lambda: int(month.begin.timestamp() * 1000) + 5)


def test_each_month_has_its_table(postgres, make_prediction):
    """Rows lie where the time of their ids says, also when a clock steps back into an older month."""
    url = postgres.new_database()
    months = [Month(2026, 11), Month(2026, 12), Month(2025, 12)]
    with open_journal(url) as journal:
        for month in months:
            new_id = _ids_of(month)
            journal.record_predictions([make_prediction(id=new_id()) for _ in range(3)])
        assert [month_of_id(row.prediction.id) for row in journal.window("credit", rows=9)][::3] == months
    database = make_url(url).database
    for month in months:
        name = f"predictions_{month.year}_{month.number}"
        assert postgres.execute(f"SELECT count(*) FROM keepfit.{name}", database) == [(3,)]


def test_numbers_have_no_gaps_however_many_write(postgres, make_prediction):
    """Four journals write at once, some of their batches fail: the numbers are 1 to n, each once."""
    url = postgres.new_database()
    journals = [open_journal(url) for _ in range(4)]

    def write(journal) -> None:
        for _ in range(20):
            journal.record_predictions([make_prediction() for _ in range(3)])
            twice = make_prediction()
            with pytest.raises(JournalError, match="unique constraint"):
                journal.record_predictions([twice, twice])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, journals))
    seqs = [row.seq for row in journals[0].window("credit", rows=1000)]
    assert seqs == list(range(1, 4 * 20 * 3 + 1))
    for journal in journals:
        journal.close()


def test_a_server_that_was_started_again_is_found(own_postgres, make_prediction):
    """The connection that rests is stale: the batch is written by a new one, and nobody hears of it."""
    made = [make_prediction() for _ in range(3)]
    with open_journal(own_postgres.new_database()) as journal:
        journal.record_predictions(made[:1])
        own_postgres.stop("immediate")
        with pytest.raises(
            JournalError, match=r"postgresql://keepfit@127.0.0.1:.*the journal cannot be used: .*refused"
        ):
            journal.record_predictions(made[1:2])
        with pytest.raises(JournalError, match="refused"):
            journal.require_writable()
        own_postgres.start()
        journal.record_predictions(made[1:2])
        own_postgres.stop("immediate")
        own_postgres.start()
        journal.record_predictions(made[2:])
        journal.require_writable()
        assert [row.prediction for row in journal.window("credit", rows=9)] == made


def test_a_connection_that_is_cut_in_the_commit_writes_once(postgres, make_prediction, monkeypatch):
    """The answer to a commit is lost: the batch is looked for, found, and not written again; numbers have no gap."""
    with open_journal(postgres.new_database()) as journal:
        journal.record_predictions([make_prediction()])
        driver = journal._backend._resting.driver_connection
        write = journal._backend._write_rows

        def cut(cursor, *rows) -> None:
            write(cursor, *rows)
            if cursor.connection is driver:  # committed, and nobody hears of it
                cursor.execute("COMMIT")
                postgres.execute(f"SELECT pg_terminate_backend({driver.info.backend_pid})")

        monkeypatch.setattr(journal._backend, "_write_rows", cut)
        journal.record_predictions([make_prediction() for _ in range(40)])
        journal.record_predictions([make_prediction()])
        assert [row.seq for row in journal.window("credit", rows=99)] == list(range(1, 43))


@pytest.mark.parametrize("rows", [1, 2, 32, 33, 200])
def test_few_rows_and_many_are_written_alike(postgres, make_prediction, rows):
    """Texts of any kind come back as they were, whichever way they went."""
    odd = ['{"a": "\\\\ \\"x\\" {},;\'"}', '{"text": "NULL"}', '{"ü": "\\u0000 \t%s"}', "{}"]
    made = [
        make_prediction(sent=odd[at % 4], entity=[None, "NULL", "ü,{}", '"'][at % 4], probability=at / 7)
        for at in range(rows)
    ]
    with open_journal(postgres.new_database()) as journal:
        journal.record_predictions(made)
        assert [row.prediction for row in journal.window("credit", rows=999)] == made


def test_a_server_that_does_not_flush_is_refused(tmp_path, new_postgres):
    """What it has written may be lost with its power: strict and relaxed cannot be promised there, off can."""
    with new_postgres("fsync=off") as server:
        url = server.new_database()
        with pytest.raises(JournalError, match=r"the server's fsync is off.*durability = .off."):
            open_journal(url)
        open_journal(url, is_durable=False).close()


def test_every_commit_is_flushed_whatever_the_server_says(new_postgres, make_prediction):
    """A server whose commits are asynchronous by default is told otherwise by each connection."""
    with new_postgres("synchronous_commit=off") as server, open_journal(server.new_database()) as journal:
        journal.record_predictions([make_prediction()])
        driver = journal._backend._resting.driver_connection
        assert driver.execute("SHOW synchronous_commit").fetchone() == ("on",)
        with journal.writing() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_a_database_that_is_not_there_is_told_without_the_password(postgres):
    """The address in a message has no password, and says what the server says."""
    with pytest.raises(JournalError, match='database "nothing" does not exist') as told:
        open_journal(f"postgresql://keepfit:secret@127.0.0.1:{postgres.port}/nothing")
    assert "secret" not in str(told.value)


def test_an_id_that_is_none_of_ours_is_told(postgres, make_prediction):
    """The month of a row is in its id."""
    with open_journal(postgres.new_database()) as journal, pytest.raises(JournalError, match='"x-0000" is no UUIDv7'):
        journal.record_predictions([make_prediction(id="x")])


def test_months_follow_each_other():
    """December is followed by the January of the next year; a month's first id is before all of its own."""
    assert (Month(2026, 12).next, Month(2026, 1).next) == (Month(2027, 1), Month(2026, 2))
    assert str(Month(2026, 2)) == "2026-02"
    last = PredictionIds(lambda: int(datetime(2026, 1, 31, 23, 59, 59, 999000, tzinfo=UTC).timestamp() * 1000))()
    first = _ids_of(Month(2026, 2))()
    assert last < Month(2026, 2).first_id < first
    assert (month_of_id(last), month_of_id(first)) == (Month(2026, 1), Month(2026, 2))


@pytest.mark.parametrize("rows", [1, 40])
def test_another_writers_lock_is_waited_for_a_moment_and_leaves_nothing_open(postgres, make_prediction, rows):
    """Who holds the counter for long costs an error; the next batch is written as if nothing had been."""
    url = postgres.new_database()
    with open_journal(url) as journal, open_journal(url) as other:
        journal.record_predictions([make_prediction()])
        with other.writing() as connection:
            connection.exec_driver_sql("UPDATE counters SET last = last WHERE name = 'predictions'")
            with pytest.raises(JournalError, match="lock timeout"):
                journal.record_predictions([make_prediction() for _ in range(rows)])
        journal.record_predictions([make_prediction() for _ in range(rows)])
        assert journal.count("credit") == 1 + rows


def test_without_durability_labels_and_events_are_flushed_nevertheless(postgres, make_prediction):
    """Only predictions are written without it."""
    with open_journal(postgres.new_database(), is_durable=False) as journal:
        journal.record_predictions([make_prediction()])
        driver = journal._backend._resting.driver_connection
        assert driver.execute("SHOW synchronous_commit").fetchone() == ("off",)
        with journal.writing() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
