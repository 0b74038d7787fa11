"""The past of a panel's rows in batch scoring: of the months that the scored file itself has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from keepfit.datasets.batches import TableBatches, batch_rows
from keepfit.datasets.panel import read_panel
from keepfit.ownership import UNKNOWN, Cells, history_names
from keepfit.signature import Offers


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


def table_past(table: TableBatches, offers: Offers, *, missing_values: Sequence[str], where: str) -> TablePast | None:
    """Return the past of a file's rows; None where it does not say whom a row is about, or lacks a product.

    Parameters
    ----------
    table
        The file.
    offers
        Of the model.
    missing_values
        Texts of a CSV that mean: no value.
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
    parts = list(table.read(needed, rows=batch_rows(width, texts=table.holds_texts)))
    if not parts:
        return None
    found = read_panel(pl.concat(parts).lazy(), panel, where=where, missing_values=missing_values)
    return TablePast(history_names(panel.products, panel.lags), found.history())
