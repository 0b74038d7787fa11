"""The rows of a panel that there is something to learn from: read, cleaned, and split by their months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.cleaning import CleanTable, clean_table
from keepfit.datasets.date_columns import date_format
from keepfit.datasets.dates import dates_in
from keepfit.datasets.left_out import LeftOut
from keepfit.datasets.numbers import holds_texts
from keepfit.datasets.panel import Panel, read_panel
from keepfit.datasets.panel_split import PanelSplit, split_panel
from keepfit.datasets.source import SourcedTable
from keepfit.datasets.survey import SurveyedTable
from keepfit.errors import DatasetError, nearest
from keepfit.ownership import history_names, pack
from keepfit.panel_columns import NOTHING, SOMETHING, PanelColumns
from keepfit.panel_record import HISTORY
from keepfit.project.data_section import DataSection
from keepfit.project.panel_section import PanelSection
from keepfit.signature import Kind

_WHERE = "keepfit.toml: [panel]"


@dataclass(frozen=True, slots=True)
class PanelRows:
    """A panel's table, and which of its rows teach and are held out.

    Attributes
    ----------
    section
        What the project declares, the panel's days among its dates, and products written as text among its numbers.
    cleaned
        The table after its cleaning.
    frame
        The same rows, without impossible days; all columns.
    panel, parts
        What makes it a panel, and which rows teach and are held out.
    """

    section: DataSection
    cleaned: CleanTable
    frame: pl.DataFrame
    panel: Panel
    parts: PanelSplit

    @property
    def is_told(self) -> NDArray[np.bool_]:
        """Whether a row teaches or is held out, `(n_rows,)`."""
        told = np.zeros(self.frame.height, dtype=np.bool_)
        told[self.parts.train] = told[self.parts.holdout] = True
        return told

    @property
    def adds(self) -> NDArray[np.bool_]:
        """Whether the next month adds a product that can be learnt, `(n_rows,)`; not where it is not known."""
        products = self.panel.ownership.products
        learnt = pack((np.array([product in self.parts.products]) for product in products), 1)
        added, _ = self.panel.additions()
        return np.asarray((added & learnt) != 0)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The other rows: of months before the first that teaches, of the last one, and those that none follows."""
        panel, first = self.panel, self.parts.first
        names, last = panel.month_names, len(panel.month_names) - 1
        is_early, is_last = panel.months < first, panel.months == last
        entity = panel.columns.entity
        parts = (
            (is_early, f"their months are before {names[first]}, the first that teaches"),
            (is_last, f"{names[last]} is the last month: what comes next is not known"),
            (~self.is_told & ~is_early & ~is_last, f"their {entity} has no row in the next month"),
        )
        return tuple(LeftOut(int(rows.sum()), reason) for rows, reason in parts if rows.any())

    def surveyed(self) -> SurveyedTable:
        """Return the rows that teach or are held out as a table to explore, with its target.

        They are those of `prepare_panel` without what their past says, and without the columns that are dropped.
        """
        is_told = self.is_told
        labels = pl.Series(self.section.target, np.where(self.adds[is_told], SOMETHING, NOTHING))
        frame = self.frame.drop(self.cleaned.dropped).filter(pl.Series(is_told)).with_columns(labels)
        return SurveyedTable(frame, self.cleaned.steps)


def read_panel_rows(table: SourcedTable, data: DataSection, panel: PanelSection) -> PanelRows:
    """Clean a panel, and split its rows by their months.

    Parameters
    ----------
    table
        The table.
    data, panel
        The project's sections.

    Raises
    ------
    DatasetError
        See `read_panel` and `split_panel`; or when `[data] target` is a column already, a column of `[panel]` is not
        there, another is called as the past of a row is, or a day since which somebody is a customer is after the
        row's own.
    """
    _require_names(table.frame.columns, data, panel)
    data = _with_kinds(table.frame, data, panel)
    cleaned = clean_table(table.frame, data)
    frame = _possible(cleaned.frame, data, panel)
    found = read_panel(frame.lazy(), _panel_columns(frame, data, panel), where=data.source)
    parts = split_panel(found, train_from=panel.train_from, hold_from=panel.hold_from, where=_WHERE)
    return PanelRows(data, cleaned, frame, found, parts)


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
