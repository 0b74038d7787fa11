"""Processes that outlive the command that started them: started, known again, and ended.

A pid alone may be another's by the time of `keepfit down`. So a process is known by its pid and the moment of its
start, in the kernel's own count, which no step of a clock changes; and those that it started by a mark in their
environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from keepfit.errors import ServiceError
from keepfit.stack.parts import Part

MARK = "KEEPFIT_STACK_MARK"
_STOP_SECONDS = 15.0
_PREPARE_SECONDS = 120.0
_LOOK_SECONDS = 0.05
_NOT_THEIRS = ("KEEPFIT_", "GRAFANA_", "GRAPHITE_", "POSTGRES_", "MLFLOW_")  # variables that hold secrets of ours
_TAIL_BYTES = 65_536
_START_FIELD = 19  # of /proc/PID/stat, counted from the state on (proc(5), starttime)


@dataclass(frozen=True, slots=True)
class Running:
    """A process that was started.

    Attributes
    ----------
    name, url, ready, stop_signal
        Of its part.
    pid, began
        Which process it is.
    mark
        What its own children carry in their environment.
    log
        What it says.
    """

    name: str
    pid: int
    began: str
    mark: str
    url: str
    ready: str
    log: str
    stop_signal: int = signal.SIGTERM

    @property
    def is_alive(self) -> bool:
        """Whether the process lives."""
        return _beginning(self.pid) == self.began


def start(part: Part, folder: Path, environment: Mapping[str, str]) -> Running:
    """Start a part; what it says goes to a log of its own in the folder, the one of before is kept beside it.

    Parameters
    ----------
    part
        What is started.
    folder
        Of the logs.
    environment
        What it inherits, if it is ours; others get none of it that may hold a secret.

    Raises
    ------
    ServiceError
        When a preparation fails, or the program cannot be started; with its own last words.
    """
    log = folder / f"{part.name}.log"
    if log.exists():
        log.replace(log.with_suffix(".log.before"))
    mark = uuid.uuid4().hex
    theirs = {name: value for name, value in environment.items() if part.is_ours or not name.startswith(_NOT_THEIRS)}
    known = {**theirs, **part.environment, MARK: mark}
    with log.open("ab") as output:
        for command in part.preparations:
            _prepare(part, command, {**known, **part.secrets}, log)
        try:
            process = subprocess.Popen(  # noqa: S603 - ours
                part.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=known,
                cwd=folder,
                start_new_session=True,
                **part.owner,
            )
        except OSError as error:
            raise ServiceError(f"cannot be started ({error})", where=part.name, hint=part.command[0]) from error
    process.returncode = 0  # it outlives this command: nobody here waits for it
    began = _beginning(process.pid)
    return Running(part.name, process.pid, began, mark, part.url, part.ready, str(log), int(part.stop_signal))


def end(running: Running) -> None:
    """End a process and all that it started: first as it wishes, then by force."""
    family = _family(running)
    if running.is_alive:
        with suppress(ProcessLookupError):
            os.kill(running.pid, running.stop_signal)
        _is_so(lambda: not running.is_alive)
    family = [*family, *(process for process in _family(running) if process not in family)]
    _each(family, psutil.Process.terminate)  # whom it left behind
    if not _is_so(lambda: not any(map(_lives, family))):
        _each(family, psutil.Process.kill)
        _is_so(lambda: not any(map(_lives, family)))


def last_words(log: str) -> str:
    """Return the last line of a log that says something."""
    try:
        with Path(log).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
            said = file.read().decode("utf-8", errors="replace").strip().splitlines()
    except OSError:
        said = []
    return said[-1].strip() if said else "it said nothing"


def _prepare(part: Part, command: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
    with log.open("ab") as output:
        try:
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
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ServiceError(f"cannot be prepared ({error})", where=part.name, hint=f"see {log}") from error
    if done.returncode:
        raise ServiceError(f"cannot be prepared: {last_words(str(log))}", where=part.name, hint=f"see {log}")


def _beginning(pid: int) -> str:
    """Return when a process began, so that no other one began so; empty where it lives no more."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return _beginning_elsewhere(pid)
    return "" if fields[0] == "Z" else f"{boot} {fields[_START_FIELD]}"


def _beginning_elsewhere(pid: int) -> str:
    """Return the same where there is no `/proc`: by the clock, which is all that psutil tells."""
    if Path("/proc/self/stat").exists():
        return ""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else repr(process.create_time())
    except psutil.Error:
        return ""


def _family(running: Running) -> list[psutil.Process]:
    """Return the process and all that came of it: its children, and whoever carries its mark."""
    found = {}
    if running.is_alive:
        with suppress(psutil.Error):
            leader = psutil.Process(running.pid)
            found = {process.pid: process for process in (*leader.children(recursive=True), leader)}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == running.mark:
                found[process.pid] = process
    return list(found.values())


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _each(processes: list[psutil.Process], act: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            act(process)


def _is_so(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so; return whether that was in time."""
    deadline = time.monotonic() + _STOP_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
