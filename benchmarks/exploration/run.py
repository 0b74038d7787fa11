"""What a report of a table costs: `keepfit explore` beside ydata-profiling, and beside a bare scan of a long panel.

Usage: .venv/bin/python benchmarks/exploration/run.py [--rows N] [--repeats N] [--skip-peers]

Everything is a process of its own, from its start to its end. What is compared runs by turns, after one turn that is
not counted; a ratio is the median of the ratios of the turns. The bank table is that of `KEEPFIT_DATA_MIRROR`, or its
twin. The peer is installed into `.bench/`, as `peers.txt` pins it.
"""

# Only the standard library: a child's peak memory is never less than what its parent held when it was started.

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from surroundings import revision

HERE = Path(__file__).parent
BENCH = HERE.parents[1] / ".bench"
PEERS = HERE / "peers.txt"
OWN_SETTINGS = ("KEEPFIT_HOME", "KEEPFIT_PROJECT", "KEEPFIT_ACTOR", "MLFLOW_TRACKING_URI")
TIMEOUT_SECONDS = 15 * 60
MEGABYTE = 1e6
MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
KEEPFIT = [sys.executable, "-m", "keepfit", "explore", "--project"]
BANK_SEPARATOR = ";"
BANK_PROJECT = """\
[data]
source = "bank-marketing-full"
target = "y"
positive = "yes"
"""
PANEL_PROJECT = """\
[data]
source = "../panel.parquet"
target = "ind_recibo_ult1"
"""


class FailedError(Exception):
    """A process failed, or took too long; the message says which."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    wall: float
    cpu: float
    peak: float  # megabytes


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


def measure(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """Run a process to its end.

    Raises
    ------
    FailedError
        When it cannot be started, fails, or takes longer than the bound.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdout=said, stderr=said, env=env, start_new_session=True)
        except OSError as error:
            raise FailedError(f"cannot be started: {error.strerror}") from error
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(TIMEOUT_SECONDS, stop)
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if is_late.is_set():
            raise FailedError(f"stopped after {TIMEOUT_SECONDS / 60:.0f} minutes")
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "says nothing")
            raise FailedError(f"failed with {process.returncode}: {last}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * MAXRSS_BYTES / MEGABYTE)


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


def cost_rows(subjects: Sequence[Subject], found: Mapping[str, list[Cost] | str]) -> list[str]:
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


def ratio_row(one: Subject, other: Subject, found: Mapping[str, list[Cost] | str]) -> str:
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


def project(folder: Path, text: str) -> Path:
    """Write a project file, and return its folder."""
    folder.mkdir()
    (folder / "keepfit.toml").write_text(text, encoding="utf-8")
    return folder


def page_of(folder: Path) -> Path:
    """Return where `keepfit explore` puts a project's page."""
    return folder / ".keepfit" / "reports" / "eda.html"


def peer_python() -> Path:
    """Return the interpreter of the peer's environment, made on first use and when a pin changes.

    Without the peer in it, when that cannot be installed: then its turns fail, and say so.
    """
    folder = BENCH / "peers"
    installed = folder / PEERS.name
    python = folder / "bin" / "python"
    if not installed.is_file() or installed.read_bytes() != PEERS.read_bytes():
        BENCH.mkdir(exist_ok=True)
        (BENCH / ".gitignore").write_text("*\n", encoding="utf-8")
        print(f"installing {PEERS.name} into {BENCH.name}", file=sys.stderr)
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", PEERS], check=True)
        except subprocess.CalledProcessError as error:
            print(f"the peer cannot be installed: {error}", file=sys.stderr)
        else:
            installed.write_bytes(PEERS.read_bytes())
    return python


def peer_version() -> str:
    """Return the peer as it is pinned."""
    pins = PEERS.read_text(encoding="utf-8").split("\n")
    return next(pin for pin in pins if pin.startswith("ydata-profiling=="))


def machine() -> str:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, "
        f"keepfit {version('keepfit')} ({revision()}), polars {version('polars')}, "
        f"{peer_version().replace('==', ' ')}; {dt.datetime.now(dt.UTC).date()}"
    )


def bank_subjects(folder: Path, env: Mapping[str, str], *, skip_peers: bool) -> tuple[list[Subject], str]:
    """Return explore and its peer on the bank table, and what that is."""
    bank = project(folder / "bank", BANK_PROJECT)
    page = page_of(bank)
    ours = Subject("`keepfit explore`, bank", [*KEEPFIT, str(bank)], page=page)
    try:
        measure(ours.command, env)  # keeps the table, which the peer reads too
    except FailedError:
        return [ours], "not at hand"  # its turns say why
    facts = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    told = f"{facts['rows']} rows by {len(facts['columns'])} columns (origin: {facts['origin']})"
    if skip_peers:
        return [ours], told
    (table,) = (bank / ".keepfit" / "cache").glob("*.csv")
    written = folder / "peer.html"
    command = [str(peer_python()), str(HERE / "peer.py"), str(table), BANK_SEPARATOR, str(written)]
    return [ours, Subject("ydata-profiling minimal, bank", command, page=written)], told


def panel_subjects(folder: Path, rows: int) -> list[Subject]:
    """Return the two generations of the panel: of all the rows, and of a tenth of them."""
    command = [sys.executable, str(HERE / "panel.py")]
    tenth = max(rows // 10, 1)
    return [
        Subject("panel to Parquet", [*command, str(folder / "panel.parquet"), str(rows)], rows=rows),
        Subject("a tenth of the panel", [*command, str(folder / "tenth.parquet"), str(tenth)], rows=tenth),
    ]


def long_subjects(folder: Path) -> list[Subject]:
    """Return explore and the bare scan on the panel's file."""
    panel = project(folder / "panel", PANEL_PROJECT)
    return [
        Subject("`keepfit explore`, panel", [*KEEPFIT, str(panel)], page=page_of(panel)),
        Subject("bare scan, panel", [sys.executable, str(HERE / "scan.py"), str(folder / "panel.parquet")]),
    ]


def main() -> None:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000, help="of the panel")
    parser.add_argument("--repeats", type=int, default=3, help="turns that are counted")
    parser.add_argument("--skip-peers", action="store_true", help="install and run nothing of others")
    asked = parser.parse_args()
    if asked.rows < 1 or asked.repeats < 1:
        parser.error("--rows and --repeats are 1 or more")
    kept = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    quiet = {"KEEPFIT_OFFLINE": "1", "YDATA_PROFILING_NO_ANALYTICS": "true", "MPLBACKEND": "Agg"}
    costs, ratios, load = [], [], os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {**kept, **quiet, "MPLCONFIGDIR": str(folder / "matplotlib")}
        bank, told = bank_subjects(folder, env, skip_peers=asked.skip_peers)
        for subjects in (bank, panel_subjects(folder, asked.rows), long_subjects(folder)):
            found = by_turns(subjects, asked.repeats, env)
            costs += cost_rows(subjects, found)
            if len(subjects) > 1:
                ratios.append(ratio_row(*subjects, found))
    print(f"{machine()}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after.")
    print(f"The bank table is {told}, the panel {asked.rows} rows by 48 columns.")
    print(f"Medians of {asked.repeats} turns; MB are 10^6 bytes.\n")
    print("| process | wall, s | range, s | CPU, s | peak RSS, MB | result |\n|---|--:|--:|--:|--:|---|")
    print("\n".join(costs))
    print("\n| ratio, turn by turn | wall | range | CPU | peak RSS |\n|---|--:|--:|--:|--:|")
    print("\n".join(ratios))


if __name__ == "__main__":
    main()
