"""What the columns of a table are: kinds, missing values, quantiles, what could be stored smaller, what looks odd."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from keepfit.datasets.oddities import text_oddities
from keepfit.errors import DatasetError

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_MOST_CATEGORIES = 100
_LONGEST_CATEGORY = 60
_NEAR_UNIQUE = 0.95
_MOST_CODES = 5
_LEAST_IDS = 50
_TOP = 12
_WORDS_FOR_MISSING = frozenset({"unknown", "n/a", "na", "nan", "none", "null", "missing", "?", "-", "--", "undefined"})
_NUMBERS_FOR_MISSING = (-999999, -9999, -999, -99, -9, -1, 99, 999, 9999, 99999, 999999)
_LEAST_SENTINELS = 0.002
_TEXTS = (pl.String, pl.Categorical, pl.Enum)


class ColumnKind(StrEnum):
    """What the values of a column are, as a reader would say; wider than the kinds that a model takes."""

    INTEGER = "integer"
    NUMBER = "number"
    CATEGORY = "category"
    FLAG = "flag"
    DATE = "date"
    ID = "id"
    TEXT = "text"
    EMPTY = "empty"

    @property
    def is_numeric(self) -> bool:
        """Whether values are compared by size."""
        return self in (ColumnKind.INTEGER, ColumnKind.NUMBER)


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of a table.

    Attributes
    ----------
    name, kind, dtype
        What it is called, what its values are, and the type they are stored in.
    rows, missing, distinct
        Rows, rows without a value, and different values.
    bytes, narrow_dtype, narrow_bytes
        Memory now, the smallest type that holds every value (fractions in the float32 that models take), and the memory
        in it.
    mean, deviation, quantiles
        Of a number: mean, standard deviation (of the sample), and the values at `QUANTILES`; None and empty otherwise.
    top
        The most frequent values as texts, with their counts.
    sentinels
        Values that look like a word for missing: `unknown`, or a -1 among values that are never negative.
    oddities
        What looks odd in its texts, each in a clause with its counts; see `keepfit.datasets.oddities`.
    """

    name: str
    kind: ColumnKind
    dtype: str
    rows: int
    missing: int
    distinct: int
    bytes: int
    narrow_dtype: str
    narrow_bytes: int
    mean: float | None
    deviation: float | None
    quantiles: tuple[float, ...]
    top: tuple[tuple[str, int], ...]
    sentinels: tuple[str, ...]
    oddities: tuple[str, ...] = ()

    @property
    def missing_share(self) -> float:
        """Share of the rows without a value."""
        return self.missing / self.rows if self.rows else 0.0

    @property
    def is_constant(self) -> bool:
        """Whether there is one value only, and none missing."""
        return self.distinct == 1 and not self.missing


