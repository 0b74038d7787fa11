"""The twin of the panel "Santander Product Recommendation": 13 647 309 rows of generated customers and months.

The real table (Kaggle, 2016, `train_ver2.csv`) may not be passed on, so these rows are its normal source. Names, order
and spellings of the 48 columns are those of the public description of the competition. Summary figures (rows for each
month, gaps, shares of products, channels, provinces and segments, additions of a month) are those that published
kernels of the competition show; they are rounded and from memory of those kernels, so an approximation, and finer
relations between columns are an invention. No row is a real customer's.

What is odd in the real table is odd here: ages are text of three characters and seniorities of seven, both with a blank
`NA`; a seniority can be -999999 (more often than in the real table, so that smaller ones have it too); `indrel_1mes`
spells one as `1` and as `1.0`; of some customers nothing was known before July 2015; age and seniority of the first six
months are those of June 2015; nobody knows in which relation a new customer was at the beginning of the first month.
Other numbers are numbers; the real file pads some of them to two characters too (`ind_nuevo`, `indrel`, `tipodom`,
`cod_prov`, `ind_actividad_cliente`, `ind_nomina_ult1`, `ind_nom_pens_ult1`), which readers such as pandas do not show.

Rows come in blocks of 4096 customers, and within a block customer by customer, each with all months in their order;
the real table goes month by month. A block is drawn from the seed and its own position, so a table is the beginning of
every longer one of the same seed; its last customer may lack the last months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from keepfit.datasets.replacing import replacing
from keepfit.datasets.twins.santander_customers import (
    CHANNELS,
    COUNTRIES,
    EMPLOYMENTS,
    FIRST_DAY,
    FORMER,
    FORMER_CO_OWNER,
    JULY,
    LAST_DAY,
    MONTHLY_ROWS,
    MONTHS,
    POTENTIAL,
    PROVINCES,
    RELATIONS,
    SEGMENTS,
    SNAPSHOTS,
    Customers,
    draw_customers,
)
from keepfit.datasets.twins.santander_products import NAMES, PRODUCTS, draw_ownership
from keepfit.errors import DatasetError

ROWS = sum(MONTHLY_ROWS)
SCHEMA: dict[str, type[pl.DataType]] = {
    "fecha_dato": pl.String,
    "ncodpers": pl.Int32,
    "ind_empleado": pl.String,
    "pais_residencia": pl.String,
    "sexo": pl.String,
    "age": pl.String,
    "fecha_alta": pl.String,
    "ind_nuevo": pl.Int8,
    "antiguedad": pl.String,
    "indrel": pl.Int8,
    "ult_fec_cli_1t": pl.String,
    "indrel_1mes": pl.String,
    "tiprel_1mes": pl.String,
    "indresi": pl.String,
    "indext": pl.String,
    "conyuemp": pl.String,
    "canal_entrada": pl.String,
    "indfall": pl.String,
    "tipodom": pl.Int8,
    "cod_prov": pl.Int8,
    "nomprov": pl.String,
    "ind_actividad_cliente": pl.Int8,
    "renta": pl.Float64,
    "segmento": pl.String,
    **dict.fromkeys(PRODUCTS, pl.Int8),
}
_REFERENCE_DAYS = np.maximum(SNAPSHOTS, SNAPSHOTS[JULY - 1])
_DAYS_PER_MONTH = 30.4375
_NEW_MONTHS = 6
_FILE_KINDS = (".csv", ".parquet")
_FLAG = (0, 1)
_NO_YES = ("N", "S")
_AGES = (*(f"{years:3}" for years in range(121)), " NA")
_SENIORITIES = (*(f"{months:7}" for months in range(301)), "-999999", "     NA")
_MONTHS = tuple(str(day) for day in SNAPSHOTS.astype("datetime64[D]"))
_DAYS = tuple(str(day) for day in np.arange(FIRST_DAY, LAST_DAY + 1).astype("datetime64[D]"))
_WAGES = ("ind_nomina_ult1", "ind_nom_pens_ult1")
_UNTOLD_WAGES = 0.58
_LATE_POINT_ZERO = 0.06  # how many of the ones are 1.0 from July 2015 on; all are before
_UNTOLD_AT_FIRST = {"canal_entrada": 0.95, "segmento": 0.98}  # how many new customers lack it in their first month


def generate(seed: int, rows: int) -> pl.DataFrame:
    """Return the first rows of the panel.

    Parameters
    ----------
    seed
        The same seed gives the same customers.
    rows
        How many, from 1 to 13 647 309; a customer has 14 on average.

    Raises
    ------
    DatasetError
        When there is no panel of so many rows.
    """
    _require_rows(rows)
    return pl.concat(_blocks(seed, rows))


def write_panel(path: Path, *, rows: int, seed: int, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Write the first rows of the panel to a file, block by block, in memory that does not depend on their number.

    The file takes its place when all rows are in it; what was there before stays until then.

    Parameters
    ----------
    path
        The file; its suffix, `.parquet` or `.csv`, says what it becomes.
    rows
        How many, from 1 to 13 647 309.
    seed
        The same seed gives the same file.
    on_progress
        Called after each block with the rows that are drawn and the rows in all, from another thread.

    Raises
    ------
    DatasetError
        When the suffix is another, there is no panel of so many rows, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in _FILE_KINDS:
        said = f"cannot write {suffix} files" if suffix else "cannot write a file without a suffix"
        raise DatasetError(said, where=str(path), hint=f"accepted: {', '.join(_FILE_KINDS)}")
    frame = _lazy(seed, rows, on_progress)
    with replacing(path) as part:
        (frame.sink_csv if suffix == ".csv" else frame.sink_parquet)(part)


def _lazy(seed: int, rows: int, on_progress: Callable[[int, int], None] | None) -> pl.LazyFrame:
    """Return the panel as a source that draws a block when the sink asks for it."""
    _require_rows(rows)

    def source(names: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
        done = 0
        for frame in _blocks(seed, rows):
            yield frame if names is None else frame.select(names)
            done += frame.height
            if on_progress:
                on_progress(done, rows)

    return register_io_source(source, schema=SCHEMA)


def _require_rows(rows: int) -> None:
    if not 0 < rows <= ROWS:
        raise DatasetError(f"{rows} rows are asked for", where="santander", hint=f"the panel has 1 to {ROWS} rows")


def _blocks(seed: int, rows: int) -> Iterator[pl.DataFrame]:
    block = 0
    while rows > 0:
        frame = _block(seed, block).head(rows)
        yield frame
        rows -= frame.height
        block += 1


def _block(seed: int, block: int) -> pl.DataFrame:
    """Draw all months of a block's customers."""
    rng = np.random.default_rng([seed, block])
    who = draw_customers(rng, seed=seed, block=block)
    owned = draw_ownership(rng, who)
    months = np.arange(MONTHS)
    customer, month = np.nonzero((months >= who.first[:, None]) & (months <= who.last[:, None]))
    rows = _Rows(customer, month, is_unknown=who.is_unknown[customer] & (month < JULY))
    found = [
        pl.Series("ncodpers", who.number[customer]),
        *_person(rng, who, rows),
        *_seniority(who, rows),
        *_relation(rng, who, rows, owned[NAMES.index("ind_actividad_cliente")]),
        *_home(who, rows),
        *_flags(rng, owned, rows),
    ]
    columns = {series.name: series for series in found}
    return pl.DataFrame([columns[name] for name in SCHEMA])


