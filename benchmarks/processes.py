"""Whole processes by turns: what each costs, and the interpreter of a peer that is installed apart."""

# Only the standard library: a child's peak memory is never less than what its parent held when it was started.

from __future__ import annotations

import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

BENCH = Path(__file__).parents[1] / ".bench"
UV = Path(sys.executable).with_name("uv")
TIMEOUT_SECONDS = 15 * 60
OWN_SETTINGS = ("KEEPFIT_HOME", "KEEPFIT_PROJECT", "KEEPFIT_ACTOR", "MLFLOW_TRACKING_URI", "PYTHONDONTWRITEBYTECODE")
MEGABYTE = 1e6
MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
COSTS_HEAD = "| process | wall, s | range, s | CPU, s | peak RSS, MB | result |\n|---|--:|--:|--:|--:|---|"
RATIOS_HEAD = "| ratio, turn by turn | wall | range | CPU | peak RSS |\n|---|--:|--:|--:|--:|"


class FailedError(Exception):
    """A process failed, or took too long; the message says which."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took, and what it printed."""

    wall: float
    cpu: float
    peak: float  # megabytes
    said: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A process that is measured.

    Attributes
    ----------
    name
        What it does, for the table.
    command
        Its arguments.
    page
        The page that it writes.
    rows
        The rows that it writes, where their number for each second is of interest.
    """

    name: str
    command: Sequence[str]
    page: Path | None = None
    rows: int | None = None

    def result(self, costs: Sequence[Cost]) -> str:
        """Return what came of it: the size of the page, the rows for each second, or nothing."""
        if self.page:
            return f"page {self.page.stat().st_size / MEGABYTE:.2f} MB"
        if self.rows:
            return f"{self.rows / statistics.median(cost.wall for cost in costs):,.0f} rows/s"
        return ""


Found = Mapping[str, list[Cost] | str]


def environment() -> dict[str, str]:
    """Return this process's environment without our settings; modules are compiled once, as an installed package's."""
    return {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}


def measure(command: Sequence[str], env: Mapping[str, str], *, timeout_seconds: float = TIMEOUT_SECONDS) -> Cost:
    """Run a process to its end, or to the end of its time.

    Raises
    ------
    FailedError
        When it cannot be started, fails, or takes longer than the bound.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdout=said, stderr=complained, env=env, start_new_session=True)
        except OSError as error:
            raise FailedError(f"cannot be started: {error.strerror}") from error
        used = _ended(process, timeout_seconds)
        wall = time.perf_counter() - start
        texts = [_text(file) for file in (said, complained)]
    if process.returncode:
        raise FailedError(f"failed with {process.returncode}: {_last_line(texts)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * MAXRSS_BYTES / MEGABYTE, texts[0])


def _ended(process: subprocess.Popen[bytes], timeout_seconds: float) -> resource.struct_rusage:
    """Wait for a process, and return what it used; it is stopped when it takes too long."""
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(timeout_seconds, stop)
    timer.start()
    _, status, used = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if is_late.is_set():
        raise FailedError(f"stopped after {timeout_seconds / 60:.0f} minutes")
    return used


def by_turns(subjects: Sequence[Subject], repeats: int, env: Mapping[str, str]) -> dict[str, list[Cost] | str]:
    """Return the costs of each subject, or why there are none; the first turn is not counted."""
    found: dict[str, list[Cost] | str] = {subject.name: [] for subject in subjects}
    for turn in range(repeats + 1):
        for subject in subjects:
            costs = found[subject.name]
            if isinstance(costs, str):
                continue
            print(f"{turn}/{repeats} {subject.name}", file=sys.stderr)
            try:
                cost = measure(subject.command, env)
            except FailedError as error:
                found[subject.name] = str(error)
                continue
            if turn:
                costs.append(cost)
    return found


def cost_rows(subjects: Sequence[Subject], found: Found) -> list[str]:
    """Return the lines of the table of costs."""
    lines = []
    for subject in subjects:
        costs = found[subject.name]
        if isinstance(costs, str):
            lines.append(f"| {subject.name} | - | - | - | - | {costs.replace('|', '/')} |")
            continue
        walls = [cost.wall for cost in costs]
        cpu, peak = (statistics.median(values) for values in zip(*((c.cpu, c.peak) for c in costs), strict=True))
        lines.append(
            f"| {subject.name} | {statistics.median(walls):.2f} | {min(walls):.2f} to {max(walls):.2f} | {cpu:.2f} "
            f"| {peak:.0f} | {subject.result(costs)} |"
        )
    return lines


def ratio_row(one: Subject, other: Subject, found: Found) -> str:
    """Return the line of one subject against another, turn by turn."""
    ours, theirs = found[one.name], found[other.name]
    name = f"{one.name} / {other.name}"
    if isinstance(ours, str) or isinstance(theirs, str):
        return f"| {name} | - | - | - | - |"

    def ratios(of: Callable[[Cost], float]) -> list[float]:
        return [of(mine) / of(its) for mine, its in zip(ours, theirs, strict=True)]

    walls, cpus, peaks = (ratios(of) for of in (lambda c: c.wall, lambda c: c.cpu, lambda c: c.peak))
    return (
        f"| {name} | {statistics.median(walls):.2f} | {min(walls):.2f} to {max(walls):.2f} "
        f"| {statistics.median(cpus):.2f} | {statistics.median(peaks):.2f} |"
    )


def peer_python(pins: Path) -> Path:
    """Return the interpreter of a peer's environment, made on first use and when a pin changes.

    Without the peer in it, when that cannot be installed: then its turns fail, and say so.
    """
    folder = BENCH / pins.relative_to(Path(__file__).parent).with_suffix("")
    python, installed = folder / "bin" / "python", folder / pins.name
    if installed.is_file() and installed.read_bytes() == pins.read_bytes():
        return python
    folder.mkdir(parents=True, exist_ok=True)
    (BENCH / ".gitignore").write_text("*\n", encoding="utf-8")
    print(f"installing {pins.name} into {BENCH.name}", file=sys.stderr)
    install = [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "--requirement", pins]
    try:
        subprocess.run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run(install, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"the peer cannot be installed: {error}", file=sys.stderr)
    else:
        installed.write_bytes(pins.read_bytes())
    return python


def pinned_version(pins: Path, package: str) -> str:
    """Return a package's version as it is pinned."""
    lines = pins.read_text(encoding="utf-8").split("\n")
    return next(line.partition("==")[2] for line in lines if line.startswith(f"{package}=="))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _last_line(texts: Sequence[str]) -> str:
    lines = [line.strip() for text in texts for line in text.split("\n") if line.strip()]
    return lines[-1] if lines else "says nothing"
