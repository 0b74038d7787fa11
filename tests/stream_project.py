"""A small project whose champion a stream begins with, trained once for all tests of a process.

How it is used:

- `make_stream_project(folder)` puts it into a folder: `keepfit.toml`, its table, a champion, MLflow's store. `stream`
  changes keys of `[stream]`, `more` adds to the file.
- `rows_csv(rows, seed)` are new rows as a CSV, of the concept that the champion knows; `is_flipped` turns it round.
- `learnt(rooms)` is all that a stream has come to, but for how long it took: two that learnt the same are equal.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.history_file import HistoryFile
from keepfit.workflows.stream.saved_state import SavedState, StateFolder
from keepfit.workflows.train import train

HEADER = "a,b,job,y\n"
STREAM: Mapping[str, Any] = {"strategy": "linear", "parameters": {"eta0": 0.05}, "batch_rows": 20, "min_rows": 60}
_PROJECT = """[project]
name = "s"
seed = 1
[data]
source = "t.csv"
target = "y"
positive = "yes"
[[training.candidates]]
model = "logistic_regression"
grid = { C = [1.0] }
"""


def records(rows: int, seed: int, *, is_flipped: bool = False) -> list[dict[str, Any]]:
    """Return new rows: two numbers and a job decide, with noise."""
    rng = np.random.default_rng(seed)
    a, b, job = rng.normal(size=rows).round(3), rng.normal(size=rows).round(3), rng.choice(["fixed", "free"], rows)
    score = (2.2 * a - 1.5 * b + 0.8 * (job == "free") - 0.4) * (-1 if is_flipped else 1)
    y = np.where(rng.random(rows) < 1 / (1 + np.exp(-score)), "yes", "no")
    columns = (a.tolist(), b.tolist(), job.tolist(), y.tolist())
    return [dict(zip(HEADER.strip().split(","), row, strict=True)) for row in zip(*columns, strict=True)]


def csv_of(told: list[dict[str, Any]]) -> str:
    """Return records as a CSV."""
    return HEADER + "".join(",".join(map(str, record.values())) + "\n" for record in told)


def rows_csv(rows: int, seed: int, *, is_flipped: bool = False) -> str:
    """Return new rows as a CSV."""
    return csv_of(records(rows, seed, is_flipped=is_flipped))


def turning_csv(before: int, after: int, seed: int = 0) -> str:
    """Return rows of which the later ones are of the turned concept, as a CSV."""
    return csv_of(records(before, seed) + records(after, seed + 1, is_flipped=True))


def make_stream_project(folder: Path, *, more: str = "", **stream: Any) -> Rooms:
    """Put the project into a folder that is not there yet, or is empty."""
    shutil.copytree(_trained(), folder, dirs_exist_ok=True)
    declare(folder, more=more, **stream)
    return Rooms.open(folder)


def declare(folder: Path, *, more: str = "", **stream: Any) -> Rooms:
    """Write the project file anew; open it."""
    lines = [f"{name} = {_toml(value)}\n" for name, value in {**STREAM, **stream}.items()]
    (folder / "keepfit.toml").write_text(f"{_PROJECT}[stream]\n{''.join(lines)}{more}")
    return Rooms.open(folder)


def newest_state(rooms: Rooms) -> SavedState:
    """Return where the stream stands on disk."""
    state = StateFolder(rooms.workspace.stream).newest().state
    assert state is not None
    return state


def learnt(rooms: Rooms) -> dict[str, Any]:
    """Return what a stream has come to, without times and what follows from them."""
    state = newest_state(rooms)
    facts = {name: state.facts[name] for name in ("journey", "standing", "significance")}
    journey = dict(facts["journey"])
    journey.pop("stream")
    history = HistoryFile(rooms.workspace.stream).read(state.batches)
    return {
        "history": [{**one.to_dict(), "learn_seconds": 0} for one in history],
        "batches": state.batches,
        **facts,
        "journey": journey,
        "arrays": {name: (value.dtype.str, value.tolist()) for name, value in state.arrays.items()},
        "versions": [_version(rooms, version) for version in rooms.store.versions()],
        "champion": rooms.store.champion().facts.version,
    }


def _version(rooms: Rooms, version: int) -> dict[str, Any]:
    bundle = rooms.store.read(version)
    facts = bundle.facts
    told = {"threshold": facts.threshold, "scores": facts.scores, "probes": facts.probes}
    return {**told, "batch": facts.lineage.stream_batch, "model": (bundle.path / "model.onnx").read_bytes()}


@cache
def _trained() -> str:
    made = TemporaryDirectory(prefix="keepfit-stream-")
    _KEPT.append(made)
    folder = Path(made.name)
    (folder / "t.csv").write_text(rows_csv(300, 99))
    train(declare(folder))
    return made.name


_KEPT: list[TemporaryDirectory[str]] = []  # MLflow's artefacts stay where they were logged


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)
