"""Clients that never pause, what they were told, and whether the journal kept it: for tests of faults."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import urllib3

from journal_contents import ids_of
from keepfit.workflows.rooms import Rooms

RECORD = {"age": 30, "income": 100.5, "job": "fixed"}
_IS_FULL = os.environ.get("KEEPFIT_FAULTS") == "full"


def few_or_full(few, full):
    """Return how often something is done: few times by default, all of them with `KEEPFIT_FAULTS=full`."""
    return full if _IS_FULL else few


def declared(make_scoring_project, folder: Path, journal: str = "") -> Rooms:
    """Return a project that scores at once, whose journal is declared so."""
    folder.mkdir(parents=True, exist_ok=True)
    file = make_scoring_project(folder) / "keepfit.toml"
    file.write_text(f"{file.read_text()}\n[journal]\n{journal}\n")
    return Rooms.open(folder)


def ask(service, rows: int = 0):
    """Send one record, or a list of so many."""
    return service.post("/api/prediction", [RECORD] * rows if rows else RECORD)


class Load:
    """Clients of services; each sends its next request when it has the answer to its last one, until the block ends.

    Parameters
    ----------
    services
        Each gets all of the clients.
    sizes
        One client for each number: of records in a request, 0 for a record alone.

    Attributes
    ----------
    acknowledged
        Ids of all answers with status 200, in the order in which clients heard of them.
    statuses
        How many answers had each status; 0 is a connection that broke.
    slowest
        Seconds of the slowest answer.
    """

    def __init__(self, *services, sizes: Iterable[int] = (0, 0, 0, 20)) -> None:
        self.acknowledged: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.slowest = 0.0
        self._is_over = threading.Event()
        self._turn = threading.Condition()
        self._clients = [
            threading.Thread(target=self._send, args=(service, size)) for service in services for size in sizes
        ]

    def __enter__(self):
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_) -> None:
        self._is_over.set()
        for client in self._clients:
            client.join(30)
            assert not client.is_alive(), "a client waits for an answer"

    def until_acknowledged(self, further: int, seconds: float = 20) -> None:
        """Wait until so many further ids are acknowledged."""
        wanted = len(self.acknowledged) + further
        self.until(lambda: len(self.acknowledged) >= wanted, f"{further} further answers", seconds)

    def until_told(self, status: int, further: int = 1, seconds: float = 20) -> None:
        """Wait until so many further answers have a status."""
        wanted = self.statuses[status] + further
        self.until(lambda: self.statuses[status] >= wanted, f"{further} further answers {status}", seconds)

    def until(self, is_so: Callable[[], bool], what: str, seconds: float = 20) -> None:
        """Wait until something is so of the answers, which is looked at with each of them."""
        with self._turn:
            assert self._turn.wait_for(is_so, seconds), f"not within {seconds} seconds: {what}; {self.statuses}"

    def _send(self, service, size: int) -> None:
        body = json.dumps([RECORD] * size if size else RECORD)
        headers = {"Content-Type": "application/json"}
        with urllib3.PoolManager(timeout=15.0, retries=False) as pool:
            while not self._is_over.is_set() and service.process.poll() is None:
                began = time.monotonic()
                try:
                    answer = pool.request("POST", f"{service.url}/api/prediction", body=body, headers=headers)
                except urllib3.exceptions.HTTPError:
                    self._heard(0, [], time.monotonic() - began)
                    continue
                ids = _ids(answer.json(), size) if answer.status == 200 else []
                self._heard(answer.status, ids, time.monotonic() - began)

    def _heard(self, status: int, ids: list[str], seconds: float) -> None:
        with self._turn:
            self.statuses[status] += 1
            self.acknowledged += ids
            self.slowest = max(self.slowest, seconds)
            self._turn.notify_all()


def _ids(answer, size: int) -> list[str]:
    told = answer["predictions"] if size else [answer]
    ids = [one["id"] for one in told]
    assert len(ids) == max(size, 1)
    return ids


def assert_kept(rooms: Rooms, acknowledged: list[str]) -> int:
    """Check a journal: each acknowledged id is in it, each row once, numbers have no gap; return the rows."""
    with rooms.journal() as journal, journal.reading() as connection:
        there = ids_of(journal, "t")
        counted = connection.exec_driver_sql("SELECT count(*), min(seq), max(seq) FROM predictions").one()
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
    lost = set(acknowledged) - there
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged ids are not in the journal"
    assert len(set(acknowledged)) == len(acknowledged)
    assert tuple(counted) == (len(there), 1, len(there))
    return len(there)
