"""A table as it is explored: cleaned, and of one that is too large to hold a sample beside the counts of all rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from keepfit.datasets.cleaning import CleaningStep, clean_table
from keepfit.datasets.conversion import as_parquet, is_large_csv
from keepfit.datasets.scanning import ScannedTable, is_large, scan_table
from keepfit.datasets.source import LocatedTable, read_located
from keepfit.project.data_section import DataSection


@dataclass(frozen=True, slots=True)
class SurveyedTable:
    """A table to explore.

    Attributes
    ----------
    frame
        Its rows, or some of them, cleaned and without the columns that are dropped.
    steps
        What the cleaning did.
    scanned
        What is known of all rows; None where `frame` has them all.
    """

    frame: pl.DataFrame
    steps: tuple[CleaningStep, ...]
    scanned: ScannedTable | None = None


def survey_table(located: LocatedTable, section: DataSection, *, cache: Path, seed: int) -> SurveyedTable:
    """Read and clean a table; of one that is too large to hold, pass over all rows and clean a sample of them.

    Parameters
    ----------
    located
        The table's file.
    section
        How it is read and cleaned.
    cache
        Where a large CSV is kept as Parquet.
    seed
        Seed of the sample.

    Raises
    ------
    DatasetError
        When it cannot be read or cleaned.
    """
    located = in_parquet(located, section, cache=cache)
    scanned = scan_table(located.path, seed=seed, section=section) if is_large(located.path) else None
    frame = scanned.sample if scanned else read_located(located, section).frame
    cleaned = clean_table(frame, section, is_sample=scanned is not None)
    return SurveyedTable(cleaned.handed_over, cleaned.steps, scanned)


def in_parquet(located: LocatedTable, section: DataSection, *, cache: Path) -> LocatedTable:
    """Return the table in a file that takes little memory to read: a large CSV is converted; see `as_parquet`."""
    if not is_large_csv(located.path):
        return located
    return replace(located, path=as_parquet(located.path, cache, section))
