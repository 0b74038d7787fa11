"""The load on a server and what it costs there: wrk, a steady pace, and the accounts of a tree of processes."""

# Only the standard library: the measuring process is small and does nothing while a load runs.

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
MARK = "KEEPFIT_BENCHMARK_TREE"
TICKS = os.sysconf("SC_CLK_TCK")
TIMEOUT_SECONDS = 60.0
SETTLE_SECONDS, SETTLE_TURNS = 0.1, 50
MEGABYTE = 1e6


class FailedError(Exception):
    """A server or its load failed; the message says how."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load.

    Attributes
    ----------
    requests, rate
        How many were answered with status 200, and how many each second.
    p50_ms, p99_ms
        Percentiles of the latency.
    failed
        Answers that were not 200, and requests that had none.
    cpu_us
        Processor time of the server's whole tree for a request.
    client_share
        Part of its core that the load itself used: near 1 it is what limits.
    late_ms
        How late a steady pace was by its own fault.
    """

    requests: int
    rate: float
    p50_ms: float
    p99_ms: float
    failed: int
    cpu_us: float
    client_share: float
    late_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where a load goes.

    Attributes
    ----------
    port, path
        Of the route on loopback.
    bodies
        A file with a body a line.
    tree
        The server's processes.
    """

    port: int
    path: str
    bodies: Path
    tree: Tree


@dataclass(frozen=True, slots=True)
class Tree:
    """A process and all that came of it: its descendants, and whatever carries its mark in the environment."""

    root: int
    mark: str

    def pids(self) -> dict[int, str]:
        """Return the processes that are alive now, each with the moment of its start, in ticks."""
        stats = {pid: fields for pid, fields in _stats() if fields[0] != "Z"}
        parents = {pid: int(fields[1]) for pid, fields in stats.items()}
        found = {pid for pid in parents if pid == self.root or self.is_marked(pid)}
        grown = True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in found} - found
            found |= more
            grown = bool(more)
        return {pid: stats[pid][19] for pid in found}

    def left(self, known: Mapping[int, str]) -> set[int]:
        """Return the processes that are alive now, with those known before that have lost mark and parent."""
        orphans = {pid for pid, fields in _stats() if fields[0] != "Z" and known.get(pid) == fields[19]}
        return orphans | set(self.pids())

    def cpu_seconds(self) -> float:
        """Return the processor time that the tree has used, with that of children who have ended."""
        mine = self.pids()
        return sum(sum(map(int, fields[11:15])) for pid, fields in _stats() if pid in mine) / TICKS

    def memory(self) -> tuple[float, float]:
        """Return what is resident in megabytes: shared pages by halves (PSS), and counted in each process (RSS)."""
        sums = {"Pss:": 0, "Rss:": 0}
        for pid in self.pids():
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            except OSError:  # it has just ended
                continue
            for name, size in (line.split()[:2] for line in lines[1:]):
                if name in sums:
                    sums[name] += int(size) * 1024
        return sums["Pss:"] / MEGABYTE, sums["Rss:"] / MEGABYTE

    def is_marked(self, pid: int) -> bool:
        """Return whether a process was started with the mark."""
        try:
            return f"{MARK}={self.mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Yield every process with the fields of its `stat` from the state on."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            yield int(folder.name), text.rpartition(")")[2].split()


def require_tools() -> None:
    """Stop with what to do when a tool is missing."""
    missing = [tool for tool in ("wrk", "taskset") if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"{' and '.join(missing)} not found: on Debian, apt-get install wrk util-linux")


def settle(tree: Tree) -> None:
    """Wait until a server has done what it was still doing for those who have hung up; not for ever."""
    for _ in range(SETTLE_TURNS):
        before = tree.cpu_seconds()
        time.sleep(SETTLE_SECONDS)
        if tree.cpu_seconds() - before < SETTLE_SECONDS / 3:
            return


def wrk(target: Target, *, connections: int, seconds: float) -> Load:
    """Load a server with so many connections, each of which sends as soon as it has its answer."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(round(seconds), 1)}s", "--timeout", "30s"]
    command += ["-s", str(HERE / "wrk.lua"), f"http://127.0.0.1:{target.port}", "--", target.path, str(target.bodies)]
    return _measured(command, target, seconds)


def pace(target: Target, *, rate: float, seconds: float, connections: int) -> Load:
    """Load a server at a steady rate, each request measured from when it was due."""
    command = [sys.executable, "-S", "-E", str(HERE / "pace.py"), str(target.port), target.path, str(target.bodies)]
    return _measured([*command, str(rate), str(seconds), str(connections)], target, seconds)


def _measured(command: Sequence[str], target: Target, seconds: float) -> Load:
    before, client_before = target.tree.cpu_seconds(), os.times()
    pinned = ["taskset", "-c", str(LOAD_CORE), *command]
    done = subprocess.run(pinned, capture_output=True, text=True, check=False, timeout=seconds + TIMEOUT_SECONDS)
    used, client = target.tree.cpu_seconds() - before, os.times()
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise FailedError(f"{Path(command[0]).name} failed: {lines[-1][:200] if lines else done.returncode}")
    told = json.loads(done.stdout.splitlines()[-1])
    count = int(told["requests"]) - int(told["not_ok"])
    theirs = client.children_user + client.children_system - client_before.children_user - client_before.children_system
    return Load(
        requests=count,
        rate=count / told["seconds"],
        p50_ms=told["p50_ms"],
        p99_ms=told["p99_ms"],
        failed=told["not_ok"] + told["broken"],
        cpu_us=used / count * 1e6 if count else 0.0,
        client_share=theirs / told["seconds"],
        late_ms=told.get("late_ms", 0.0),
    )


def answers(port: int, path: str, bodies: Sequence[str]) -> list[Any]:
    """Return the answer to each body, asked one after the other over one connection.

    Raises
    ------
    FailedError
        When an answer is not 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    found = []
    try:
        for body in bodies:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != http.client.OK:
                raise FailedError(f"answers {answer.status}: {content.decode(errors='replace')[:200]}")
            found.append(json.loads(content))
    except OSError as error:
        raise FailedError(f"no answer: {error}") from error
    finally:
        connection.close()
    return found