def describe_columns(frame: pl.DataFrame) -> tuple[ColumnFacts, ...]:
    """Return the facts of every column, in the table's order.

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
    return tuple(_describe(series) for series in frame)


def _describe(series: pl.Series) -> ColumnFacts:
    values = series.fill_nan(None) if series.dtype.is_float() else series
    known = values.drop_nulls()
    distinct = known.n_unique() if known.len() else 0
    kind = _kind(known, distinct)
    narrow = _narrow(values, known, distinct)
    counts = known.value_counts(sort=True)
    numbers = known.cast(pl.Float64) if known.len() and known.dtype.is_numeric() else pl.Series(dtype=pl.Float64)
    return ColumnFacts(
        name=series.name,
        kind=kind,
        dtype=str(series.dtype),
        rows=series.len(),
        missing=series.len() - known.len(),
        distinct=distinct,
        bytes=int(series.estimated_size()),
        narrow_dtype=narrow[0],
        narrow_bytes=narrow[1],
        mean=_float(numbers.mean()),
        deviation=_float(numbers.std()),
        quantiles=tuple(_float(numbers.quantile(at, "linear")) or 0.0 for at in QUANTILES) if numbers.len() else (),
        top=tuple((str(value), int(count)) for value, count in counts.head(_TOP).iter_rows()),
        sentinels=_sentinels(known, numbers),
        oddities=text_oddities(known, counts) if known.dtype in _TEXTS else (),
    )


def _kind(known: pl.Series, distinct: int) -> ColumnKind:  # noqa: PLR0911 - a flat table of kinds
    dtype = known.dtype
    if not known.len():
        return ColumnKind.EMPTY
    if dtype == pl.Boolean or (dtype.is_integer() and set(known.unique().to_list()) <= {0, 1}):
        return ColumnKind.FLAG
    if dtype.is_temporal():
        return ColumnKind.DATE
    is_near_unique = known.len() >= _LEAST_IDS and distinct >= _NEAR_UNIQUE * known.len()
    if dtype.is_integer() and _is_code(known, distinct):
        return ColumnKind.CATEGORY
    if dtype.is_numeric():
        is_whole = dtype.is_integer() or bool((known == known.round()).all())
        is_counter = is_whole and distinct == known.len() and is_near_unique and _is_counter(known)
        return ColumnKind.ID if is_counter else ColumnKind.INTEGER if is_whole else ColumnKind.NUMBER
    texts = known.cast(pl.String)
    if _holds_dates(texts):
        return ColumnKind.DATE
    lengths = texts.str.len_chars()
    if is_near_unique:
        return ColumnKind.ID if (lengths.max() or 0) <= _LONGEST_CATEGORY else ColumnKind.TEXT  # type: ignore[operator]
    is_long = distinct > _MOST_CATEGORIES and (lengths.mean() or 0.0) > _LONGEST_CATEGORY / 2  # type: ignore[operator]
    return ColumnKind.TEXT if is_long else ColumnKind.CATEGORY


def _is_code(known: pl.Series, distinct: int) -> bool:
    """Whether a few whole numbers follow each other from 0 or 1, as the codes of a category do."""
    low, high = int(known.min() or 0), int(known.max() or 0)  # type: ignore[arg-type]
    return distinct <= _MOST_CODES and low in (0, 1) and high - low + 1 == distinct


def _is_counter(known: pl.Series) -> bool:
    """Whether whole numbers, all different, fill their range as numbers of rows do."""
    low, high = int(known.min() or 0), int(known.max() or 0)  # type: ignore[arg-type]
    return high - low + 1 <= 2 * known.len()


def _holds_dates(texts: pl.Series) -> bool:
    looked_at = texts.head(1000)
    dates = looked_at.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return dates.null_count() == 0


def _narrow(values: pl.Series, known: pl.Series, distinct: int) -> tuple[str, int]:
    """Return the smallest type that holds every value, and its bytes."""
    validity = (values.len() + 7) // 8 if values.null_count() else 0
    if values.dtype.is_integer():
        small = values.shrink_dtype()
        return str(small.dtype), small.len() * _width(small) + validity
    if values.dtype.is_float():
        whole = known.len() > 0 and bool((known == known.round()).all()) and bool(known.is_finite().all())
        if whole:
            small = known.cast(pl.Int64).shrink_dtype()
            return str(small.dtype), values.len() * _width(small) + validity
        return "Float32", values.len() * 4 + validity
    if values.dtype == pl.String and distinct <= values.len() // 2:
        width = 1 if distinct < 2**8 else 2 if distinct < 2**16 else 4
        vocabulary = int(known.unique().str.len_bytes().sum())
        return "Categorical", values.len() * width + vocabulary + validity
    return str(values.dtype), int(values.estimated_size())


def _width(series: pl.Series) -> int:
    return {"8": 1, "16": 2, "32": 4, "64": 8}[str(series.dtype).lstrip("UInt")]


def _sentinels(known: pl.Series, numbers: pl.Series) -> tuple[str, ...]:
    """Return values that look like a word for missing."""
    if known.dtype in _TEXTS:
        words = known.cast(pl.String).unique().to_list()
        return tuple(sorted(word for word in words if word.strip().lower() in _WORDS_FOR_MISSING))
    if not numbers.len() or known.dtype == pl.Boolean:
        return ()
    return tuple(f"{value}" for value in _NUMBERS_FOR_MISSING if _stands_apart(numbers, float(value)))


def _stands_apart(numbers: pl.Series, value: float) -> bool:
    """Whether a number is frequent, outermost and far from the others, as -1 is among values never below 0."""
    share = float((numbers == value).mean() or 0.0)  # type: ignore[arg-type]
    if not _LEAST_SENTINELS <= share < 1:
        return False
    others = numbers.filter(numbers != value)
    low, high = float(others.min() or 0.0), float(others.max() or 0.0)  # type: ignore[arg-type]
    if value < 0:
        return low >= 0
    spread = float(others.quantile(0.75) or 0.0) - float(others.quantile(0.25) or 0.0)
    return value > high + max(3 * spread, 1.0) and value > 2 * high


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
