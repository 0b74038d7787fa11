"""Several workers behind one port: one truth, replaced when killed, stopped together."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from journal_contents import ids_of
from keepfit.workflows.promote import promote, rollback
from waiting import until


@pytest.fixture(scope="module")
def rooms(own_rooms):
    """A project that no other service watches."""
    return own_rooms("workers")


@pytest.fixture(scope="module")
def pair(rooms, serve):
    """A service of two workers."""
    with serve(rooms, "--workers", "2") as service:
        yield service


def children(pid: int) -> set[int]:
    """Return the workers of a service, but those that end while they are looked at."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(one) for one in listed if _is_worker(one)}


def _is_worker(pid: str) -> bool:
    try:
        return b"--multiprocessing-fork" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def metric(service, name: str, **labels: str) -> float:
    """Return the sum of a metric's samples that have these labels."""
    total = 0.0
    for line in service.get("/metrics").data.decode().splitlines():
        if line.startswith((f"{name}{{", f"{name} ")) and all(
            f'{key}="{value}"' in line for key, value in labels.items()
        ):
            total += float(line.rsplit(" ", 1)[1])
    return total


def ask_afresh(service, record, count: int) -> list:
    """Send each request on a connection of its own, so that every worker gets some."""
    answers = []
    for _ in range(count):
        with urllib3.PoolManager(timeout=10.0, retries=False) as pool:
            answers.append(pool.request("POST", f"{service.url}/api/prediction", json=record))
    return answers


def test_every_worker_tells_the_same_truth(pair, record, rooms):
    """Whoever is asked counts what all have answered a second ago; the journal has it too."""
    with rooms.journal() as journal:
        before = ids_of(journal, "credit")
    counted = metric(pair, "keepfit_predictions_total")
    with ThreadPoolExecutor(8) as pool:
        answers = [one for part in pool.map(lambda _: ask_afresh(pair, record, 25), range(8)) for one in part]
    assert {answer.status for answer in answers} == {200}
    until(lambda: metric(pair, "keepfit_predictions_total") == counted + 200, "all workers have counted", seconds=10)
    for _ in range(6):  # a new connection each: both workers are asked
        with urllib3.PoolManager() as http:
            text = http.request("GET", f"{pair.url}/metrics").data.decode()
        found = sum(float(value) for value in re.findall(r"^keepfit_predictions_total{.*} (\S+)$", text, re.MULTILINE))
        assert found == counted + 200
    with rooms.journal() as journal:
        assert ids_of(journal, "credit") - before == {answer.json()["id"] for answer in answers}
    assert metric(pair, "process_resident_memory_bytes") > 100e6


def test_a_swap_under_load_fails_no_request_of_any_worker(pair, record, rooms):
    """Clients never pause while champions change: no error, both workers take each, and one event says so."""
    champion = rooms.store.champion().facts.version
    other = next(version for version in rooms.store.versions() if version != champion)
    with rooms.journal() as journal:
        swaps = len(journal.events("credit", kinds=["swapped"]))
    stop = threading.Event()

    def client() -> list:
        answers = []
        while not stop.is_set():
            answers += ask_afresh(pair, record, 5)
        return answers

    with ThreadPoolExecutor(6) as pool:
        clients = [pool.submit(client) for _ in range(6)]
        for change in (lambda: promote(rooms, other), lambda: rollback(rooms)):
            version = str(change().promotion.version)
            _wait_for_both(pair, version)
        stop.set()
        answers = [answer for one in clients for answer in one.result()]
    assert {answer.status for answer in answers} == {200}
    assert {answer.json()["model_version"] for answer in answers} == {str(champion), str(other)}
    with rooms.journal() as journal:
        until(lambda: len(journal.events("credit", kinds=["swapped"])) >= swaps + 2, "swaps are written down")
        assert len(journal.events("credit", kinds=["swapped"])) == swaps + 2


def _wait_for_both(service, version: str) -> None:
    """Wait until twelve new connections in a row were answered by a version."""
    deadline = time.monotonic() + 20
    in_a_row = 0
    while in_a_row < 12:
        assert time.monotonic() < deadline
        with urllib3.PoolManager() as http:
            found = http.request("GET", f"{service.url}/ready").json()["model_version"]
        in_a_row = in_a_row + 1 if found == version else 0


def test_a_killed_worker_is_replaced_and_its_counts_stay(rooms, serve, record):
    """The other one answers meanwhile; what the dead one had counted, all but its last second, is still there."""
    with serve(rooms, "--workers", "2") as service:

        def has_counted(answers: int) -> bool:
            return metric(service, "keepfit_predictions_total") == answers

        ask_afresh(service, record, 20)
        until(lambda: has_counted(20), "all workers have counted")
        victim = min(children(service.process.pid))
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(children(service.process.pid) - {victim}) == 2, "the worker is replaced", seconds=30)
        assert {answer.status for answer in ask_afresh(service, record, 20)} == {200}
        until(lambda: has_counted(40), "the other workers have counted, too")


def test_sigterm_ends_all_with_zero(rooms, serve, record):
    """The service exits with 0, and leaves no process behind."""
    with serve(rooms, "--workers", "2") as service:
        service.post("/api/prediction", record)
        workers = children(service.process.pid)
        service.process.terminate()
        assert service.process.wait(30) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_workers_end_when_their_parent_is_killed(rooms, serve):
    """Nobody goes on answering whom nobody can stop."""
    with serve(rooms, "--workers", "2") as service:
        workers = children(service.process.pid)
        service.kill()
        until(lambda: not any(_is_alive(pid) for pid in workers), "the workers have ended")


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
