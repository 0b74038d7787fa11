"""What an answer from SQLite rests on: the order of system calls, and disks that fail, are full, or are locked.

How often, and the full count: see `test_faults.py`.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fault_clients import Load, ask, assert_kept, declared, few_or_full
from straced import straced, unflushed
from waiting import until

TRACED = few_or_full(150, 3000)
FAILED = few_or_full(12, 300)
RECOVERED = few_or_full(12, 60)  # between pauses, in which everybody is refused at once: a trace of gigabytes
PATIENCE_SECONDS = few_or_full(120, 900)  # `strace` makes each call slow
ALWAYS = ["fdatasync:error=EIO", "pwrite64:error=ENOSPC"]
AT_TIMES = ["fdatasync:error=EIO:when=2+3", "pwrite64:error=ENOSPC:when=6+29"]  # the latter amid a row's frames
COMMITS_A_CHECKPOINT = 150
MOUNTED_BYTES, FILLER_BYTES = 4 * 2**20, 2**20
LOCKED_SECONDS = 3.0
AT_ONCE_SECONDS = 0.3


@pytest.fixture
def make_rooms(make_scoring_project, tmp_path):
    """Makes a project whose journal is declared so."""
    return lambda journal="": declared(make_scoring_project, tmp_path / "project", journal)


def _file(rooms) -> Path:
    return rooms.workspace.root / "journal.db"


def _recovers(service) -> None:
    until(lambda: ask(service).status == 200, "it answers again")


@pytest.mark.parametrize("sizes", [(0,), (2,), (0, 0, 0, 0, 2, 5)], ids=["lone", "list", "concurrent"])
def test_every_answer_comes_after_a_flush_of_its_row(make_rooms, serve, tmp_path, sizes):
    """Before an id is told, a flush of the log succeeded that began after the last frame of its transaction."""
    rooms, trace = make_rooms(), tmp_path / "trace"
    with serve(rooms) as service:
        with straced(service, trace=trace), Load(service, sizes=sizes) as load:
            load.until_acknowledged(TRACED, seconds=PATIENCE_SECONDS)
        told, early = unflushed(trace)
    assert told == set(load.acknowledged)
    assert not early
    assert set(load.statuses) == {200}


def test_a_service_that_promises_nothing_is_seen_to_flush_nothing(make_rooms, serve, tmp_path):
    """The check of the order of calls sees what is not flushed: with durability `off` that is every answer."""
    rooms, trace = make_rooms('durability = "off"'), tmp_path / "trace"
    with serve(rooms) as service:
        with straced(service, trace=trace), Load(service, sizes=(0,)) as load:
            load.until_acknowledged(20)
        told, early = unflushed(trace)
    assert told == early == set(load.acknowledged)


@pytest.mark.parametrize("fault", ALWAYS)
def test_a_disk_that_fails_acknowledges_nothing_and_recovers(make_rooms, serve, fault):
    """While flushes or writes fail every answer is 503; then 200, and a kill shows that nothing is lost."""
    rooms = make_rooms()
    with serve(rooms) as service:
        acknowledged = _answers(service)
        with straced(service, inject=fault), Load(service, sizes=(0, 0, 10)) as load:
            load.until_told(503, FAILED, seconds=PATIENCE_SECONDS)
            refused = ask(service)
        _recovers(service)
        acknowledged += _answers(service)
        service.kill()
    assert set(load.statuses) == {503}
    assert (refused.status, refused.headers["Content-Type"]) == (503, "application/problem+json")
    # who comes soon after a failure that took long is told at once that it would fail
    assert refused.json()["detail"].startswith(("the journal cannot be used: ", "the database does not answer; "))
    assert_kept(rooms, acknowledged)


@pytest.mark.parametrize("fault", AT_TIMES)
def test_a_disk_that_fails_at_times_acknowledges_only_what_it_has(make_rooms, serve, tmp_path, fault):
    """Answers are 200 only after a flush that succeeded, though others fail beside it; a kill shows all of them."""
    rooms, trace = make_rooms(), tmp_path / "trace"
    with serve(rooms) as service:
        acknowledged = _answers(service)
        with straced(service, trace=trace, inject=fault), Load(service, sizes=(0, 0, 10)) as load:
            load.until_told(503, FAILED, seconds=PATIENCE_SECONDS)
            load.until_told(200, RECOVERED, seconds=PATIENCE_SECONDS)
        service.kill()
    told, early = unflushed(trace)
    assert (told, early) == (set(load.acknowledged), set())
    assert set(load.statuses) == {200, 503}
    assert_kept(rooms, acknowledged + load.acknowledged)


def test_a_checkpoint_that_fails_costs_nothing(make_rooms, serve):
    """While the database's own file takes no page its log does: answers are 200, and a kill shows all of them."""
    rooms = make_rooms()
    with serve(rooms) as service:
        only = _file(rooms).resolve()
        with straced(service, inject="pwrite64:error=EIO", only=only), Load(service, sizes=(0, 100)) as load:
            load.until_told(200, few_or_full(4, 20) * COMMITS_A_CHECKPOINT, seconds=PATIENCE_SECONDS)
        acknowledged = load.acknowledged + _answers(service)
        service.kill()
    assert "the journal's log was not copied" in service.log()
    assert set(load.statuses) == {200}
    assert_kept(rooms, acknowledged)


