"""What a check of a large window costs: `keepfit check` beside Evidently and NannyML, and beside a floor.

Usage: .venv/bin/python benchmarks/drift/speed.py [--rows 1000000] [--repeats 3] [--skip-peers]

Everything is a process of its own, from its start to its end, on the same two Parquet files of twenty mixed columns.
What is compared runs by turns, after one turn that is not counted; a ratio is the median of the ratios of the turns.
The window has seven planted changes; at the end each judges once the window that has none. The model whose bundle has
the reference profile is trained on the reference before, and the floor's bins are made before; the peers read the
reference each time. They are installed into `.bench/`, as `peers/*.txt` pin them.
"""

# Only the standard library: a child's peak memory is never less than what its parent held when it was started.

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from processes import (
    COSTS_HEAD,
    RATIOS_HEAD,
    FailedError,
    Subject,
    by_turns,
    cost_rows,
    environment,
    measure,
    peer_python,
    pinned_version,
    ratio_row,
)
from surroundings import revision

HERE = Path(__file__).parent
EVIDENTLY, NANNYML = HERE / "peers" / "evidently.txt", HERE / "peers" / "nannyml.txt"
KEEPFIT = [sys.executable, "-m", "keepfit"]
OURS, FLOOR = "`keepfit check`", "floor: read and count"
PLANTED = ("num0", "num1", "num2", "num8", "cat0", "cat4", "cat5")
PROJECT = """\
[data]
source = "../training.parquet"
target = "y"

[training]
threshold = 0.5
calibration = "none"
candidates = [{ model = "lightgbm", grid = { n_estimators = [20] } }]
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tables and the project lie; what they need is made by `prepare`."""

    folder: Path

    @property
    def reference(self) -> str:
        """The table that windows are compared with."""
        return str(self.folder / "reference.parquet")

    @property
    def project(self) -> Path:
        """The folder of the project file."""
        return self.folder / "project"

    def window(self, name: str) -> str:
        """Return one of the two windows: `changed`, or `unchanged`."""
        return str(self.folder / f"{name}.parquet")

    def file(self, name: str) -> Path:
        """Return a file that a process writes."""
        return self.folder / name


def prepare(place: Place, rows: int, env: Mapping[str, str]) -> list[str]:
    """Make the tables, the champion and the floor's bins; return what that took, in words."""
    place.project.mkdir(parents=True)
    (place.project / "keepfit.toml").write_text(PROJECT, encoding="utf-8")
    steps = {
        "the tables": [sys.executable, str(HERE / "tables.py"), str(place.folder), "--rows", str(rows)],
        "`keepfit train` on the reference": [*KEEPFIT, "train", "--project", str(place.project)],
        "the floor's bins": [sys.executable, str(HERE / "floor.py"), "bins", place.reference, str(bins_of(place))],
    }
    said = []
    for name, command in steps.items():
        print(name, file=sys.stderr)
        cost = measure(command, env)
        said.append(f"{name}: {cost.wall:.1f} s, {cost.peak:.0f} MB")
    return said


def bins_of(place: Place) -> Path:
    """Return where the floor's bins are."""
    return place.file("bins.json")


def check_command(place: Place, window: str) -> list[str]:
    """Return our check of a file, with its page."""
    asked = ["--project", str(place.project), "--window", place.window(window), "--fail-on", "alarm"]
    return [*KEEPFIT, "check", *asked]


def evidently_command(place: Place, window: str) -> list[str]:
    """Return Evidently's preset, with its page and its facts."""
    written = ["--page", str(place.file("evidently.html")), "--facts", str(place.file("evidently.json"))]
    tables = [place.reference, place.window(window)]
    return [str(peer_python(EVIDENTLY)), str(HERE / "evidently_peer.py"), *tables, *written]


def nannyml_command(place: Place, window: str) -> list[str]:
    """Return NannyML's univariate drift, which draws nothing."""
    tables = [place.reference, place.window(window)]
    return [str(peer_python(NANNYML)), str(HERE / "nannyml_peer.py"), *tables]


def floor_command(place: Place, window: str) -> list[str]:
    """Return the reading and counting that every check needs."""
    return [sys.executable, str(HERE / "floor.py"), "count", place.window(window), str(bins_of(place))]


