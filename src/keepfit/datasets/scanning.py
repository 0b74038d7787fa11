"""Tables that are too large to hold: exact counts by one streaming pass, everything else on a sample of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from keepfit.datasets.cause import cause_of
from keepfit.datasets.clean_values import clean_lazily
from keepfit.datasets.columns import ColumnFacts
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

LARGE_ROWS = 1_000_000
SAMPLE_ROWS = 200_000
_ROW = "\0row"


@dataclass(frozen=True, slots=True)
class ScannedColumn:
    """What a pass over all rows says of a column: missing values, about how many different ones, mean and spread."""

    missing: int
    distinct: int
    mean: float | None
    deviation: float | None
    least: float | None
    greatest: float | None


@dataclass(frozen=True, slots=True)
class ScannedTable:
    """A large table.

    Attributes
    ----------
    rows
        All of them.
    sample
        Rows drawn by a hash of their number.
    columns
        What the pass over all rows says of each column.
    """

    rows: int
    sample: pl.DataFrame
    columns: Mapping[str, ScannedColumn]

    def completed(self, facts: ColumnFacts) -> ColumnFacts:
        """Return a sampled column's facts with what is known of all rows; counts of values are about those of all."""
        whole = self.columns[facts.name]
        scale = self.rows / max(self.sample.height, 1)
        quantiles = facts.quantiles
        if quantiles and whole.least is not None and whole.greatest is not None:
            quantiles = (whole.least, *quantiles[1:-1], whole.greatest)
        return replace(
            facts,
            rows=self.rows,
            missing=whole.missing,
            distinct=whole.distinct,
            bytes=round(facts.bytes * scale),
            narrow_bytes=round(facts.narrow_bytes * scale),
            mean=facts.mean if whole.mean is None else whole.mean,
            deviation=facts.deviation if whole.deviation is None else whole.deviation,
            quantiles=quantiles,
            top=tuple((value, round(count * scale)) for value, count in facts.top),
            sentinels=tuple((value, round(count * scale)) for value, count in facts.sentinels),
        )


def is_large(path: Path) -> bool:
    """Whether a file is Parquet with more rows than are read at once."""
    return path.suffix.lower() == ".parquet" and path.is_file() and _rows(path) > LARGE_ROWS


def scan_table(path: Path, *, seed: int, section: DataSection | None = None) -> ScannedTable:
    """Pass over a Parquet file, in constant memory: for the counts, and for the sample.

    Parameters
    ----------
    path
        The file.
    seed
        Seed of the sample.
    section
        How values are cleaned before they are counted; not at all without one. The sample is as in the file: it is
        cleaned by `clean_table`, which counts what it does.

    Raises
    ------
    DatasetError
        When the file is no Parquet, or its values cannot be cleaned so.
    """
    rows = _rows(path)
    lazy = pl.scan_parquet(path, glob=False)
    cleaned = lazy if section is None else clean_lazily(lazy, section)
    counts = cleaned.select(
        [expression for name, dtype in cleaned.collect_schema().items() for expression in _counted(name, dtype)]
    )
    keep = max(rows // SAMPLE_ROWS, 1)
    sample = lazy.with_row_index(_ROW).filter(pl.col(_ROW).hash(seed) % keep == 0).drop(_ROW)
    found = counts.collect(engine="streaming").row(0, named=True)
    return ScannedTable(
        rows, sample.collect(engine="streaming"), {name: _column(name, found) for name in lazy.collect_schema()}
    )


def _counted(name: str, dtype: pl.DataType) -> list[pl.Expr]:
    column = pl.col(name)
    counted = [
        column.null_count().alias(f"{name}\0missing"),
        column.approx_n_unique().alias(f"{name}\0distinct"),
    ]
    if dtype.is_numeric():
        known = column.fill_nan(None) if dtype.is_float() else column
        counted[0] = known.null_count().alias(f"{name}\0missing")
        counted += [
            known.mean().alias(f"{name}\0mean"),
            known.std().alias(f"{name}\0deviation"),
            known.min().cast(pl.Float64).alias(f"{name}\0least"),
            known.max().cast(pl.Float64).alias(f"{name}\0greatest"),
        ]
    return counted


def _column(name: str, found: Mapping[str, float | None]) -> ScannedColumn:
    missing = int(found[f"{name}\0missing"] or 0)
    distinct = int(found[f"{name}\0distinct"] or 0) - (missing > 0)
    rest = (found.get(f"{name}\0{part}") for part in ("mean", "deviation", "least", "greatest"))
    return ScannedColumn(missing, max(distinct, 0), *rest)


def _rows(path: Path) -> int:
    try:
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DatasetError(f"is not Parquet: {cause_of(error)}", where=str(path), hint="write it again") from error
