"""A table's cell: how it is read, and what it is sorted by."""

from __future__ import annotations

import math

from keepfit.reporting.page import STATES, Cell, Mark, TableColumn, Worded

NOTHING = "–"  # noqa: RUF001 - a dash, as typography has it
_LARGE, _HUGE = 999.5, 1e12  # between the two there are thousands, and no digits behind the point


def cell_text(value: Cell, column: TableColumn) -> str:
    """Return a cell as it is read; nothing and NaN are a dash."""
    if isinstance(value, (Mark, Worded)):
        return value.text
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOTHING
    if isinstance(value, (str, bool)) or not column.is_number:
        return str(value)
    return _number_text(value, column.form)


def sort_value(value: Cell) -> str:
    """Return what a cell is sorted by; the empty string, for nothing, comes last either way."""
    if isinstance(value, Mark):
        return f"{STATES.index(value.state)} {value.text}"
    if isinstance(value, Worded):
        value = value.sort_value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(value)


def _number_text(value: float, form: str) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"  # noqa: RUF001 - the sign of a number
    if isinstance(value, int) and not form.endswith("%"):
        return f"{value:,}"
    if form.endswith("g") and _LARGE <= abs(value) < _HUGE:  # 71,188 rather than 7.119e+04, 1,423 beside it
        return f"{value:,.0f}"
    return format(value, form)
