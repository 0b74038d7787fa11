"""What a batch takes as the stream goes on, by strategy: time to learn it, memory, and what is saved.

Usage: .venv/bin/python benchmarks/stream/growth.py [--batches 500] [--turns 3] [--write]

Batches of 100 rows with 12 features. Each contestant is a process of its own, on one processor's thread where it has
the choice, by turns; `--quick` is one turn of 60 batches, and writes nothing.
"""

# Only the standard library: a child's peak memory is never less than what its parent held when it was started.

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import platform
import statistics
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from processes import environment, measure
from surroundings import revision, write_section

HERE = Path(__file__).parent
DEFAULT = "**Keepfit, `window`** (default)"
NAMES = (
    DEFAULT,
    *(f"Keepfit, `{name}`" for name in ("reservoir", "boosting", "leaves", "linear", "river")),
    "published recipe",
    "River's adaptive random forest",
)
EDGE = 50
LIMIT_MS = 150
PATIENCE_SECONDS = 30 * 60
WIDTH = 120


def slope(seconds: Sequence[float]) -> float:
    """Return with which power of its number the time of a batch grows: 0 is level, 1 linear.

    By least squares of the logarithms; each of the numbers 1, 2, 4 and so on has one point, the median of the batches
    up to the next, so that the many late ones do not decide alone.
    """
    points = []
    begin = 1
    while begin <= len(seconds):
        part = seconds[begin - 1 : 2 * begin - 1]
        points.append((math.log(begin + (len(part) - 1) / 2), math.log(statistics.median(part))))
        begin *= 2
    across, up = (statistics.fmean(axis) for axis in zip(*points, strict=True))
    spread = sum((x - across) ** 2 for x, _ in points)
    return sum((x - across) * (y - up) for x, y in points) / spread


def markdown(found: Mapping[str, Sequence[Mapping[str, Any]]], batches: int, load: tuple[float, float]) -> str:
    """Return the tables: `found` is what each turn of each contestant told."""
    return "\n\n".join(
        [
            textwrap.fill(_lead(found, batches, load), WIDTH, break_long_words=False, break_on_hyphens=False),
            "\n".join(_table(found)),
            "\n".join(_targets(found)),
        ]
    )


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=500)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one turn of 60 batches")
    parser.add_argument("--write", action="store_true", help="write README")
    asked = parser.parse_args()
    if asked.quick and asked.write:
        parser.error("--quick says too little to be written")
    batches, turns = (60, 1) if asked.quick else (asked.batches, asked.turns)
    load = os.getloadavg()[0]
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in NAMES}
    for turn in range(turns):
        for name in NAMES[:: -1 if turn % 2 else 1]:
            print(f"turn {turn + 1} of {turns}: {name}", file=sys.stderr, flush=True)
            command = [sys.executable, str(HERE / "growth_one.py"), name, str(batches)]
            found[name].append(json.loads(measure(command, environment(), timeout_seconds=PATIENCE_SECONDS).said))
    text = markdown(found, batches, (load, os.getloadavg()[0]))
    print(text)
    if asked.write:
        write_section("stream growth", text, "stream/growth.py")


def _lead(found: Mapping[str, Sequence[Mapping[str, Any]]], batches: int, load: tuple[float, float]) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, keepfit "
        f"{version('keepfit')} ({revision()}); {dt.datetime.now(dt.UTC).date()}; load {load[0]:.1f} before, "
        f"{load[1]:.1f} after, from other work too. {batches} batches of 100 rows with 12 features; medians of "
        f"{len(found[DEFAULT])} turns, in brackets their range; MB are 10^6 bytes."
    )


def _table(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    yield (
        f"| | learning a batch, ms | the first {EDGE} | the last {EDGE} | grows with the power "
        "| with all around it, ms | CPU of that, ms | saving, ms, last | state, MB, last | peak RSS, MB |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for name, turns in found.items():
        learning = [one["learning"] for one in turns]
        saving, state = "", ""
        if turns[0]["saving"]:
            saving = _ranged([_milliseconds(one["saving"][-EDGE:]) for one in turns])
            state = f"{turns[-1]['state_bytes'][-1] / 1e6:.2f}"
        cells = (
            _ranged([_milliseconds(one) for one in learning]),
            _ranged([_milliseconds(one[:EDGE]) for one in learning]),
            _ranged([_milliseconds(one[-EDGE:]) for one in learning]),
            _ranged([_power(one) for one in learning], ".2f"),
            _ranged([_milliseconds(one["turns"]) for one in turns]),
            _ranged([_milliseconds(one["cpu"]) for one in turns]),
            saving,
            state,
            _ranged([one["peak_mb"] for one in turns], ".0f"),
        )
        yield f"| {name} | {' | '.join(cells)} |"


def _targets(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    yield "| wanted | found | |"
    yield "|---|---|---|"
    for name, turns in found.items():
        if "Keepfit" not in name:
            continue
        took = statistics.median(_milliseconds(one["learning"]) for one in turns)
        power = statistics.median(_power(one["learning"]) for one in turns)
        told = f"{took:.1f} ms, with the power {power:.2f} of the number"
        is_met = took < LIMIT_MS and power <= 1
        said = f"{name}: below {LIMIT_MS} ms, and no faster than linear"
        yield f"| {said} | {told} | {'met' if is_met else '**missed**'} |"


def _power(seconds: Sequence[float]) -> float:
    return round(slope(seconds), 2) + 0.0  # no -0.00


def _milliseconds(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) * 1e3


def _ranged(values: Sequence[float], form: str = ".1f") -> str:
    middle = f"{statistics.median(values):{form}}"
    return middle if len(values) == 1 else f"{middle} [{min(values):{form}}, {max(values):{form}}]"


if __name__ == "__main__":
    main()
