"""Several worker processes behind one socket: started together, replaced when one dies, stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Protocol

from keepfit.errors import ServiceError

_GRACE_SECONDS = 20.0
_SHORT_LIFE_SECONDS = 5.0
_SHORT_LIVES = 3
_log = logging.getLogger(__name__)


class Work(Protocol):
    """What a worker does with its life: a function of a module, so that a new process can find it."""

    def __call__(self, slot: int, on_ready: Callable[[], None]) -> None:
        """Answer requests until SIGTERM.

        Parameters
        ----------
        slot
            Number of the worker from 0; the one that replaces it gets the same.
        on_ready
            To be called when it can answer.
        """


@dataclass(slots=True)
class _Worker:
    slot: int
    process: BaseProcess
    told: Connection
    began: float


class Workers:
    """Worker processes of one service.

    Parameters
    ----------
    work
        What each does.
    count
        How many there are.
    """

    def __init__(self, work: Work, count: int) -> None:
        self._work = work
        self._count = count
        self._context = multiprocessing.get_context("spawn")  # no thread of ours is lost in a fork
        self._workers: list[_Worker] = []
        self._is_stopping = False
        self._short_lives = 0

    def run(self, on_ready: Callable[[], None]) -> None:
        """Keep the workers running until SIGTERM or SIGINT.

        Parameters
        ----------
        on_ready
            Called once, when all can answer.

        Raises
        ------
        ServiceError
            When one cannot start, or they die as fast as they are replaced; the others are stopped first.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        try:
            for slot in range(self._count):
                self._start(slot)
            for worker in self._workers:
                fault = _fault(worker.told)
                if fault is not None and not self._is_stopping:
                    what, where, hint = fault
                    raise ServiceError(f"a worker could not start: {what}", where=where, hint=hint)
            if not self._is_stopping:
                on_ready()
            self._watch()
        finally:
            self._stop()
            self._end()

    def _start(self, slot: int) -> None:
        told, tell = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_live, args=(self._work, slot, tell), name=f"worker {slot}")
        process.start()
        tell.close()
        self._workers.append(_Worker(slot, process, told, time.monotonic()))

    def _watch(self) -> None:
        """Replace who dies, until all are told to stop."""
        while not self._is_stopping:
            wait([worker.process.sentinel for worker in self._workers], timeout=1.0)
            for worker in [one for one in self._workers if not one.process.is_alive()]:
                self._workers.remove(worker)
                if self._is_stopping:
                    return
                self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        lived = time.monotonic() - worker.began
        self._short_lives = self._short_lives + 1 if lived < _SHORT_LIFE_SECONDS else 0
        _log.error("worker %d ended with %s and is replaced", worker.slot, worker.process.exitcode)
        if self._short_lives >= _SHORT_LIVES:
            raise ServiceError("workers end as soon as they begin", where=f"worker {worker.slot}", hint="see the log")
        self._start(worker.slot)

    def _stop(self) -> None:
        """Ask all to finish what is in flight."""
        self._is_stopping = True
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.terminate()

    def _end(self) -> None:
        deadline = time.monotonic() + _GRACE_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                _log.error("worker %d did not stop in time", worker.slot)
                worker.process.kill()
                worker.process.join()


def _fault(told: Connection) -> tuple[str, str, str] | None:
    """Wait for a worker's word, and return why it cannot start, None when it can."""
    try:
        fault: tuple[str, str, str] | None = told.recv()
    except EOFError:
        return "it ended without a word", "", "see what it has printed"
    return fault


def _live(work: Work, slot: int, tell: Connection) -> None:
    """Live as a worker: the whole of its process."""
    from keepfit.errors import KeepfitError  # noqa: PLC0415 - in the new process

    try:
        work(slot, lambda: tell.send(None))
    except KeepfitError as error:
        tell.send((error.what, error.where, error.hint))
        raise SystemExit(1) from error
