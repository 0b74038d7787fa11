"""The days of the rows of a table, by which their seasons go."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.date_columns import date_format
from keepfit.datasets.dates import dates_in
from keepfit.datasets.names import nearest_column
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

NO_DAY = np.iinfo(np.int64).min
_WHERE = "keepfit.toml: [monitoring.season] column"


def row_days(frame: pl.DataFrame, name: str, section: DataSection) -> NDArray[np.int64]:
    """Return the day of each row, `(n_rows,)`, in days since 1970-01-01; `NO_DAY` where there is none.

    Raises
    ------
    DatasetError
        When there is no such column, or it holds no dates.
    """
    if name not in frame.columns:
        raise DatasetError(f'no such column "{name}"', where=_WHERE, hint=nearest_column(name, frame.columns))
    form = date_format(frame[name], section, f"{_WHERE} = {name}")
    if form is None:
        hint = f'say how they are written: [data.dates] {name} = "%d-%m-%Y"'
        raise DatasetError("holds no dates", where=f"{_WHERE} = {name}", hint=hint)
    return dates_in(frame[name], form).days.cast(pl.Int64).fill_null(NO_DAY).to_numpy()
