"""The dataset of a panel: rows whose next month is known, what they add in it, and what their past says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.additions import Additions
from keepfit.datasets.cleaning import clean_table
from keepfit.datasets.dataset import Dataset
from keepfit.datasets.date_columns import date_format
from keepfit.datasets.dates import dates_in
from keepfit.datasets.fingerprint import fingerprint
from keepfit.datasets.numbers import holds_texts
from keepfit.datasets.panel import Panel, read_panel
from keepfit.datasets.panel_split import PanelSplit, split_panel
from keepfit.datasets.schema import infer_signature
from keepfit.datasets.source import SourcedTable
from keepfit.datasets.split import Split
from keepfit.errors import DatasetError, nearest
from keepfit.ownership import UNKNOWN, Cells, history_names
from keepfit.panel_columns import PanelColumns
from keepfit.panel_record import HISTORY
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.project.panel_section import PanelSection
from keepfit.signature import Column, Kind, Offers, Outcome, Signature

NOTHING, SOMETHING = "nothing", "something"
_WHERE = "keepfit.toml: [panel]"


def prepare_panel(table: SourcedTable, data: DataSection, panel: PanelSection, request: RequestSection) -> Dataset:
    """Prepare a panel for training: its rows from the first month that teaches to the last whose next one is known.

    Parameters
    ----------
    table
        The table.
    data, panel, request
        The project's sections.

    Raises
    ------
    DatasetError
        See `read_panel`, `split_panel` and `infer_signature`; or when `[data] target` is a column already, a column of
        `[panel]` is not there, another is called as the past of a row is, or a day since which somebody is a customer
        is after the row's own.
    """
    _require_names(table.frame.columns, data, panel)
    data = _with_kinds(table.frame, data, panel)
    cleaned = clean_table(table.frame, data)
    frame = _possible(cleaned.frame, data, panel)
    columns = _panel_columns(frame, data, panel)
    found = read_panel(frame.lazy(), columns, where=data.source)
    parts = split_panel(found, train_from=panel.train_from, hold_from=panel.hold_from, where=_WHERE)
    rows = np.sort(np.concatenate([parts.train, parts.holdout]))
    past = found.history(rows)
    additions = _additions(found, parts, rows)
    split = Split(np.searchsorted(rows, parts.train), np.searchsorted(rows, parts.holdout))
    outcome = Outcome(data.target, NOTHING, SOMETHING, products=columns.products)
    known = infer_signature(frame, data, request, rows=parts.train, outcome=outcome)
    return Dataset(
        frame=_frame(frame[rows.tolist()], past, additions, columns, data.target),
        target=np.asarray(additions.added.any(axis=1), dtype=np.int8),
        signature=_signature(known, columns, past[split.train], parts.products, panel),
        split=split,
        groups=None,
        times=found.months[rows],
        fingerprint=fingerprint(table.frame),
        source=table,
        cleaned=cleaned,
        additions=additions,
    )


def _with_kinds(frame: pl.DataFrame, data: DataSection, panel: PanelSection) -> DataSection:
    """Return the section with the panel's days declared as dates, and products that are written as text as numbers.

    A panel may have few different days; and of a category of texts 0 and 1 the codes need not be 0 and 1.
    """
    days = {name: Kind.DATE for name in (panel.month, panel.since) if name}
    kinds = {name: kind for name, kind in data.kinds.items() if name not in panel.products}
    texts = [name for name in panel.products if holds_texts(frame.schema[name])]
    return data.model_copy(update={"kinds": {**kinds, **days}, "numbers": list(dict.fromkeys([*data.numbers, *texts]))})


def _require_names(names: Sequence[str], data: DataSection, panel: PanelSection) -> None:
    """Refuse a table that lacks a column of the panel, or has one that is called as what is made of it."""
    for name in (panel.month, *([panel.since] if panel.since else []), *panel.products):
        if name not in names:
            raise DatasetError(f'no such column "{name}" in {data.source}', where=_WHERE, hint=nearest(name, names))
    if data.target in names:
        said = f'"{data.target}" is a column of {data.source}; of a panel the target is made'
        raise DatasetError(said, where="keepfit.toml: [data] target", hint='call it otherwise, such as "added"')
    made = {HISTORY, *history_names(panel.products, panel.lags)} - set(data.drop)
    if taken := [name for name in names if name in made]:
        said = f'"{taken[0]}" is a column of {data.source}, and what a panel calls the past of a row'
        raise DatasetError(said, where=_WHERE, hint="call the column otherwise, or drop it: [data] drop")


def _panel_columns(frame: pl.DataFrame, data: DataSection, panel: PanelSection) -> PanelColumns:
    form = date_format(frame[panel.month], data, f"{_WHERE} month")
    entity, products, lags = data.entity or "", tuple(panel.products), tuple(panel.lags)
    return PanelColumns(entity, panel.month, products, form or "", lags, panel.memory)


def _possible(frame: pl.DataFrame, data: DataSection, panel: PanelSection) -> pl.DataFrame:
    """Return the table without days since which somebody is a customer that are after the row's own, or refuse them."""
    if not panel.since:
        return frame
    since, month = (
        dates_in(frame[name], date_format(frame[name], data, f"{_WHERE} {name}") or "").days
        for name in (panel.since, panel.month)
    )
    is_late = (since > month).fill_null(value=False)
    if not is_late.any():
        return frame
    if panel.impossible == "missing":
        return frame.with_columns(frame[panel.since].set(is_late, None))
    row = int(is_late.arg_max() or 0)
    said = (
        f"row {row + 1}: {panel.since} {frame[panel.since][row]} is after {panel.month} {frame[panel.month][row]}, "
        f"as in {int(is_late.sum())} rows"
    )
    raise DatasetError(said, where=data.source, hint='correct them, or declare [panel] impossible = "missing"')