def _answers(service) -> list[str]:
    """Return what is acknowledged to some clients while nothing is wrong."""
    with Load(service, sizes=(0, 0, 10)) as load:
        load.until_acknowledged(50)
    assert set(load.statuses) == {200}
    return load.acknowledged


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A file system of few bytes, in memory."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={MOUNTED_BYTES}", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_refuses_and_recovers_when_there_is_room(make_rooms, serve, tmp_path):
    """Answers until the disk is full, then 503, and never an answer without a row; room is enough to go on."""
    with _small_disk(tmp_path / "disk") as disk:
        filler = disk / "filler"
        filler.write_bytes(bytes(FILLER_BYTES))
        rooms = make_rooms(f'url = "sqlite:///{disk}/journal.db"')
        with serve(rooms) as service, Load(service, sizes=(0, 0, 30)) as load:
            load.until_told(503, FAILED, seconds=PATIENCE_SECONDS)
            assert load.acknowledged
            with Load(service, sizes=(100,)) as lists:
                lists.until_told(503)
            assert "disk is full" in _refusal(service)["detail"]
            filler.unlink()
            _recovers(service)
            load.until_acknowledged(50)
        assert set(load.statuses) == {200, 503}
        assert_kept(rooms, load.acknowledged + lists.acknowledged)


def _refusal(service) -> dict:
    """Return a problem document: a small write may still find room where a larger one did not."""
    answers = [ask(service, 100)]
    until(lambda: answers[-1].status == 503 or answers.append(ask(service, 100)), "a list is refused")
    return answers[-1].json()


def test_a_database_that_another_process_locks_is_told_soon(make_rooms, serve):
    """Who waits for a writer hears within three seconds, who comes then at once; all is well when it has gone."""
    rooms = make_rooms()
    with serve(rooms) as service, closing(sqlite3.connect(_file(rooms), isolation_level=None)) as other:
        given = [ask(service)]
        other.execute("BEGIN IMMEDIATE")
        seconds, first = _timed(lambda: ask(service))
        assert (first.status, seconds < LOCKED_SECONDS) == (503, True)
        seconds, second = _timed(lambda: ask(service))
        assert (second.status, seconds < AT_ONCE_SECONDS) == (503, True)
        with Load(service, sizes=(0, 0, 0, 10)) as load:
            load.until_told(503, FAILED)
        assert (set(load.statuses), load.slowest < LOCKED_SECONDS) == ({503}, True)
        other.execute("ROLLBACK")
        until(lambda: given.append(ask(service)) or given[-1].status == 200, "it answers again")
    assert_kept(rooms, [one.json()["id"] for one in given if one.status == 200])


def _timed(act) -> tuple[float, object]:
    began = time.monotonic()
    done = act()
    return time.monotonic() - began, done


def test_a_long_reader_stops_no_writes(make_rooms, serve):
    """A process that reads one old state for long sees it to its end, while everybody is answered."""
    rooms = make_rooms()
    with serve(rooms) as service, closing(sqlite3.connect(_file(rooms), isolation_level=None)) as other:
        given = ask(service)
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM predictions").fetchone() == (1,)
        with Load(service, sizes=(0, 0, 100)) as load:
            load.until_acknowledged(few_or_full(20_000, 500_000), seconds=300)
        assert set(load.statuses) == {200}
        assert other.execute("SELECT count(*) FROM predictions").fetchone() == (1,)
        other.execute("COMMIT")
        assert other.execute("SELECT count(*) FROM predictions").fetchone() == (1 + len(load.acknowledged),)
    assert_kept(rooms, [given.json()["id"], *load.acknowledged])
