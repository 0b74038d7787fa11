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
import sys
import tempfile
from collections.abc import Mapping
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
PEERS = HERE / "peers.txt"
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


def project(folder: Path, text: str) -> Path:
    """Write a project file, and return its folder."""
    folder.mkdir()
    (folder / "keepfit.toml").write_text(text, encoding="utf-8")
    return folder


def page_of(folder: Path) -> Path:
    """Return where `keepfit explore` puts a project's page."""
    return folder / ".keepfit" / "reports" / "eda.html"


def machine() -> str:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, "
        f"keepfit {version('keepfit')} ({revision()}), polars {version('polars')}, "
        f"ydata-profiling {pinned_version(PEERS, 'ydata-profiling')}; {dt.datetime.now(dt.UTC).date()}"
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
    command = [str(peer_python(PEERS)), str(HERE / "peer.py"), str(table), BANK_SEPARATOR, str(written)]
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
    quiet = {"KEEPFIT_OFFLINE": "1", "YDATA_PROFILING_NO_ANALYTICS": "true", "MPLBACKEND": "Agg"}
    costs, ratios, load = [], [], os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {**environment(), **quiet, "MPLCONFIGDIR": str(folder / "matplotlib")}
        bank, told = bank_subjects(folder, env, skip_peers=asked.skip_peers)
        for subjects in (bank, panel_subjects(folder, asked.rows), long_subjects(folder)):
            found = by_turns(subjects, asked.repeats, env)
            costs += cost_rows(subjects, found)
            if len(subjects) > 1:
                ratios.append(ratio_row(*subjects, found))
    print(f"{machine()}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after.")
    print(f"The bank table is {told}, the panel {asked.rows} rows by 48 columns.")
    print(f"Medians of {asked.repeats} turns; MB are 10^6 bytes.\n")
    print("\n".join([COSTS_HEAD, *costs, "", RATIOS_HEAD, *ratios]))


if __name__ == "__main__":
    main()
