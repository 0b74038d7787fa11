"""Many requests that nobody should send, over real sockets: no fault of ours, no hang, no growth.

`.venv/bin/python benchmarks/serving/fuzz.py` sends 20 000 to a service of its own, and prints what was sent and
answered by status, memory and open files before and after. The same seed sends the same.
"""

from __future__ import annotations

import argparse
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fuzz_requests import Sent, drawn, plain, unending  # the file beside this one

AT_ONCE = 12
WAIT_SECONDS = 20.0
PATIENCE_SECONDS = 0.4
WARM_UP = 600
EVERY = 50  # requests, after which a plain one must be fine
PARTS = 4  # of a run, after each of which memory is looked at: allocators grow at first
SLOW_EVERY = 200  # requests, one that never ends
GROWTH_BYTES = 20_000_000
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)\r\n")
PROJECT = """
[project]
name = "credit"
[data]
source = "credit"
target = "Status"
positive = "good"
entity = "rownames"
[request]
missing = "accept"
unseen = "accept"
[training]
candidates = [{ model = "logistic_regression", grid = { C = [1.0] } }]
folds = 2
[serving]
max_rows = 50
max_body_bytes = 65536
"""


@dataclass
class Outcome:
    """What came of all that was sent.

    Attributes
    ----------
    sent
        How many of each kind.
    statuses
        How often each came; 0 for a connection that ended without an answer.
    faults
        What must not be.
    """

    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, sent: Sent, statuses: list[int], fault: str) -> None:
        """Count a connection."""
        self.sent[sent.kind] += 1
        self.statuses.update(statuses or [0])
        odd = [status for status in statuses if status >= 500]  # noqa: PLR2004 - a status of HTTP
        if odd or fault:
            self.faults.append(f"{sent.kind}: {fault or odd}: {b''.join(sent.parts)[:2000]!r}")


@dataclass(frozen=True, slots=True)
class Size:
    """What a process holds."""

    memory_bytes: int
    files: int