def subjects(place: Place, window: str, *, skip_peers: bool) -> list[Subject]:
    """Return ours, the floor, and the peers."""
    own = [
        Subject(OURS, check_command(place, window)),
        Subject(FLOOR, floor_command(place, window)),
    ]
    if skip_peers:
        return own
    page = place.file("evidently.html")
    return [
        *own,
        Subject("Evidently, data-drift preset", evidently_command(place, window), page=page),
        Subject("NannyML, univariate drift, no page", nannyml_command(place, window)),
    ]


def our_report(place: Place) -> Path | None:
    """Return the newest facts that a check wrote."""
    return max((place.project / ".keepfit" / "reports").glob("check-*.json"), default=None)


def columns_found(place: Place, subject: Subject, said: str) -> list[str]:
    """Return the columns that a process called drifted: it prints them, and ours writes them."""
    if subject.name != OURS:
        return list(json.loads(said.strip().split("\n")[-1])["found"])
    facts = our_report(place)
    drift = json.loads(facts.read_text(encoding="utf-8"))["drift"] if facts else {"columns": []}
    return [column["name"] for column in drift["columns"] if column["is_drifted"]]


def found_rows(place: Place, env: Mapping[str, str], *, skip_peers: bool) -> list[str]:
    """Return the lines of what each finds in the window with changes, and in that without."""
    lines = []
    windows = [subjects(place, window, skip_peers=skip_peers) for window in ("changed", "unchanged")]
    for changed, unchanged in zip(*windows, strict=True):
        if changed.name == FLOOR:
            continue
        try:
            found = columns_found(place, changed, measure(changed.command, env).said)
            stray = columns_found(place, unchanged, measure(unchanged.command, env).said)
        except FailedError as error:
            lines.append(f"| {changed.name} | {str(error).replace('|', '/')} | | | |")
            continue
        lines.append(f"| {changed.name} | {' | '.join([*told(found), named(stray)])} |")
    return lines


def told(found: Sequence[str]) -> list[str]:
    """Return how many of the planted changes were found, which were not, and what was found besides."""
    missed = [name for name in PLANTED if name not in found]
    stray = [name for name in found if name not in PLANTED]
    return [f"{len(PLANTED) - len(missed)} of {len(PLANTED)}", named(missed), named(stray)]


def named(names: Sequence[str]) -> str:
    """Return names in a row, or that there is none."""
    return ", ".join(names) or "none"


def machine() -> str:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    peers = f"evidently {pinned_version(EVIDENTLY, 'evidently')}, nannyml {pinned_version(NANNYML, 'nannyml')}"
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, "
        f"keepfit {version('keepfit')} ({revision()}), {peers}; {dt.datetime.now(dt.UTC).date()}"
    )


def report(place: Place, asked: argparse.Namespace, env: Mapping[str, str]) -> list[str]:
    """Return the tables in Markdown."""
    load = os.getloadavg()[0]
    prepared = prepare(place, asked.rows, env)
    ours, *others = all_of_them = subjects(place, "changed", skip_peers=asked.skip_peers)
    found = by_turns(all_of_them, asked.repeats, env)
    facts = our_report(place)
    ours = replace(ours, page=facts.with_suffix(".html") if facts else None)
    floor, *peers = others
    ratios = [ratio_row(ours, floor, found), *(ratio_row(peer, ours, found) for peer in peers)]
    found_by_each = found_rows(place, env, skip_peers=asked.skip_peers)
    return [
        f"{machine()}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after.",
        f"{asked.rows} rows by 20 columns. Medians of {asked.repeats} turns; MB are 10^6 bytes.",
        f"Before, and not counted: {'; '.join(prepared)}.\n",
        *(COSTS_HEAD, *cost_rows([ours, *others], found)),
        *("", RATIOS_HEAD, *ratios),
        "\n| of the seven planted | found | missed | besides | without any change, found |\n|---|--:|---|---|---|",
        *found_by_each,
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3, help="turns that are counted")
    parser.add_argument("--skip-peers", action="store_true", help="install and run nothing of others")
    asked = parser.parse_args()
    if asked.rows < 1 or asked.repeats < 1:
        parser.error("--rows and --repeats are 1 or more")
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        env = {
            **environment(),
            "KEEPFIT_OFFLINE": "1",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(place.file("matplotlib")),
        }
        print("\n".join(report(place, asked, env)))


if __name__ == "__main__":
    main()
