"""The target: one column, two classes, as codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.names import nearest_column, said_table
from keepfit.errors import DatasetError, nearest
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome, above, label_text

_CLASSES = 2
_FEWEST_ROWS = 10
_MOST_MISSING = 0.95
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a table.

    Attributes
    ----------
    codes
        Class 0 or 1 of the rows that have a target, `(n_known,)`.
    known
        Which rows have one, `(n_rows,)`.
    outcome
        The column and its two labels.
    """

    codes: NDArray[np.int8]
    known: NDArray[np.bool_]
    outcome: Outcome


def build_target(frame: pl.DataFrame, section: DataSection) -> Target:
    """Return the target that the project names.

    Raises
    ------
    DatasetError
        When the column is absent, nearly all missing, has not two classes, or too few rows of one; or when
        `positive` is none of them.
    """
    where = f'keepfit.toml: [data] target = "{section.target}"'
    if section.target not in frame.columns:
        raise DatasetError(
            f"no such column in {said_table(frame.columns, section)}",
            where=where,
            hint=nearest_column(section.target, frame.columns),
        )
    column = frame[section.target].fill_nan(None) if frame[section.target].dtype.is_float() else frame[section.target]
    if section.positive_above is not None:
        column = _classes_of_number(column, section.positive_above, where)
    known = column.is_not_null().to_numpy()
    if (~known).mean() > _MOST_MISSING:
        said = f"{len(known) - known.sum()} of {len(known)} values are missing"
        raise DatasetError(said, where=where, hint="choose a column that is known for most rows")
    texts = np.array([label_text(value) for value in column.drop_nulls().to_list()], dtype=object)
    labels, counts = np.unique(texts, return_counts=True)
    _require_two_classes(labels, counts, where, is_number=column.dtype.is_numeric())
    positive = labels[-1] if section.positive is None else section.positive
    if section.positive_above is not None and section.positive is None:
        positive = above(section.positive_above)
    if positive not in labels:
        raise DatasetError(
            "is not a class of the target",
            where=f'keepfit.toml: [data] positive = "{positive}"',
            hint=nearest(positive, list(labels)),
        )
    negative = next(label for label in labels if label != positive)
    return Target(
        (texts == positive).astype(np.int8), known, Outcome(section.target, negative, positive, section.positive_above)
    )


def _classes_of_number(column: pl.Series, limit: float, where: str) -> pl.Series:
    """Return a number's two classes by a limit, as texts."""
    if not column.dtype.is_numeric():
        raise DatasetError(
            f"holds {column.dtype}, which has no values above {limit:g}",
            where=where,
            hint="leave [data] positive_above out, or choose a column of numbers",
        )
    texts = pl.when(column > limit).then(pl.lit(above(limit))).otherwise(pl.lit(f"up to {limit:g}"))
    return pl.select(pl.when(column.is_null()).then(None).otherwise(texts).alias(column.name)).to_series()


def _require_two_classes(
    labels: NDArray[np.object_], counts: NDArray[np.int64], where: str, *, is_number: bool
) -> None:
    if len(labels) == 1:
        raise DatasetError(
            f'has one class only, "{labels[0]}"', where=where, hint="there is nothing to predict; bring rows of both"
        )
    if len(labels) > _CLASSES:
        shown = ", ".join(str(label) for label in labels[:_SHOWN])
        raise DatasetError(
            f"has {len(labels)} classes ({shown}, …); two are supported"
            if len(labels) > _SHOWN
            else f"has {len(labels)} classes ({shown}); two are supported",
            where=where,
            hint="set [data] positive_above to make two of it" if is_number else "make it yes or no first",
        )
    rarest = int(counts.argmin())
    if counts[rarest] < _FEWEST_ROWS:
        raise DatasetError(
            f'the class "{labels[rarest]}" has {counts[rarest]} rows; at least {_FEWEST_ROWS} are needed',
            where=where,
            hint="bring more rows of it",
        )