def size_of(pid: int) -> Size:
    """Return what a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return Size(int(found[1]) * 1024 if found else 0, len(list(Path(f"/proc/{pid}/fd").iterdir())))


def fuzz(address: tuple[str, int], count: int, seed: int, outcome: Outcome | None = None) -> Outcome:
    """Send so many, and see what comes; it is added to what came before."""
    random, outcome = Random(seed), outcome or Outcome()
    with ThreadPoolExecutor(AT_ONCE) as pool, ThreadPoolExecutor(AT_ONCE) as slow_pool:
        slow = [unending(random) for _ in range(count // SLOW_EVERY)]
        waited = slow_pool.map(lambda one: tell(address, one), slow)
        for begun in range(0, count, EVERY):
            batch = [drawn(random) for _ in range(min(EVERY, count - begun))]
            for sent, (statuses, fault) in zip(batch, pool.map(lambda one: tell(address, one), batch), strict=True):
                outcome.add(sent, statuses, fault)
            check = Sent("a plain request", [plain()])
            statuses, fault = tell(address, check)
            outcome.add(check, statuses, fault or ("" if statuses == [200] else f"a plain one got {statuses}"))
        for sent, (statuses, fault) in zip(slow, waited, strict=True):
            outcome.add(sent, statuses, fault or ("" if statuses == [408] else f"a slow one got {statuses}"))
    return outcome


def tell(address: tuple[str, int], sent: Sent) -> tuple[list[int], str]:
    """Send what a connection sends, and return the statuses of its answers, and what was wrong with them."""
    with socket.create_connection(address, timeout=WAIT_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for part in sent.parts:
                connection.sendall(part)
                if sent.pause_seconds > 0:
                    time.sleep(sent.pause_seconds)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was refused before its end
        try:
            received = _received(connection, sent)
        except TimeoutError:
            return [], f"no answer within {WAIT_SECONDS:g} s"
    statuses, rest = _parsed(received)
    if sent.is_whole and sent.pause_seconds >= 0 and len(statuses) != sent.answers:
        return statuses, f"{len(statuses)} answers instead of {sent.answers}: {received[:500]!r}"
    return statuses, f"what came is no answer: {rest[:200]!r}" if rest and sent.is_whole else ""


def _received(connection: socket.socket, sent: Sent) -> bytes:
    """Return what comes: all answers that are due, or all until the end; who waits for the rest gets no rest."""
    received, deadline = b"", time.monotonic() + WAIT_SECONDS
    is_open = not sent.is_whole
    connection.settimeout(PATIENCE_SECONDS if is_open else WAIT_SECONDS)
    while time.monotonic() < deadline:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            return received
        except TimeoutError:
            if not is_open or connection.gettimeout() == WAIT_SECONDS:
                raise
            connection.settimeout(WAIT_SECONDS)
            if sent.pause_seconds >= 0:
                connection.shutdown(socket.SHUT_WR)
            continue
        received += part
        if not part or (sent.is_whole and len(_parsed(received)[0]) >= sent.answers):
            return received
    raise TimeoutError


def _parsed(received: bytes) -> tuple[list[int], bytes]:
    """Return the statuses of whole answers, without those that are only on the way, and what follows."""
    statuses: list[int] = []
    while (found := _STATUS.match(received)) and b"\r\n\r\n" in received:
        head, _, rest = received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if int(found[1]) == 100:  # noqa: PLR2004 - go on
            received = rest
            continue
        if length and len(rest) < int(length[1]):
            break
        statuses.append(int(found[1]))
        received = rest[int(length[1]) :] if length else b""
    return statuses, received


@contextmanager
def service() -> Iterator[tuple[tuple[str, int], int, Path]]:
    """Start a service of a small champion, and end it: its address, its process, its log."""
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - a test brings its own service
    from keepfit.workflows.train import train  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "keepfit.toml").write_text(PROJECT)
        train(Rooms.open(folder))
        log = folder / "log"
        command = [sys.executable, "-m", "keepfit", "serve", "--project", name, "--port", "0"]
        with (
            log.open("w") as told,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True) as process,
        ):
            try:
                line = process.stdout.readline() if process.stdout else ""
                found = re.search(r"http://([\d.]+):(\d+)", line)
                if found is None:
                    raise SystemExit(f"the service did not start: {line}{log.read_text()}")
                yield (found[1], int(found[2])), process.pid, log
            finally:
                process.terminate()
                process.wait(30)


def main() -> int:
    """Run and report; 1 when there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with service() as (address, pid, log):
        fuzz(address, WARM_UP, asked.seed - 1)
        before, began, outcome, sizes = size_of(pid), time.monotonic(), Outcome(), []
        for part in range(PARTS):
            fuzz(address, asked.requests // PARTS, asked.seed + part, outcome)
            sizes.append(f"{size_of(pid).memory_bytes / 1e6:.1f}")
        seconds = time.monotonic() - began
        time.sleep(6.0)  # idle connections end
        after, noise = size_of(pid), log.read_text()
    for kind, count in outcome.sent.most_common():
        print(f"{count:7d} {kind}")
    answered = ", ".join(f"{status or 'closed'}: {count}" for status, count in sorted(outcome.statuses.items()))
    print(f"in {seconds:.0f} s; answered {answered}")
    print(f"memory {before.memory_bytes / 1e6:.1f} MB before, {', '.join(sizes)} MB after each part")
    print(f"files {before.files} before, {after.files} after; {len(noise.splitlines())} lines of log")
    print(noise[:2000])
    grown = after.memory_bytes - before.memory_bytes > GROWTH_BYTES or after.files > before.files + 2
    print(*outcome.faults[:20], f"{len(outcome.faults)} faults", sep="\n")
    return int(bool(outcome.faults) or grown)


if __name__ == "__main__":
    raise SystemExit(main())
