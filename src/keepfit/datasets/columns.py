"""The facts of a table's columns: kinds, missing values, quantiles, what could be stored smaller, what looks odd."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from keepfit.datasets.kinds import ColumnKind, column_kind, declared_kind, known_values
from keepfit.datasets.numbers import holds_texts
from keepfit.datasets.oddities import text_oddities
from keepfit.datasets.sentinels import sentinels
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection
from keepfit.signature import Kind

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_TOP = 12
_LARGEST_FLOAT32 = 3.4028235e38
_LARGEST_WHOLE = 2.0**63


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of a table.

    Attributes
    ----------
    name, kind, dtype
        What it is called, what its values are, and the type they are stored in.
    rows, missing, distinct
        Rows, rows without a value, and different values.
    described_rows
        Rows that quantiles, the most frequent values, sentinels and oddities were found in: all, or those of a sample.
    bytes, narrow_dtype, narrow_bytes
        Memory now, the smallest type that holds every value (fractions in the float32 that models take), and the memory
        in it.
    mean, deviation, quantiles
        Of a number: mean, standard deviation (of the sample), and the values at `QUANTILES`; None and empty otherwise.
    top
        The most frequent values as texts, with their counts: of all rows, so about that many where they were sampled.
    sentinels
        Values that look like a word for missing, with their counts as in `top`; see `keepfit.datasets.sentinels`.
    oddities
        What looks odd in its texts, each in a clause with its counts; see `keepfit.datasets.oddities`.
    """

    name: str
    kind: ColumnKind
    dtype: str
    rows: int
    missing: int
    distinct: int
    described_rows: int
    bytes: int
    narrow_dtype: str
    narrow_bytes: int
    mean: float | None
    deviation: float | None
    quantiles: tuple[float, ...]
    top: tuple[tuple[str, int], ...]
    sentinels: tuple[tuple[str, int], ...]
    oddities: tuple[str, ...] = ()

    @property
    def missing_share(self) -> float:
        """Share of the rows without a value."""
        return self.missing / self.rows if self.rows else 0.0

    @property
    def is_constant(self) -> bool:
        """Whether there is one value only, and none missing."""
        return self.distinct == 1 and not self.missing

    @property
    def is_sampled(self) -> bool:
        """Whether only some of the rows were looked at."""
        return self.described_rows != self.rows


def describe_columns(frame: pl.DataFrame, section: DataSection | None = None) -> tuple[ColumnFacts, ...]:
    """Return the facts of every column, in the table's order.

    Parameters
    ----------
    frame
        The table.
    section
        What the project declares of kinds, which goes before what the values look like.

    Raises
    ------
    DatasetError
        When a column holds lists, structures or bytes.
    """
    for series in frame:
        if series.dtype.is_nested() or series.dtype in (pl.Binary, pl.Object):
            raise DatasetError(
                f"holds {series.dtype}, which is no kind of value",
                where=f'column "{series.name}"',
                hint="drop it: [data] drop in keepfit.toml",
            )
    return tuple(_describe(series, declared_kind(series.name, section) if section else None) for series in frame)


def _describe(series: pl.Series, declared: Kind | None) -> ColumnFacts:
    known = known_values(series)
    distinct = known.n_unique() if known.len() else 0
    narrow = _narrow(series, known, distinct)
    counts = known.value_counts(sort=True)
    numbers = known.cast(pl.Float64) if known.len() and known.dtype.is_numeric() else pl.Series(dtype=pl.Float64)
    return ColumnFacts(
        name=series.name,
        kind=column_kind(series, distinct, declared),
        dtype=str(series.dtype),
        rows=series.len(),
        missing=series.len() - known.len(),
        distinct=distinct,
        described_rows=series.len(),
        bytes=int(series.estimated_size()),
        narrow_dtype=narrow[0],
        narrow_bytes=narrow[1],
        mean=_float(numbers.mean()),
        deviation=_float(numbers.std()),
        quantiles=tuple(_float(numbers.quantile(at, "linear")) or 0.0 for at in QUANTILES) if numbers.len() else (),
        top=tuple((str(value), int(count)) for value, count in counts.head(_TOP).iter_rows()),
        sentinels=sentinels(known, counts),
        oddities=text_oddities(known, counts) if holds_texts(known.dtype) else (),
    )


def _narrow(series: pl.Series, known: pl.Series, distinct: int) -> tuple[str, int]:
    """Return the smallest type that holds every value, and its bytes."""
    validity = (series.len() + 7) // 8 if known.len() < series.len() else 0
    if series.dtype.is_integer():
        small = series.shrink_dtype().dtype
    elif series.dtype.is_float():
        small = _narrow_float(known)
    elif series.dtype == pl.String and distinct <= series.len() // 2:
        width = 1 if distinct < 2**8 else 2 if distinct < 2**16 else 4
        vocabulary = int(known.unique().str.len_bytes().sum())
        return "Categorical", series.len() * width + vocabulary + validity
    else:
        return str(series.dtype), int(series.estimated_size())
    return str(small), series.len() * _width(small) + validity


def _narrow_float(known: pl.Series) -> pl.DataType:
    """Return the smallest type for numbers that are stored with fractions, whether they have some or not."""
    largest = float(known.abs().max() or 0.0)  # type: ignore[arg-type]
    if known.len() and largest < _LARGEST_WHOLE and bool((known == known.round()).all()):
        return known.cast(pl.Int64).shrink_dtype().dtype
    is_finite = largest != float("inf")
    return pl.Float64() if is_finite and largest > _LARGEST_FLOAT32 else pl.Float32()


def _width(dtype: pl.DataType) -> int:
    """Return the bytes of a value: a number's type is named after its bits."""
    return int(re.sub(r"\D", "", str(dtype))) // 8


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
