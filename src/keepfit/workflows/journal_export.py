"""`keepfit journal export`: predictions with their newest labels, in a file for other programs."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from keepfit.datasets.table_writer import require_writable, table_writer
from keepfit.journal import Window
from keepfit.journal.exported import read_exported
from keepfit.workflows.rooms import Progress, Rooms, no_progress

_SCHEMA: dict[str, pl.DataType] = {
    "seq": pl.Int64(),
    "id": pl.String(),
    "at": pl.String(),
    "model_version": pl.Int64(),
    "entity": pl.String(),
    "features": pl.String(),
    "probability": pl.Float64(),
    "decision": pl.String(),
    "duration_seconds": pl.Float64(),
    "label": pl.String(),
    "label_at": pl.String(),
}


def export(rooms: Rooms, out: Path, window: Window, *, on_progress: Progress = no_progress) -> int:
    """Write the predictions of a window to a .csv or .parquet file; return how many.

    The file is there when it is whole; memory does not grow with its rows.

    Raises
    ------
    DatasetError
        When it cannot be written, or is of another format.
    """
    require_writable(out, "OUT")
    part = out.with_name(f".{out.name}.part")
    count = 0
    try:
        with rooms.journal() as journal, table_writer(part, _SCHEMA, becomes=out) as writer:
            journal.match_labels(window.project)
            total = journal.count(window.project)
            for rows in read_exported(journal, window):
                writer.write(pl.DataFrame(rows, schema=_SCHEMA, orient="row"))
                count += len(rows)
                on_progress("export", min(count, total), total)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return count
