"""Processes that outlive the command that started them: started, known again, and ended by their own pid."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from keepfit.errors import ServiceError
from keepfit.stack.parts import Part

_STOP_SECONDS = 15.0
_PREPARE_SECONDS = 120.0
_SAME_SECONDS = 0.05
_LOOK_SECONDS = 0.05
_OURS = ("KEEPFIT_", "GRAFANA_", "GRAPHITE_", "POSTGRES_")  # variables of the stack's own, secrets among them


@dataclass(frozen=True, slots=True)
class Running:
    """A process that was started.

    Attributes
    ----------
    name, url, ready
        Of its part.
    pid
        Of the process, which leads a session of its own.
    created
        When it began, in seconds since 1970: a pid alone may be another's by now.
    log
        What it says.
    """

    name: str
    pid: int
    created: float
    url: str
    ready: str
    log: str

    @property
    def process(self) -> psutil.Process | None:
        """The process while it lives."""
        with suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.pid)
            if abs(found.create_time() - self.created) < _SAME_SECONDS and found.status() != psutil.STATUS_ZOMBIE:
                return found
        return None


def start(part: Part, folder: Path) -> Running:
    """Start a part; what it says goes to a log in the folder.

    Raises
    ------
    ServiceError
        When a preparation fails, or the program cannot be started; with its own last words.
    """
    log = folder / f"{part.name}.log"
    environment = {**_inherited(part), **part.environment}
    with log.open("ab") as output:
        try:
            for command in part.preparations:
                _prepare(part, command, environment, log)
            process = subprocess.Popen(  # noqa: S603 - ours
                part.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=folder,
                user=part.user or None,
                start_new_session=True,
            )
        except OSError as error:
            raise ServiceError(f"cannot be started ({error})", where=part.name, hint=part.command[0]) from error
    created = psutil.Process(process.pid).create_time()
    process.returncode = 0  # it outlives this command: nobody here waits for it
    return Running(part.name, process.pid, created, part.url, part.ready, str(log))


def end(running: Running) -> None:
    """End a process and all that it started: first as it wishes, then by force."""
    if running.process:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(running.pid).terminate()
        _is_so(lambda: running.process is None)
    _each(_session(running), "terminate")  # whom it left behind
    if not _is_so(lambda: not _session(running)):
        _each(_session(running), "kill")
        _is_so(lambda: not _session(running))


def _is_so(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so; return whether that was in time."""
    deadline = time.monotonic() + _STOP_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _session(running: Running) -> list[psutil.Process]:
    """Return the processes of the session that was begun for it; none where its pid is another's by now."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            is_older = process.create_time() < running.created - _SAME_SECONDS
            if os.getsid(process.pid) == running.pid and not is_older and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    is_anothers = any(process.pid == running.pid for process in found) and running.process is None
    return [] if is_anothers else found


def _each(processes: list[psutil.Process], act: Literal["terminate", "kill"]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            getattr(process, act)()


def last_words(log: str) -> str:
    """Return the last line of a log that says something."""
    said = Path(log).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return said[-1].strip() if said else "it said nothing"


def _inherited(part: Part) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if part.is_ours or not name.startswith(_OURS)}


def _prepare(part: Part, command: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603 - ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=log.parent,
            timeout=_PREPARE_SECONDS,
            check=False,
        )
    if done.returncode:
        raise ServiceError(f"cannot be prepared: {last_words(str(log))}", where=part.name, hint=f"see {log}")
