"""A panel: rows of the same entities month after month, and what each adds to its products by the next month."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.clock import utc_now
from keepfit.datasets.dates import dates_in
from keepfit.datasets.numbers import holds_texts, number_texts
from keepfit.errors import DatasetError, nearest
from keepfit.missing_text import MISSING_VALUES, missing_words
from keepfit.ownership import Bits, Cells, Ownership, Places, history, pack
from keepfit.panel_columns import MOST_PRODUCTS, PanelColumns

_MONTHS_OF_A_YEAR = 12
_WIDEST = 16  # times as far apart as there are rows, integers are numbered by a table of them, others by their order


@dataclass(frozen=True, slots=True)
class Panel:
    """A table of entities and months.

    Attributes
    ----------
    columns
        What makes it one.
    ownership
        What each entity has in each month.
    month_names
        The months, one after the other: `2015-01`.
    entities, months
        Numbers of each row's entity and month, `(n_rows,)`.
    """

    columns: PanelColumns
    ownership: Ownership
    month_names: tuple[str, ...]
    entities: Places
    months: Places

    def additions(self) -> tuple[Bits, NDArray[np.bool_]]:
        """Return what the next month adds to each row, and for which rows that is known, `(n_rows,)` each."""
        added, is_known = self.ownership.additions()
        places = self.entities * is_known.shape[1] + self.months
        return added.ravel().take(places), is_known.ravel().take(places)

    def history(self, rows: Places | None = None) -> Cells:
        """Return what the past says of some rows, by default of each; see `keepfit.ownership.history`."""
        entities, months = (self.entities, self.months) if rows is None else (self.entities[rows], self.months[rows])
        lags, memory = self.columns.lags, self.columns.memory
        return history(self.ownership, entities, months, lags, memory=memory, workers=os.cpu_count() or 1)


def read_panel(table: pl.LazyFrame, columns: PanelColumns, *, where: str, longest_gap: int = 0) -> Panel:
    """Read what makes a table a panel; other columns are not touched.

    Parameters
    ----------
    table
        The rows, in any order.
    columns
        Which of its columns mean what.
    where
        What an error names.
    longest_gap
        How many months in a row may have no row at all, between others.

    Raises
    ------
    DatasetError
        When a column is absent; an entity or a month is missing, no date, or in the future; a product is neither 0 nor
        1; an entity has two rows of a month; or more months in a row have no row.
    """
    _require_columns(table, columns, where)
    frame = table.select(columns.entity, columns.month, *columns.products).collect()
    if not frame.height:
        raise DatasetError("has no row", where=where, hint="name a table with a row for each entity and month")
    months, names = _months(frame[columns.month], columns.date_format, where, longest_gap)
    entities = _entities(frame[columns.entity], where)
    shape = int(entities.max()) + 1, len(names)
    places = entities * len(names) + months
    bits, is_known = np.zeros(shape, dtype=np.uint64), np.zeros(shape, dtype=np.bool_)
    is_known.ravel()[places] = True
    if np.count_nonzero(is_known) < frame.height:
        raise _two_of_a_month(frame, columns, places, where)
    flags = (_flag(frame[product], where) for product in columns.products)
    bits.ravel()[places] = pack(flags, frame.height)
    return Panel(columns, Ownership(columns.products, bits, is_known), names, entities, months)


def _require_columns(table: pl.LazyFrame, columns: PanelColumns, where: str) -> None:
    names = table.collect_schema().names()
    for name in (columns.entity, columns.month, *columns.products):
        if name not in names:
            raise DatasetError(f'no such column "{name}"', where=where, hint=nearest(name, names))
    if len(columns.products) > MOST_PRODUCTS:
        said = f"{len(columns.products)} products are named, a panel has {MOST_PRODUCTS} at the most"
        raise DatasetError(said, where=where, hint="leave out those that nobody adds")


def _months(column: pl.Series, form: str, where: str, longest_gap: int) -> tuple[Places, tuple[str, ...]]:
    """Return the number of each row's month, and the names of all months."""
    different = column.unique()  # few, of many rows
    days = dates_in(different, form).days
    if days.null_count():
        row = int(column.is_in(different.filter(days.is_null()), nulls_equal=True).arg_max() or 0)
        said = f"row {row + 1}, {column.name}: {column[row]!r} is no date of the format {form}"
        raise DatasetError(said, where=where, hint="each row of a panel is of a month")
    dates = days.cast(pl.Date)
    counted = dates.dt.year().cast(pl.Int32) * _MONTHS_OF_A_YEAR + dates.dt.month().cast(pl.Int32) - 1
    numbers = column.replace_strict(different, counted, return_dtype=pl.Int32).to_numpy()
    first, last = int(numbers.min()), int(numbers.max())
    now = utc_now()
    if last > now.year * _MONTHS_OF_A_YEAR + now.month - 1:
        row = int(numbers.argmax())
        said = f"row {row + 1}, {column.name}: {column[row]} lies in the future"
        raise DatasetError(said, where=where, hint="correct it, or the format of the dates")
    names = tuple(_name(number) for number in range(first, last + 1))
    told = np.flatnonzero(np.bincount(numbers - first))
    is_too_long = np.diff(told) - 1 > longest_gap
    if is_too_long.any():
        gap = names[int(told[is_too_long.argmax()]) + 1]
        said = f"{column.name}: there is no row of {gap}, and there are rows before it and after it"
        raise DatasetError(said, where=where, hint="add the month, or leave out what is before it")
    return (numbers - first).astype(np.int64), names


