"""A PostgreSQL that stands still, cuts connections, or is stopped and started, while clients never pause.

How often and how long, and the full count: see `test_faults.py`.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from fault_clients import Load, ask, assert_kept, declared, few_or_full
from journal_contents import ids_of
from keepfit.journal.spill import Spill
from waiting import until

CUTS = few_or_full(40, 2000)
AWAY_SECONDS = few_or_full(1, 30)
STOPS = few_or_full(1, 5)
MODES = few_or_full(["immediate"], ["immediate", "fast"])
PATIENCE_SECONDS = 3.0
AT_ONCE_SECONDS = 0.5
MANY = 40  # more than an executor has threads
RELAXED = 'durability = "relaxed"\nrelaxed_rows = 50\nrelaxed_milliseconds = 20'
_CUT = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = '{database}' AND pid <> pg_backend_pid()"""


@pytest.fixture
def make_rooms(make_scoring_project, tmp_path):
    """Makes a project whose journal is in a new database of a server."""
    return lambda server, more="": declared(make_scoring_project, tmp_path, f'url = "{server.new_database()}"\n{more}')


def _recovers(service) -> None:
    until(lambda: ask(service).status == 200, "it answers again")


def _spill_is_empty(service) -> None:
    spilled = 'keepfit_journal_spilled_rows{project="t"} 0.0'
    until(lambda: spilled in service.get("/metrics").data.decode(), "all of the spill is in the journal", 60)


