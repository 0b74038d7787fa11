"""What every measurement tells beside its figures: of which commit, on what disk, and where in the README it stands."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "benchmarks" / "README.md"
_SYNCS = 200


def revision() -> str:
    """Return the commit that is measured, and whether the package has changed since."""

    def git(*command: str) -> str:
        asked = ["git", "-C", str(ROOT), *command]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()

    try:
        commit = git("rev-parse", "--short", "HEAD")
        changed = git("status", "--porcelain", "--", "src")
    except (OSError, subprocess.CalledProcessError):
        return "no commit"
    return f"{commit} with changes in src" if changed else commit


def sync_microseconds(folder: Path) -> float:
    """Return the median time of making 4 kB durable."""
    times = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(_SYNCS):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


def write_section(name: str, text: str, maker: str) -> None:
    """Write a section of the README between its marks: `<!-- NAME: made by MAKER -->` and `<!-- end of NAME -->`."""
    begin, end = f"<!-- {name}: made by benchmarks/{maker} -->", f"<!-- end of {name} -->"
    before, found, rest = README.read_text(encoding="utf-8").partition(begin)
    if not found:
        raise SystemExit(f"{README.name} has no {begin}")
    README.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")
