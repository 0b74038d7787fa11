"""What a panel's targets and the past of its rows cost: Keepfit beside the straightforward way in pandas.

Usage: .venv/bin/python benchmarks/recommender/panel.py [--rows 1000000] [--all 13647309] [--repeats 5]

Whole processes by turns on the same generated Parquet file, after one turn that is not counted; a ratio is the median
of the ratios of the turns. Both make the additions of the next month, four lags of 24 products, and how long ago each
was last added and dropped; before the turns, each is run once more to add all of it up: the sums must be the same. Then
Keepfit alone on the whole panel, by as many turns.
"""

# Only the standard library: a child's peak memory is never less than what its parent held when it was started.

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from processes import COSTS_HEAD, RATIOS_HEAD, Subject, by_turns, cost_rows, environment, measure, ratio_row
from surroundings import revision

HERE = Path(__file__).parent
WHOLE = 13_647_309
DRAW = (
    "import sys; from pathlib import Path; from keepfit.datasets.twins.santander import write_panel; "
    "write_panel(Path(sys.argv[1]), rows=int(sys.argv[2]), seed=1)"
)


def subject(name: str, script: str, table: Path, rows: int) -> Subject:
    """Return a process over a table."""
    return Subject(f"{name}, {rows:,} rows", [sys.executable, str(HERE / script), str(table)], rows=rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--all", type=int, default=WHOLE, help="rows of the whole panel")
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    env = environment()
    with tempfile.TemporaryDirectory() as name:
        part, whole = Path(name) / "part.parquet", Path(name) / "whole.parquet"
        for table, rows in ((part, asked.rows), (whole, asked.all)):
            print(f"drawing {rows:,} rows", file=sys.stderr)
            measure([sys.executable, "-c", DRAW, str(table), str(rows)], env)
        both = [
            subject("Keepfit", "ours.py", part, asked.rows),
            subject("pandas", "pandas_way.py", part, asked.rows),
        ]
        alone = [subject("Keepfit", "ours.py", whole, asked.all)]
        said = {measure([*one.command, "--sums"], env).said for one in both}
        found = by_turns(both, asked.repeats, env)
        found_alone = by_turns(alone, asked.repeats, env)
    same = "The sums of both are the same." if len(said) == 1 else f"THE SUMS DIFFER: {sorted(said)}"
    print(f"{os.cpu_count()} cores, keepfit {revision()}; {dt.datetime.now(dt.UTC).date()}. {same}\n")
    print("\n".join([COSTS_HEAD, *cost_rows(both, found), *cost_rows(alone, found_alone)]))
    print("\n".join(["", RATIOS_HEAD, ratio_row(both[1], both[0], found)]))


if __name__ == "__main__":
    main()
