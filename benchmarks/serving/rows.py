"""What rows cost in process: the exported graph beside the same model as it would be without folding.

Usage: .venv/bin/python benchmarks/serving/rows.py [--turns 15]

Trains on the credit table a forest of 141 trees, a LightGBM of 200 and the default ensemble. Each is asked by
`Graph.probabilities`, as the service asks, on one thread, each time other rows of the table, in two forms by turns:

- plain: the graph as skl2onnx writes it (of LightGBM: what stands before our node of trees), with the last row of an
  odd number scored twice; of the ensemble, which has no such front, our own graph with that;
- exported: the graph as it is in the bundle.

A time is the least of the turns' medians, which other work on the machine disturbs least; a ratio is of these. Memory
is what a process of its own holds more after loading the graph than before, and, in brackets, after `malloc_trim`.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

SEED = 42
SIZES = (1, 2, 8, 32, 1000)
ROWS_A_TURN = 600
FORMS = ("plain", "exported")
MODELS = {
    "random forest, 141 trees": '[[training.candidates]]\nmodel = "random_forest"\ngrid = { n_estimators = [141] }',
    "LightGBM, 200 trees": '[[training.candidates]]\nmodel = "lightgbm"\ngrid = { n_estimators = [200] }',
    "ensemble": "",
}
PROJECT = """\
[project]
name = "rows-benchmark"

[data]
source = "credit"
target = "Status"
positive = "good"
drop = ["rownames"]

[request]
missing = "accept"
unseen = "accept"

[training]
categories = "one-hot"
calibration = "none"
threshold = 0.5

"""


def trained(declared: str) -> tuple[Any, Any, str]:
    """Train in a folder of its own; return the model, the rows of the table, and where it came from."""
    from keepfit.scoring import history_door  # noqa: PLC0415 - here and below: the process that loads needs less
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415
    from keepfit.workflows.train import train  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        Path(name, "keepfit.toml").write_text(PROJECT + declared, encoding="utf-8")
        report = train(Rooms.open(Path(name)))
        dataset = report.dataset
        rows = history_door(dataset.signature).table(dataset.frame)
        return report.result.best.model, rows, str(dataset.source.origin)


def plain(model: Any) -> bytes:
    """Return the graph without folding, and without its promise."""
    import onnx  # noqa: PLC0415

    from keepfit.scoring.graph import OUTPUT  # noqa: PLC0415
    from keepfit.training import tree_graph  # noqa: PLC0415

    if model.family == "random_forest":
        whole = tree_graph.converted(model.estimator, model.width, {"zipmap": False})
        for output in [output for output in whole.graph.output if output.name != OUTPUT]:
            whole.graph.output.remove(output)
    else:
        with mock.patch.object(tree_graph, "pipeline_sources", return_value=None):
            whole = onnx.load_from_string(model.to_onnx())
    del whole.metadata_props[:]
    serialized: bytes = whole.SerializeToString()
    return serialized


def times(graphs: dict[str, Any], rows: Any, size: int, turns: int) -> dict[str, float]:
    """Return microseconds of a call with so many rows, of each form, the forms by turns."""
    import numpy as np  # noqa: PLC0415

    rng = np.random.default_rng(SEED)
    found: dict[str, list[float]] = {form: [] for form in graphs}
    for _ in range(turns):
        for form, graph in graphs.items():
            asked = [rows[rng.integers(0, len(rows), size)] for _ in range(max(20, ROWS_A_TURN // size))]
            took = []
            for batch in asked:
                begun = time.perf_counter()
                graph.probabilities(batch)
                took.append(time.perf_counter() - begun)
            found[form].append(statistics.median(took) * 1e6)
    return {form: min(medians) for form, medians in found.items()}


def megabytes() -> float:
    """Return the memory that this process holds."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6


def load(path: Path) -> None:
    """Load a graph in this process, and print what it holds more."""
    from keepfit.scoring.graph import Graph  # noqa: PLC0415

    before, model = megabytes(), path.read_bytes()
    graph = Graph(model, where=path.name)
    after = megabytes()
    ctypes.CDLL(None).malloc_trim(0)
    print(f"{after - before:.0f} ({megabytes() - before:.0f})")
    del graph


def held(model: bytes) -> str:
    """Return what a process of its own holds more after loading a graph."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "model.onnx")
        path.write_bytes(model)
        command = [sys.executable, __file__, "--load", str(path)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def measured(name: str, declared: str, turns: int) -> tuple[list[str], list[str], str]:
    """Return the lines of a model for both tables, and where its rows came from."""
    from keepfit.scoring.graph import Graph  # noqa: PLC0415

    model, rows, origin = trained(declared)
    forms = {"plain": plain(model), "exported": model.to_onnx()}
    graphs = {form: Graph(one, where=form) for form, one in forms.items()}
    lines = []
    for size in SIZES:
        took = times(graphs, rows, size, turns)
        cells = " | ".join(f"{took[form]:,.1f}" for form in FORMS)
        lines.append(f"| {name} | {size} | {cells} | **{took['plain'] / took['exported']:.2f}** |")
        print(lines[-1], file=sys.stderr, flush=True)
    sizes = " | ".join(f"{len(forms[form]) / 1e6:.1f}" for form in FORMS)
    return lines, [f"| {name} | {sizes} | {' | '.join(held(forms[form]) for form in FORMS)} |"], origin


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.load:
        load(asked.load)
        return
    found = [measured(name, declared, asked.turns) for name, declared in MODELS.items()]
    print(f"the credit table ({found[0][2]}), {asked.turns} turns, load {os.getloadavg()}\n")
    print("| model | rows in a call | plain, µs | exported, µs | ratio |\n|---|--:|--:|--:|--:|")
    print("\n".join(line for lines, _, _ in found for line in lines))
    print("\n| model | plain, MB | exported, MB | memory, plain, MB | memory, exported, MB |\n|---|--:|--:|--:|--:|")
    print("\n".join(line for _, lines, _ in found for line in lines))


if __name__ == "__main__":
    main()
