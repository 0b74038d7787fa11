"""What `keepfit score` costs beside bare ONNX Runtime on the ready matrix, on one core.

Usage: .venv/bin/python benchmarks/serving/score.py [--rows 1000000] [--turns 5]

A LightGBM of 200 trees on the credit table, whose rows are drawn again and again, with a number of their own each. By
turns, each a process of its own that is held to one core:

- bare ONNX Runtime: `session.run` with one thread on the float32 matrix that the door would make, which is ready in
  memory, in batches of 65 536 rows; only the calls are timed;
- `keepfit score`, Parquet to Parquet and CSV to CSV: from the opening of the table to both whole files, as its own
  summary counts; the door, the answers and the side file included, Python's start not.

A share is bare time by our time, in one turn: by the clock, and by the processor's time, which other work on the
machine disturbs less. Memory is the peak of the process. The table is that of `KEEPFIT_DATA_MIRROR`, or the twin.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SEED = 42
BATCH_ROWS = 65_536
PROJECT = """\
[project]
name = "score-benchmark"

[data]
source = "credit"
target = "Status"
positive = "good"
entity = "rownames"

[training]
threshold = 0.5
calibration = "none"

[[training.candidates]]
model = "lightgbm"
grid = { n_estimators = [200] }
"""
BARE = "bare ONNX Runtime"
PARTS = (BARE, "Parquet to Parquet", "CSV to CSV")


def prepare(folder: Path, rows: int) -> str:
    """Train, write the tables and the matrix, and say where the credit table came from."""
    import numpy as np  # noqa: PLC0415 - here and below: each process imports what it needs
    import polars as pl  # noqa: PLC0415

    from keepfit.scoring import Scorer  # noqa: PLC0415
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415
    from keepfit.workflows.train import train  # noqa: PLC0415

    (folder / "keepfit.toml").write_text(PROJECT, encoding="utf-8")
    rooms = Rooms.open(folder)
    dataset = train(rooms).dataset
    drawn = np.random.default_rng(SEED).integers(0, dataset.frame.height, rows)
    table = dataset.frame[pl.Series(drawn)].with_columns(rownames=pl.int_range(rows))
    table.write_parquet(folder / "in.parquet")
    table.write_csv(folder / "in.csv")
    np.save(folder / "matrix.npy", Scorer(rooms.store.champion()).door.table(table))
    return str(dataset.source.origin)


def bare(folder: Path) -> dict[str, float]:
    """Time the runtime alone."""
    import numpy as np  # noqa: PLC0415
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model = folder / ".keepfit" / "bundles" / "v1" / "model.onnx"
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    matrix, name = np.load(folder / "matrix.npy"), session.get_inputs()[0].name
    session.run(["probabilities"], {name: matrix[:1000]})
    clock, processor = time.perf_counter(), time.process_time()
    for first in range(0, len(matrix), BATCH_ROWS):
        session.run(["probabilities"], {name: matrix[first : first + BATCH_ROWS]})
    return {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}


def scored(folder: Path, suffix: str, workers: int) -> dict[str, float]:
    """Time a scoring."""
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415
    from keepfit.workflows.score import ScoreTask, score  # noqa: PLC0415

    rooms, processor = Rooms.open(folder), time.process_time()
    report = score(rooms, ScoreTask(folder / f"in{suffix}", folder / f"out{suffix}", workers=workers))
    return {"clock": report.seconds, "processor": time.process_time() - processor}


def one(part: str, folder: Path, workers: int) -> dict[str, float]:
    """Measure one part, in this process."""
    if workers == 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = bare(folder) if part == BARE else scored(folder, ".parquet" if "Parquet" in part else ".csv", workers)
    return {**found, "peak": peak_megabytes()}


def peak_megabytes() -> float:
    """Return the most memory that this process has held; `getrusage` would count that of its parent too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def apart(part: str, folder: Path, workers: int = 1) -> dict[str, float]:
    """Measure one part in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder), "--workers", str(workers)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def span(values: list[float], form: str) -> str:
    """Return a median and its range."""
    return f"{statistics.median(values):{form}} | {min(values):{form}} to {max(values):{form}}"


def table(turns: list[dict[str, dict[str, float]]], rows: int) -> str:
    """Return what was found, in Markdown."""
    lines = [
        "| process | rows/s, processor | range | share of bare | range | rows/s, clock | share of bare | peak, MB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for part in turns[0]:
        mine = [turn[part] for turn in turns]
        speed = span([rows / found["processor"] for found in mine], ",.0f")
        share = span([turn[BARE]["processor"] / turn[part]["processor"] for turn in turns], ".0%")
        clock = statistics.median(rows / found["clock"] for found in mine)
        clocked = statistics.median(turn[BARE]["clock"] / turn[part]["clock"] for turn in turns)
        peak = max(found["peak"] for found in mine)
        lines.append(f"| {part} | {speed} | {share} | {clock:,.0f} | {clocked:.0%} | {peak:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure by turns, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(one(asked.part, asked.folder, asked.workers)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        origin = prepare(folder, asked.rows)
        turns: list[dict[str, dict[str, Any]]] = []
        for _ in range(asked.turns):
            turns.append({part: apart(part, folder) for part in PARTS})
            print(json.dumps(turns[-1]), file=sys.stderr, flush=True)
        print(
            f"{asked.rows} rows drawn from the credit table ({origin}), {asked.turns} turns, load {os.getloadavg()}\n"
        )
        print(table(turns, asked.rows))


if __name__ == "__main__":
    main()
