"""Learning what is added next, and answering: Keepfit beside the published recipe, on the same generated rows.

Usage: .venv/bin/python benchmarks/recommender/learn.py [--rows 1000000] [--repeats 3] [--threads 2] [--skip-slow]
    [--write]

The panel is drawn and prepared once, as the product does. Then each learner is a process of its own, all of them by
turns, every other turn in the opposite order; the recipe with what the months before say has one turn, as it is slow.
Last come the scores on the held-out rows, and the time of an answer. `--write` keeps the figures in `results.json`, in
the place of those of as many rows, and puts the tables of all runs into docs/recommender.md.
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
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from learn_page import keep, run_tables, write_page  # the file beside this one
from processes import Cost, environment, measure
from surroundings import revision

HERE = Path(__file__).parent
LEARNERS = {
    "choose": ("learn_ours.py", "choose"),
    "ranker": ("learn_ours.py", "ranker"),
    "per_product": ("learn_ours.py", "per_product"),
    "recipe": ("learn_seed.py", "record"),
}
SLOW = {"recipe_with_history": ("learn_seed.py", "history")}
LIBRARIES = ("keepfit", "lightgbm", "catboost", "scikit-learn", "onnxruntime", "polars", "pandas", "numpy")
PATIENCE_SECONDS = 60 * 60


def main() -> None:
    """Measure, and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of every learner; by default all cores")
    parser.add_argument("--skip-slow", action="store_true", help="leave out the recipe with the past")
    parser.add_argument("--write", action="store_true", help="keep the figures, and write the page's tables")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = measured(Path(name), asked)
    print(run_tables(found))
    if asked.write:
        keep(found)
        write_page()


def measured(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Return all figures of a run."""
    slow = {} if asked.skip_slow else SLOW
    began = os.getloadavg()[0]
    panel = _run("prepared.py", folder, asked.rows)
    turns = [*LEARNERS]
    costs: dict[str, list[Cost]] = {name: [] for name in (*LEARNERS, *slow)}
    for turn in range(asked.repeats):
        for name in turns[:: -1 if turn % 2 else 1]:
            script, way = LEARNERS[name]
            costs[name].append(_run(script, folder, way, asked.threads))
    for name, (script, way) in slow.items():
        costs[name].append(_run(script, folder, way, asked.threads))
    scored, answered = (json.loads(_run(script, folder).said) for script in ("score_learnt.py", "answer.py"))
    choice = json.loads(costs["choose"][-1].said)
    return {
        "machine": _machine(),
        "load": [began, os.getloadavg()[0]],
        "repeats": asked.repeats,
        "threads": asked.threads,
        "panel": {**json.loads(panel.said), "peak_mb": panel.peak},
        "costs": {name: _cost(each) for name, each in costs.items()},
        **{name: choice[name] for name in ("metric", "protocol", "candidates", "baselines")},
        **scored,
        "answers": answered,
    }


def _run(script: str, folder: Path, *arguments: str | int) -> Cost:
    print(script, *arguments, file=sys.stderr, flush=True)
    command = [sys.executable, str(HERE / script), str(folder), *map(str, arguments)]
    return measure(command, environment(), timeout_seconds=PATIENCE_SECONDS)


def _cost(costs: Sequence[Cost]) -> dict[str, list[float]]:
    """Return what each turn took: learning, the whole process, its processors, and its memory."""
    return {
        "seconds": [json.loads(cost.said)["seconds"] for cost in costs],
        "wall": [cost.wall for cost in costs],
        "cpu": [cost.cpu for cost in costs],
        "peak_mb": [cost.peak for cost in costs],
    }


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
        "commit": revision(),
        "date": str(dt.datetime.now(dt.UTC).date()),
    }


if __name__ == "__main__":
    main()
