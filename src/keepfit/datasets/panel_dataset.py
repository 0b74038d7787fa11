"""The dataset of a panel: rows whose next month is known, what they add in it, and what their past says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.additions import Additions
from keepfit.datasets.dataset import Dataset
from keepfit.datasets.fingerprint import fingerprint
from keepfit.datasets.panel import Panel
from keepfit.datasets.panel_rows import read_panel_rows
from keepfit.datasets.panel_split import PanelSplit
from keepfit.datasets.schema import infer_signature
from keepfit.datasets.source import SourcedTable
from keepfit.datasets.split import Split
from keepfit.ownership import UNKNOWN, Cells, history_names
from keepfit.panel_columns import NOTHING, SOMETHING, PanelColumns
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.project.panel_section import PanelSection
from keepfit.signature import Column, Kind, Offers, Outcome, Signature


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
        See `read_panel_rows` and `infer_signature`.
    """
    read = read_panel_rows(table, data, panel)
    found, parts, columns = read.panel, read.parts, read.panel.columns
    rows = np.flatnonzero(read.is_told)
    past = found.history(rows)
    additions = _additions(found, parts, rows)
    split = Split(np.searchsorted(rows, parts.train), np.searchsorted(rows, parts.holdout))
    outcome = Outcome(data.target, NOTHING, SOMETHING, products=columns.products)
    known = infer_signature(read.frame, read.section, request, rows=parts.train, outcome=outcome)
    return Dataset(
        frame=_frame(read.frame.filter(pl.Series(read.is_told)), past, additions, columns, data.target),
        target=np.asarray(additions.added.any(axis=1), dtype=np.int8),
        signature=_signature(known, columns, past[split.train], parts.products, panel),
        split=split,
        groups=None,
        times=found.months[rows],
        fingerprint=fingerprint(table.frame),
        source=table,
        cleaned=read.cleaned,
        left_out=read.left_out,
        additions=additions,
    )


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
