"""A generated panel, prepared once as the product prepares it, and kept for the processes that learn from it.

Usage: python prepared.py FOLDER ROWS

Says how many rows there are, of which months, and what it took; the table is drawn and read before the clock starts.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from records import write_records  # the file beside this one

from keepfit.datasets import Additions, Dataset, fetch_table, prepare_panel
from keepfit.datasets.catalogue import CATALOGUE
from keepfit.datasets.source import SourcedTable
from keepfit.datasets.twins import santander
from keepfit.project import Project, read_project
from keepfit.scoring import history_door
from keepfit.signature import Signature

FILE = Path(__file__).parents[2] / "examples" / "product-recommendation" / "keepfit.toml"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What learners are given.

    Attributes
    ----------
    signature
        Of the door.
    matrix
        From the door, `(n_rows, n_columns)`.
    additions
        What each row adds.
    train, holdout
        Numbers of the rows that teach and that are held out.
    """

    signature: Signature
    matrix: NDArray[np.float32]
    additions: Additions
    train: NDArray[np.int64]
    holdout: NDArray[np.int64]


def declaration() -> Project:
    """Return the example's project file."""
    return read_project(FILE)


def read_prepared(folder: Path) -> Prepared:
    """Return what `main` wrote."""
    return Prepared(*pickle.loads((folder / "prepared.pickle").read_bytes()))


def read_raw(folder: Path) -> pl.DataFrame:
    """Return the same rows as a bank's system has them, without what their past says."""
    return pl.read_parquet(folder / "raw.parquet")


def drawn_table(project: Project, rows: int, cache: Path) -> SourcedTable:
    """Return the first rows of the generated panel, as the project would read them."""
    entry = replace(CATALOGUE[project.data.source], twin=partial(santander.generate, rows=rows))
    catalogue = {project.data.source: entry}
    return fetch_table(project.data, folder=FILE.parent, cache=cache, seed=project.project.seed, catalogue=catalogue)


def main() -> None:
    """Draw, prepare and keep the panel."""
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    project = declaration()
    table = drawn_table(project, rows, folder / "cache")
    began = time.perf_counter()
    dataset = prepare_panel(table, project.data, project.panel, project.request)
    matrix = history_door(dataset.signature).table(dataset.frame)
    seconds = time.perf_counter() - began
    split = dataset.split
    prepared = (dataset.signature, matrix, dataset.additions, split.train, split.holdout)
    (folder / "prepared.pickle").write_bytes(pickle.dumps(prepared))
    raw = dataset.frame.select(table.frame.columns)
    raw.write_parquet(folder / "raw.parquet")
    panel = dataset.signature.offers.panel
    write_records(folder, table.frame, raw[split.holdout.tolist()], panel, project.project.seed)
    print(json.dumps({**_described(dataset), "table_rows": rows, "seed": project.project.seed, "seconds": seconds}))


def _described(dataset: Dataset) -> dict[str, Any]:
    """Return what the table of the results says of the rows."""
    additions, split = dataset.additions, dataset.split
    found: dict[str, Any] = {}
    for name, rows in (("train", split.train), ("holdout", split.holdout)):
        months = additions.months[rows]
        ends = [additions.month_names[end] for end in (int(months.min()), int(months.max()))]
        added = additions.added[rows]
        found[name] = {
            "rows": len(rows),
            "months": ends,
            "adding": int(added.any(axis=1).sum()),
            "added": int(added.sum()),
        }
    return {**found, "products": additions.added.shape[1], "never_added": list(additions.never_added)}


if __name__ == "__main__":
    main()