def _name(number: int) -> str:
    year, month = divmod(number, _MONTHS_OF_A_YEAR)
    return f"{year:04}-{month + 1:02}"


def _entities(column: pl.Series, where: str) -> Places:
    """Return a number from 0 for each row's entity, by their first rows: what is near in the table stays near."""
    if column.null_count():
        row = int(column.is_null().arg_max() or 0)
        said = f"row {row + 1}, {column.name}: whom the row is about is missing"
        raise DatasetError(said, where=where, hint="leave the row out")
    keys = _keys(column)
    first_row = np.full(int(keys.max()) + 1, -1)
    first_row[keys[::-1]] = np.arange(len(keys))[::-1]  # of several assignments to a place, the last one holds
    there = np.flatnonzero(first_row >= 0)
    numbers = np.empty_like(first_row)
    numbers[there[np.argsort(first_row[there])]] = np.arange(len(there))
    return numbers.take(keys)


def _keys(column: pl.Series) -> Places:
    """Return a number from 0 for each row that is the same for the same value; none is much above the rows' number."""
    if column.dtype in (pl.Int8, pl.Int16, pl.Int32, pl.Int64):
        least, greatest = column.min(), column.max()
        if isinstance(least, int) and isinstance(greatest, int) and greatest - least < _WIDEST * len(column):
            return column.to_numpy().astype(np.int64) - least
    return column.rank("dense").to_numpy().astype(np.int64) - 1


def _two_of_a_month(frame: pl.DataFrame, columns: PanelColumns, places: Places, where: str) -> DatasetError:
    """Return an error that names all rows of the first entity's month with more than one."""
    twice = np.flatnonzero(places == int((np.bincount(places) > 1).argmax()))
    rows = ", ".join(str(row + 1) for row in twice.tolist())
    who, when = frame[columns.entity][int(twice[0])], frame[columns.month][int(twice[0])]
    said = f"{columns.entity} {who} has {len(twice)} rows of the month of {when}: {rows}"
    return DatasetError(said, where=where, hint="leave one row for each entity and month")


def _flag(column: pl.Series, where: str) -> NDArray[np.bool_]:
    """Return whether a product is there; what is missing is not."""
    texts = number_texts(column, missing_words(MISSING_VALUES)) if holds_texts(column.dtype) else None
    if texts is not None and texts.is_wrong.any():
        row = int(texts.is_wrong.arg_max() or 0)
        raise _no_flag(column, row, where)
    known = column if texts is None else texts.numbers
    known = (known.fill_nan(None) if known.dtype.is_float() else known).fill_null(0)
    if not (known.dtype.is_integer() and known.min() in (0, 1) and known.max() in (0, 1)):  # whose ends tell all
        is_wrong = (known != 0) & (known != 1)
        if is_wrong.any():
            row = int(is_wrong.arg_max() or 0)
            raise _no_flag(column, row, where)
    return (known == 1).to_numpy()


def _no_flag(column: pl.Series, row: int, where: str) -> DatasetError:
    said = f"row {row + 1}, {column.name}: {column[row]!r} is neither 0 nor 1"
    return DatasetError(said, where=where, hint="a product is there (1) or is not (0)")