@dataclass(frozen=True, slots=True)
class _Rows:
    """Customer and month of each row, and whether the customer is unknown in it."""

    customer: NDArray[np.int64]
    month: NDArray[np.int64]
    is_unknown: NDArray[np.bool_]

    def spell(
        self, name: str, words: Sequence[str | int], at: NDArray[Any], absent: NDArray[np.bool_] | None = None
    ) -> pl.Series:
        """Return the words at some positions; nothing where the customer is unknown or the value absent."""
        without = self.is_unknown if absent is None else self.is_unknown | absent
        return _words(name, (*words, None)).gather(np.where(without, len(words), at))


@cache
def _words(name: str, words: tuple[str | int | None, ...]) -> pl.Series:
    return pl.Series(name, words, dtype=SCHEMA[name])


def _person(rng: np.random.Generator, who: Customers, rows: _Rows) -> Iterator[pl.Series]:
    """Yield what a customer is, and the channel and segment, which come late for the new ones."""
    customer = rows.customer
    is_first = who.is_new[customer] & (rows.month == who.first[customer])
    untold = {name: is_first & (rng.random(len(customer)) < share) for name, share in _UNTOLD_AT_FIRST.items()}
    years = (who.age_months[customer] + np.maximum(rows.month - JULY + 1, 0)) // 12
    yield rows.spell("ind_empleado", EMPLOYMENTS, who.employment[customer])
    yield rows.spell("sexo", ("H", "V"), who.is_man[customer])
    yield _words("age", _AGES).gather(np.where(rows.is_unknown, len(_AGES) - 1, years))
    yield rows.spell("indext", _NO_YES, who.is_foreign[customer])
    yield rows.spell("conyuemp", _NO_YES, who.is_spouse[customer], ~who.has_spouse[customer])
    yield rows.spell("indfall", _NO_YES, who.is_deceased[customer])
    channel = who.channel[customer]
    yield rows.spell("canal_entrada", CHANNELS, channel, untold["canal_entrada"] | (channel == len(CHANNELS)))
    yield rows.spell("segmento", SEGMENTS, who.segment[customer], untold["segmento"])