def _additions(panel: Panel, parts: PanelSplit, rows: NDArray[np.int64]) -> Additions:
    places = [panel.ownership.products.index(product) for product in parts.products]
    added, _ = panel.additions()
    owned = panel.ownership.bits[panel.entities[rows], panel.months[rows]]
    return Additions(
        added=panel.ownership.flags(added[rows])[:, places] == 1,
        is_open=panel.ownership.flags(owned)[:, places] == 0,
        entities=panel.entities[rows],
        months=panel.months[rows],
        ownership=panel.ownership,
        month_names=panel.month_names,
        never_added=parts.never_added,
    )


def _frame(frame: pl.DataFrame, past: Cells, additions: Additions, columns: PanelColumns, target: str) -> pl.DataFrame:
    """Return the rows with what their past says, and with the target."""
    names = history_names(columns.products, columns.lags)
    told = [pl.Series(name, past[:, at]) for at, name in enumerate(names)]
    labels = np.where(additions.added.any(axis=1), SOMETHING, NOTHING)
    return frame.with_columns(*(series.set(series == UNKNOWN, None) for series in told), pl.Series(target, labels))


def _signature(
    known: Signature, columns: PanelColumns, past: Cells, products: tuple[str, ...], panel: PanelSection
) -> Signature:
    """Return a signature with the columns of the past, and with what is offered."""
    optional = {column.name: column.optional for column in known.columns}
    optional |= {**dict.fromkeys(columns.products, True), columns.month: False}
    sent = tuple(replace(column, optional=optional[column.name]) for column in known.columns)
    sent = tuple(_product_column(column) if column.name in columns.products else column for column in sent)
    names = history_names(columns.products, columns.lags)
    made = tuple(_past_column(name, past[:, at]) for at, name in enumerate(names))
    titles = {
        language: tuple(called.get(product, product) for product in products)
        for language, called in panel.names.items()
    }
    return replace(known, columns=(*sent, *made), offers=Offers(columns, products, titles, panel.since))


def _product_column(column: Column) -> Column:
    """Return the column of a product: of 0 and 1 both are taken as they are, though only one of them was seen."""
    return replace(column, minimum=0.0, maximum=1.0, out_of_range="accept") if column.kind.is_numeric else column


def _past_column(name: str, values: NDArray[np.int8]) -> Column:
    known = values[values != UNKNOWN]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    return Column(name, Kind.INTEGER, optional=True, minimum=low, maximum=high, is_past=True)
