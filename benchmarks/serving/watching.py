"""What the metrics cost: the part of a request's processor time that the service spends on counting.

Usage: KEEPFIT_DATA_MIRROR=... .venv/bin/python benchmarks/serving/watching.py [--rounds 5] [--seconds 4] [--write]

Random forest and LightGBM of the credit table, one worker on one core, the load on another: wrk with 1 and with 32
connections, each on a service of its own. The service weighs its counting itself (`weighed.py`): the counts of
requests, of answers, of values in their bins, and bringing them up to date each second. A share is that time over the
processor time of the whole process, both of the same load, so what else the machine does matters little.
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
from dataclasses import dataclass, replace
from pathlib import Path

from load import Target, require_tools, settle, wrk  # the files beside this one
from run import CACHE, model_folder
from servers import KEEPFIT, Place, bodies_of, core_python, running
from surroundings import revision, write_section

HERE = Path(__file__).parent
SECONDS_FILE = "weighed.json"
SERVER = replace(
    KEEPFIT,
    name="weighed",
    command=lambda place, port: [
        *(str(place.python), str(HERE / "weighed.py"), "serve", "--project", str(place.work), "--port", str(port))
    ],
    env=lambda place, _port: {"KEEPFIT_WEIGHED": str(place.work / SECONDS_FILE)},
)
MODELS = ("random_forest", "lightgbm")
CONNECTIONS = (1, 32)
WARM_REQUESTS = 1
TOLERATED = 0.05


@dataclass(frozen=True)
class Weighed:
    """A load: processor time of a request in microseconds, and how much of it was counting."""

    request: float
    counting: float

    @property
    def share(self) -> float:
        """The counting's part."""
        return self.counting / self.request


def weigh(place: Place, bodies: list[str], *, connections: int, seconds: float) -> Weighed:
    """Return what a load cost."""
    file = place.work / "bodies.txt"
    file.write_text("".join(f"{body}\n" for body in bodies), encoding="utf-8")
    with running(SERVER, place, bodies[0]) as now:
        settle(now.tree)
        load = wrk(Target(now.port, SERVER.path, file, now.tree), connections=connections, seconds=seconds)
    spent = json.loads((place.work / SECONDS_FILE).read_text())["seconds"]
    return Weighed(load.cpu_us, spent * 1e6 / (load.requests + WARM_REQUESTS))


def rounds_of(model: Path, python: Path, scratch: Path, *, rounds: int, seconds: float) -> dict[int, list[Weighed]]:
    """Return what every round's loads cost, by the number of connections."""
    bodies = bodies_of(KEEPFIT, [json.loads(line) for line in (model / "bodies.jsonl").read_text().splitlines()])
    found: dict[int, list[Weighed]] = {connections: [] for connections in CONNECTIONS}
    for number in range(rounds):
        print(f"{model.name}, round {number + 1}/{rounds}", file=sys.stderr)
        for connections in CONNECTIONS:
            work = scratch / f"{model.name}-{connections}-{number}"
            shutil.copytree(model / "project", work)
            place = Place(model, work, python)
            found[connections].append(weigh(place, bodies, connections=connections, seconds=seconds))
    return found


def table(found: dict[str, dict[int, list[Weighed]]]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| model | connections | processor time of a request, µs | of it counting, µs | share |",
        "|---|--:|--:|--:|--:|",
    ]
    for model, by_connections in found.items():
        for connections, some in by_connections.items():
            request, counting = (
                statistics.median(values) for values in zip(*((one.request, one.counting) for one in some), strict=True)
            )
            shares = sorted(one.share for one in some)
            share = f"**{statistics.median(shares):.1%}** ({shares[0]:.1%} to {shares[-1]:.1%})"
            lines.append(f"| {model.replace('_', ' ')} | {connections} | {request:.0f} | {counting:.1f} | {share} |")
    return "\n".join(lines)


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
            model: rounds_of(
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
