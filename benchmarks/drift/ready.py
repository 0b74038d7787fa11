"""What a check costs when both profiles are ready: reading them, comparing, judging; and with its page and JSON.

Usage: .venv/bin/python benchmarks/drift/ready.py PROJECT PROFILE [--repeats 50]

PROJECT has a champion, and PROFILE is what `keepfit profile` has written of a window of its columns. Within one
process, whose imports are over: medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from keepfit.monitoring import compare_profiles, judge
from keepfit.profiles import Profile
from keepfit.profiles.profile_file import read_profile
from keepfit.workflows.check import check
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.rooms import Rooms


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("profile", type=Path)
    parser.add_argument("--repeats", type=int, default=50)
    asked = parser.parse_args()
    rooms = Rooms.open(asked.project)
    champion, section = rooms.store.champion(), rooms.project.monitoring
    text = json.dumps(champion.profile)
    window = read_profile(asked.profile).profile

    def compared() -> None:
        judge(compare_profiles(Profile.from_dict(champion.profile), window, section), None, section)

    def read_and_compared() -> None:
        reference = Profile.from_dict(json.loads(text))
        judge(compare_profiles(reference, read_profile(asked.profile).profile, section), None, section)

    print(f"{len(window.columns)} columns, {window.rows:,} rows\n")
    print("| | median, ms |\n|---|--:|")
    for name, measured in (
        ("compared and judged", compared),
        ("both profiles read from JSON, compared and judged", read_and_compared),
        (
            "`check`: with bundle, journal's event, page and JSON",
            lambda: check(rooms, CheckTask(windows=(asked.profile,))),
        ),
    ):
        print(f"| {name} | {1000 * _median(measured, asked.repeats):.1f} |")


def _median(measured: Callable[[], object], repeats: int) -> float:
    measured()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        measured()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