def _seniority(who: Customers, rows: _Rows) -> Iterator[pl.Series]:
    """Yield the month of a row, and since when the customer is one."""
    joined = who.joined[rows.customer]
    days = np.maximum(_REFERENCE_DAYS[rows.month] - joined, 0)
    months = np.ceil(days / _DAYS_PER_MONTH).astype(np.int64)
    spelt = np.where(who.has_seniority[rows.customer], months, len(_SENIORITIES) - 2)
    yield _words("fecha_dato", _MONTHS).gather(rows.month)
    yield rows.spell("fecha_alta", _DAYS, joined - FIRST_DAY)
    yield rows.spell("ind_nuevo", _FLAG, months < _NEW_MONTHS)
    yield _words("antiguedad", _SENIORITIES).gather(np.where(rows.is_unknown, len(_SENIORITIES) - 1, spelt))


def _relation(rng: np.random.Generator, who: Customers, rows: _Rows, active: NDArray[np.int8]) -> Iterator[pl.Series]:
    """Yield how a customer stands to the bank, at the beginning of the month and now."""
    customer, month = rows.customer, rows.month
    is_first = month == who.first[customer]
    is_leaving = (who.left[customer] > 0) & (month == who.last[customer])
    yield rows.spell("indrel", (1, 99), is_leaving)
    yield rows.spell("ult_fec_cli_1t", _DAYS, who.left[customer] - FIRST_DAY, ~is_leaving)
    relation = who.relation[customer]
    has_point = (month < JULY) | (rng.random(len(month)) < _LATE_POINT_ZERO)
    was_absent = is_first & who.is_new[customer]
    yield rows.spell("indrel_1mes", RELATIONS, np.where(relation == 0, has_point, relation), was_absent)
    was_active = active[customer, np.where(is_first, month, month - 1)]
    kind = np.select([(relation == FORMER) | (relation == FORMER_CO_OWNER), relation == POTENTIAL], [2, 3], was_active)
    yield rows.spell("tiprel_1mes", ("I", "A", "P", "R"), kind, was_absent)


def _home(who: Customers, rows: _Rows) -> Iterator[pl.Series]:
    """Yield where a customer lives, and the income of the household."""
    country, province = who.country[rows.customer], who.province[rows.customer]
    is_abroad = country > 0
    yield rows.spell("pais_residencia", COUNTRIES, country)
    yield rows.spell("indresi", _NO_YES, ~is_abroad)
    yield rows.spell("tipodom", (1,), np.zeros_like(country))
    yield rows.spell("cod_prov", range(1, len(PROVINCES) + 1), province, is_abroad)
    yield rows.spell("nomprov", [name for name, *_ in PROVINCES], province, is_abroad)
    yield pl.Series("renta", np.where(rows.is_unknown, np.nan, who.income[rows.customer])).fill_nan(None)


def _flags(rng: np.random.Generator, owned: NDArray[np.int8], rows: _Rows) -> Iterator[pl.Series]:
    """Yield activity and products; of wages and pensions of the unknown, it is often not known either."""
    untold = rows.is_unknown & (rng.random(len(rows.month)) < _UNTOLD_WAGES)
    at = rows.customer * MONTHS + rows.month
    for name, flag in zip(NAMES, owned, strict=True):
        values = flag.ravel()[at]
        if name == "ind_actividad_cliente":
            yield rows.spell(name, _FLAG, values)
        elif name in _WAGES:
            yield _words(name, (*_FLAG, None)).gather(np.where(untold, len(_FLAG), values))
        else:
            yield pl.Series(name, values)
