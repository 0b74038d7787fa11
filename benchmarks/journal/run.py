"""The journal: what durable writes cost beside the bare driver, and what reading a window for a check takes.

Usage: .venv/bin/python benchmarks/journal/run.py [--quick] [--write]

    --quick    a minute, for those who change the journal; says less, and writes nothing
    --write    the whole, into benchmarks/README.md

SQLite files and a PostgreSQL server of its own, started from the system's package on loopback (by the same
`tests/postgres_server.py` that tests use). A turn writes the same number of rows by the journal and by the bare driver,
each into an empty database; turns go through all cases, and begin with the one or the other. A ratio is the median of
the turns' ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from places import Place, SqlitePlace, postgres_place  # the files beside this one
from report import Reading, Report, write
from rows import PROJECT, Rows
from surroundings import sync_microseconds
from writing import CASES, Case, Turn, turn

from keepfit.journal import open_journal

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: turns, rows of a turn by many and by one, turns of the reading, and rows of the window."""

    turns: int
    rows_of_many: int
    rows_of_one: int
    readings: int
    window: int


WHOLE = Plan(turns=7, rows_of_many=20_000, rows_of_one=2000, readings=5, window=1_000_000)
QUICK = Plan(turns=3, rows_of_many=4000, rows_of_one=300, readings=1, window=100_000)


def written(places: list[Place], rows: Rows, plan: Plan) -> dict[tuple[str, Case], list[Turn]]:
    """Return the turns of every case; the first turn of each is not counted."""
    found: dict[tuple[str, Case], list[Turn]] = {(place.name, case): [] for place in places for case in CASES}
    for number in range(plan.turns + 1):
        for place in places:
            for case in CASES:
                count = plan.rows_of_one if case.writers == 1 else plan.rows_of_many
                done = turn(case, rows, count, place, is_journal_first=bool(number % 2))
                if number:
                    found[place.name, case].append(done)
        print(f"turn {number} of {plan.turns}", file=sys.stderr)
    return found


def read(places: list[Place], rows: Rows, plan: Plan, folder: Path) -> Iterator[tuple[str, Reading]]:
    """Yield what each reading of a window took, in processes of their own, by turns; the first is not counted."""
    signature = folder / "signature.json"
    signature.write_text(json.dumps(rows.signature.to_dict()), encoding="utf-8")
    urls = {place.name: filled(place, rows, plan.window) for place in places}
    for number in range(plan.readings + 1):
        for name, url in urls.items():
            command = [sys.executable, str(HERE / "read.py"), url, PROJECT, str(signature), str(plan.window)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            reading = Reading(**json.loads(done.stdout))
            assert reading.rows == plan.window, f"{reading.rows} rows are there"
            if number:
                yield name, reading


def filled(place: Place, rows: Rows, count: int) -> str:
    """Return the URL of a journal of so many predictions."""
    url = place.new_database()
    with open_journal(url, is_durable=False) as journal:
        for part in rows.parts(count):
            journal.record_predictions(part)
    place.settle(url)
    return url


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less of all, in a minute")
    parser.add_argument("--write", action="store_true", help="write README")
    asked = parser.parse_args()
    if asked.quick and asked.write:
        parser.error("--quick says too little to be written")
    plan, before = QUICK if asked.quick else WHOLE, os.getloadavg()[0]
    rows = Rows()
    with tempfile.TemporaryDirectory(prefix="keepfit-journal-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server is another user's
        sync = sync_microseconds(folder)
        with postgres_place(folder) as postgres:
            places: list[Place] = [SqlitePlace(folder), *([postgres] if postgres else [])]
            turns = written(places, rows, plan)
            readings = list(read(places, rows, plan, folder))
            server = postgres.version() if postgres else None
    report = Report(turns, readings, plan.window, rows.origin, (before, os.getloadavg()[0]), sync, server)
    print(report.markdown())
    if asked.write:
        write(report)


if __name__ == "__main__":
    main()
