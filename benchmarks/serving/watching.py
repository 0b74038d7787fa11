"""What the metrics cost: the service beside itself without its counting.

Usage: KEEPFIT_DATA_MIRROR=... .venv/bin/python benchmarks/serving/watching.py [--rounds 5] [--seconds 4] [--write]

Random forest and LightGBM of the credit table, one worker on one core, the load on another. In every round each is
started, warmed and loaded by wrk with 1 and with 32 connections: A B, B A. A share is the median over the rounds of
1 - (without / with), of the processor time of a request; beside it that of the rates. A noise of the same size is what
two rounds of the same service differ by.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from load import Load, Target, require_tools, settle, wrk  # the files beside this one
from run import CACHE, model_folder
from servers import KEEPFIT, Place, Server, bodies_of, core_python, running
from surroundings import revision, write_section

HERE = Path(__file__).parent
UNWATCHED = replace(
    KEEPFIT,
    name="unwatched",
    command=lambda place, port: [
        *(str(place.python), str(HERE / "unwatched.py"), "serve", "--project", str(place.work), "--port", str(port))
    ],
)
MODELS = ("random_forest", "lightgbm")
CONNECTIONS = (1, 32)
WARM_SECONDS = 1.0
TOLERATED = 0.05


@dataclass(frozen=True)
class Pair:
    """The same load on the service with its metrics and without."""

    watched: Load
    unwatched: Load

    @property
    def processor(self) -> float:
        """The metrics' part of a request's processor time."""
        return 1 - self.unwatched.cpu_us / self.watched.cpu_us

    @property
    def rate(self) -> float:
        """What the rate loses to them."""
        return 1 - self.watched.rate / self.unwatched.rate


def loads(server: Server, place: Place, bodies: list[str], seconds: float) -> dict[int, Load]:
    """Return a server's loads by the number of connections."""
    file = place.work / "bodies.txt"
    file.write_text("".join(f"{body}\n" for body in bodies), encoding="utf-8")
    with running(server, place, bodies[0]) as now:
        target = Target(now.port, server.path, file, now.tree)
        wrk(target, connections=1, seconds=WARM_SECONDS)
        found = {}
        for connections in CONNECTIONS:
            settle(now.tree)
            found[connections] = wrk(target, connections=connections, seconds=seconds)
    return found


def pairs(model: Path, python: Path, scratch: Path, *, rounds: int, seconds: float) -> dict[int, list[Pair]]:
    """Return the pairs of every round, by the number of connections."""
    bodies = bodies_of(KEEPFIT, [json.loads(line) for line in (model / "bodies.jsonl").read_text().splitlines()])
    found: dict[int, list[Pair]] = {connections: [] for connections in CONNECTIONS}
    for number in range(rounds):
        print(f"{model.name}, round {number + 1}/{rounds}", file=sys.stderr)
        measured = {}
        for server in (KEEPFIT, UNWATCHED)[:: 1 if number % 2 else -1]:
            work = scratch / f"{model.name}-{server.name}-{number}"
            shutil.copytree(model / "project", work)
            measured[server.name] = loads(server, Place(model, work, python), bodies, seconds)
        for connections in CONNECTIONS:
            found[connections].append(Pair(*(measured[server.name][connections] for server in (KEEPFIT, UNWATCHED))))
    return found


def table(found: dict[str, dict[int, list[Pair]]]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| model | connections | processor, with, µs | without, µs | share of the metrics | of the rate |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for model, by_connections in found.items():
        for connections, some in by_connections.items():
            cells = (
                f"{statistics.median(pair.watched.cpu_us for pair in some):.0f}",
                f"{statistics.median(pair.unwatched.cpu_us for pair in some):.0f}",
                share(pair.processor for pair in some),
                share(pair.rate for pair in some),
            )
            lines.append(f"| {model.replace('_', ' ')} | {connections} | {' | '.join(cells)} |")
    return "\n".join(lines)


def share(values: Iterable[float]) -> str:
    """Return a median with its range, in percent."""
    known = sorted(values)
    return f"**{statistics.median(known):.1%}** ({known[0]:.1%} to {known[-1]:.1%})"


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load")
    parser.add_argument("--write", action="store_true", help="write benchmarks/README.md")
    asked = parser.parse_args()
    require_tools()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    CACHE.mkdir(parents=True, exist_ok=True)
    before = os.getloadavg()[0]
    python = core_python(CACHE)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        found = {
            model: pairs(
                model_folder(model, CACHE, is_fresh=False),
                python,
                Path(name),
                rounds=asked.rounds,
                seconds=asked.seconds,
            )
            for model in MODELS
        }
    told = (
        f"{asked.rounds} rounds of {asked.seconds:g} s, load before {before:.1f}, {revision()}. "
        f"Tolerated are {TOLERATED:.0%}.\n\n{table(found)}"
    )
    print(told)
    if asked.write:
        write_section("watching", told, "serving/watching.py")


if __name__ == "__main__":
    main()