@contextmanager
def _standing_still(server):
    """Stop all processes of a server, as a machine does that hangs: its kernel still takes what is sent."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    stopped: list[int] = []
    try:
        for find in (lambda: [server.pid], lambda: map(int, children.read_text().split())):
            for pid in find():
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
        yield
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)


def test_a_server_that_stands_still_is_told_soon_and_then_at_once(make_rooms, own_postgres, serve):
    """Strict: the first answer is 503 within three seconds, further ones at once; nothing is lost or double."""
    rooms = make_rooms(own_postgres)
    with serve(rooms) as service:
        with Load(service) as load:
            load.until_acknowledged(50)
        acknowledged = load.acknowledged
        with _standing_still(own_postgres):
            began = time.monotonic()
            assert ask(service).status == 503
            assert time.monotonic() - began < PATIENCE_SECONDS
            with Load(service) as load:
                load.until_told(503, 30)
            assert (set(load.statuses), load.slowest < AT_ONCE_SECONDS) == ({503}, True)
        _recovers(service)
        with Load(service) as load:
            load.until_acknowledged(50)
    assert_kept(rooms, acknowledged + load.acknowledged)


def test_a_server_that_stands_still_under_load_keeps_all_it_acknowledged(make_rooms, own_postgres, serve):
    """Strict: nobody waits for more than three seconds, and who was answered before, meanwhile or after is there."""
    rooms = make_rooms(own_postgres)
    with serve(rooms) as service, Load(service, sizes=(0, 0, 0, 0, 20)) as load:
        for _ in range(few_or_full(1, 20)):
            load.until_acknowledged(200)
            with _standing_still(own_postgres):
                load.until_told(503, 30)
        load.until_acknowledged(200)
    assert (set(load.statuses), load.slowest < PATIENCE_SECONDS) == ({200, 503}, True)
    assert_kept(rooms, load.acknowledged)


def test_relaxed_answers_beside_a_server_that_stands_still(make_rooms, own_postgres, serve):
    """Every answer is 200 within three seconds; all of them are in the journal afterwards, once."""
    rooms = make_rooms(own_postgres, RELAXED)
    with serve(rooms) as service, Load(service) as load:
        load.until_acknowledged(200)
        with _standing_still(own_postgres):
            load.until_acknowledged(200)
            load.until(lambda: load.slowest > 1, "somebody waited for the server")
            load.until_acknowledged(1000)
        load.until_acknowledged(200)
        _spill_is_empty(service)
    assert (set(load.statuses), load.slowest < PATIENCE_SECONDS) == ({200}, True)
    assert assert_kept(rooms, load.acknowledged) == len(load.acknowledged)


def test_readiness_says_so_beside_a_server_that_stands_still(make_rooms, own_postgres, serve):
    """Readiness is 503 within three seconds, and 200 when the server goes on."""
    rooms = make_rooms(own_postgres)
    with serve(rooms) as service:
        with _standing_still(own_postgres):
            answer = service._pool.request("GET", f"{service.url}/ready", timeout=PATIENCE_SECONDS)
            assert answer.status == 503
        assert service.get("/ready").status == 200


def test_labels_that_wait_for_a_server_hold_up_no_answer(make_rooms, own_postgres, serve):
    """Relaxed answers within three seconds, whoever has sent labels to a server that stands still."""
    rooms = make_rooms(own_postgres, RELAXED)
    label = {"prediction_id": "nobody", "label": "no"}
    with serve(rooms) as service, ThreadPoolExecutor(MANY) as senders:
        assert service.post("/api/labels", label).status == 200
        with Load(service) as load:
            load.until_acknowledged(200)
            with _standing_still(own_postgres):
                for _ in range(MANY):
                    senders.submit(service.post, "/api/labels", label, timeout=PATIENCE_SECONDS)
                load.until_told(200, 300, seconds=2 * PATIENCE_SECONDS)
        assert load.slowest < PATIENCE_SECONDS
        _spill_is_empty(service)
    assert_kept(rooms, load.acknowledged)


@pytest.mark.parametrize("more", ["", RELAXED], ids=["strict", "relaxed"])
def test_a_service_ends_beside_a_server_that_stands_still(make_rooms, own_postgres, serve, more):
    """SIGTERM ends it with 0 within fifteen seconds, and nothing that was acknowledged is lost."""
    rooms = make_rooms(own_postgres, more)
    with serve(rooms) as service, Load(service) as load:
        load.until_acknowledged(200)
        with _standing_still(own_postgres):
            load.until(lambda: load.slowest > 1, "somebody waited for the server")
            service.process.terminate()
            assert service.process.wait(15) == 0
    with rooms.journal() as journal:
        Spill(rooms.workspace.spill).replay(journal)
    assert set(load.acknowledged) <= _ids(rooms)


def _ids(rooms) -> set[str]:
    with rooms.journal() as journal:
        return ids_of(journal, "t")


@pytest.mark.parametrize("more", ["", RELAXED], ids=["strict", "relaxed"])
def test_connections_that_are_cut_again_and_again_lose_and_double_nothing(make_rooms, postgres, serve, more):
    """All connections are ended in mid-load, over and over: each acknowledged id is there once, numbers have no gap."""
    rooms = make_rooms(postgres, more)
    cut = _CUT.format(database=make_url(rooms.project.journal.url).database)
    with serve(rooms) as service:
        with Load(service, sizes=(0, 0, 0, 20)) as load:
            for _ in range(CUTS):
                load.until_acknowledged(1, seconds=60)
                postgres.execute(cut)
            load.until_acknowledged(100)
        if more:
            _spill_is_empty(service)
    assert set(load.statuses) <= ({200} if more else {200, 503})
    assert_kept(rooms, load.acknowledged)


@pytest.mark.parametrize("more", ["", RELAXED], ids=["strict", "relaxed"])
@pytest.mark.parametrize("mode", MODES)
def test_a_server_that_is_stopped_and_started_under_load(make_rooms, own_postgres, serve, more, mode):
    """Away for a while, by its will or by a crash: strict refuses, relaxed answers, and all that was 200 is there."""
    rooms = make_rooms(own_postgres, more)
    with serve(rooms) as service:
        with Load(service, sizes=(0, 0, 5)) as load:
            for _ in range(STOPS):
                load.until_acknowledged(200)
                own_postgres.stop(mode)
                load.until_told(200 if more else 503, 20)
                threading.Event().wait(AWAY_SECONDS)
                own_postgres.start()
                load.until_acknowledged(200)
        if more:
            _spill_is_empty(service)
    assert set(load.statuses) == ({200} if more else {200, 503})
    assert_kept(rooms, load.acknowledged)
