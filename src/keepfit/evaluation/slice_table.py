"""Parts of the rows on a page: a table of their scores, and how to read it."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.evaluation.intervals import Estimate
from keepfit.evaluation.metrics import METRICS
from keepfit.evaluation.slices import Slice
from keepfit.reporting import Cell, Mark, Table, TableColumn, Worded


def slice_table(slices: Sequence[Slice], metric: str) -> Table:
    """Compose a table of parts, by the metric that their gaps are measured in."""
    title = METRICS[metric].title
    columns = [
        TableColumn("column"),
        TableColumn("rows with"),
        TableColumn("rows", is_number=True),
        TableColumn("positive", is_number=True, form=".1%"),
        TableColumn("decided positive", is_number=True, form=".1%"),
        TableColumn(title, is_number=True),
        TableColumn(f"{title}, less that of all others", is_number=True),
        TableColumn(""),
    ]
    return Table(columns, [_row(one, metric) for one in slices])


def said_of_slices(slices: Sequence[Slice]) -> str:
    """Say how many parts differ, and how many would by chance."""
    different = sum(one.differs for one in slices)
    return (
        f"{different} of {len(slices)} parts differ from the other rows by more than their 95 % interval; of "
        "parts that do not differ, one of twenty would too."
    )


def scored(score: Estimate, form: str = ".3f") -> Cell:
    """Return a score with the ends of its interval as a cell; None where it is unknown."""
    if score.value != score.value:
        return None
    return Worded(f"{score.value:{form}} [{score.low:{form}}, {score.high:{form}}]", score.value)


def _row(one: Slice, metric: str) -> list[Cell]:
    mark = Mark("unknown", "few rows") if one.has_few_rows else Mark("warn", "differs") if one.differs else None
    return [
        one.column,
        one.label,
        one.rows,
        one.positives / one.rows,
        one.decided,
        scored(one.scores[metric]),
        scored(one.gap, "+.3f"),
        mark,
    ]
