"""Records of the panel as a bank's system would send them, each with its months before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.panel_columns import PanelColumns
from keepfit.panel_record import HISTORY

HISTORY_MONTHS = 10
RECORDS = 1000


def write_records(folder: Path, table: pl.DataFrame, held: pl.DataFrame, panel: PanelColumns, seed: int) -> None:
    """Write records of the last month of the held-out rows.

    Parameters
    ----------
    folder
        Where.
    table
        As it was read, all months.
    held
        The held-out rows; of the last month of them, up to `RECORDS` entities are drawn.
    panel
        Which columns say whom a row is about, its month and its products.
    seed
        Of the draw.
    """
    last = held[panel.month].max()
    known = held.filter(pl.col(panel.month) == last)[panel.entity].to_numpy()
    drawn = np.random.default_rng(seed).permutation(known)[:RECORDS]
    (folder / "records.json").write_text(json.dumps(_records(table, drawn, last, panel)), encoding="utf-8")


def read_records(folder: Path) -> list[dict[str, Any]]:
    """Return the records, each with its months before as `history`."""
    return json.loads((folder / "records.json").read_text(encoding="utf-8"))


def without_history(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record alone."""
    return {name: value for name, value in record.items() if name != HISTORY}


def _records(table: pl.DataFrame, entities: NDArray[np.int64], last: str, panel: PanelColumns) -> list[dict[str, Any]]:
    """Return the rows of a month of some entities, each with up to ten months before."""
    told = [panel.month, *panel.products]
    before: dict[int, list[dict[str, Any]]] = {int(entity): [] for entity in entities}
    found = []
    for row in table.filter(pl.col(panel.entity).is_in(entities)).sort(panel.month).iter_rows(named=True):
        months = before[row[panel.entity]]
        if row[panel.month] < last:
            months.append({name: row[name] for name in told})
        elif row[panel.month] == last:
            found.append({**row, HISTORY: months[-HISTORY_MONTHS:]})
    return found
