"""The templates: everything that goes into one is escaped unless it is a figure of our own."""

from __future__ import annotations

import math
from functools import cache

import jinja2

from keepfit.reporting.page import Cell, Mark, TableColumn


@cache
def templates() -> jinja2.Environment:
    """Return the environment of the kit's templates."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("keepfit.reporting"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["cell"] = _cell_text
    environment.filters["sort_value"] = _sort_value
    environment.tests["mark"] = lambda value: isinstance(value, Mark)
    environment.globals["kind"] = lambda block: type(block).__name__
    return environment


def _cell_text(value: Cell, column: TableColumn) -> str:
    """Return a cell as it is read; nothing and NaN are a dash."""
    if isinstance(value, Mark):
        return value.text
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"  # noqa: RUF001 - a dash, as typography has it
    if isinstance(value, str) or not column.is_number:
        return str(value)
    return f"{value:,}" if isinstance(value, int) else format(value, column.form)


def _sort_value(value: Cell) -> str:
    """Return what a cell is sorted by."""
    if isinstance(value, Mark):
        return value.text
    return "" if value is None else str(value)
