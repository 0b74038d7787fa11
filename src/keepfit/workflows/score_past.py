"""The past of a panel's rows in batch scoring: of the months that the scored file itself has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from keepfit.datasets.batches import TableBatches, batch_rows
from keepfit.datasets.panel import read_panel
from keepfit.ownership import UNKNOWN, Cells, history_names
from keepfit.panel_columns import PanelColumns
from keepfit.panel_record import MOST_MONTHS
from keepfit.signature import Offers

_FLAGS = {"false": "0", "true": "1"}


@dataclass(frozen=True, slots=True)
class TablePast:
    """What the months of a file say of each of its rows.

    Attributes
    ----------
    names
        The columns of the past.
    cells
        Their values, -1 where nothing is known, `(n_rows, n_names)`.
    """

    names: tuple[str, ...]
    cells: Cells

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Names and types of its columns."""
        return dict.fromkeys(self.names, pl.Int8())

    def beside(self, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield batches of the file, in its order, with the past beside each row."""
        first = 0
        for frame in batches:
            part = self.cells[first : first + frame.height]
            told = (pl.Series(name, part[:, at]) for at, name in enumerate(self.names))
            yield frame.with_columns(series.set(series == UNKNOWN, None) for series in told)
            first += frame.height


def table_past(
    table: TableBatches, offers: Offers, *, missing_values: Sequence[str] | None, where: str
) -> TablePast | None:
    """Return the past of a file's rows; None where it does not say whom a row is about, or lacks a product.

    Up to 120 months in a row may have no row, as the history of a record may lack them.

    Parameters
    ----------
    table
        The file.
    offers
        Of the model.
    missing_values
        Texts of a CSV that mean: no value. None of a file that has types.
    where
        What an error names.

    Raises
    ------
    DatasetError
        When the file has these columns, and is no panel; see `read_panel`.
    """
    panel = offers.panel
    needed = [panel.entity, panel.month, *panel.products]
    if not set(needed) <= set(table.schema):
        return None
    width = len(table.schema if table.holds_texts else needed)
    parts = [part for part in table.read(needed, rows=batch_rows(width, texts=table.holds_texts)) if part.height]
    names = history_names(panel.products, panel.lags)
    if not parts:
        return TablePast(names, np.empty((0, len(names)), dtype=np.int8))
    frame = pl.concat(parts) if missing_values is None else _said(pl.concat(parts), panel, missing_values)
    return TablePast(names, read_panel(frame.lazy(), panel, where=where, longest_gap=MOST_MONTHS).history())


def _said(texts: pl.DataFrame, panel: PanelColumns, missing_values: Sequence[str]) -> pl.DataFrame:
    """Return what the texts of a CSV say: nothing where they mean no value; a product may be true or false too."""
    known = texts.with_columns(pl.when(pl.all().is_in(list(missing_values))).then(None).otherwise(pl.all()).name.keep())
    flags = (
        pl.when(pl.col(name).str.to_lowercase().is_in(list(_FLAGS)))
        .then(pl.col(name).str.to_lowercase().replace(_FLAGS))
        .otherwise(pl.col(name))
        .alias(name)
        for name in panel.products
    )
    return known.with_columns(flags)
