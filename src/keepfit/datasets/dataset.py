"""The dataset: a table with its target, its split, its signature and its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.additions import Additions
from keepfit.datasets.cleaning import CleanTable, clean_table
from keepfit.datasets.fingerprint import fingerprint
from keepfit.datasets.left_out import LeftOut
from keepfit.datasets.schema import infer_signature
from keepfit.datasets.source import SourcedTable
from keepfit.datasets.split import Split, split_holdout, split_latest
from keepfit.datasets.target import Target, build_target
from keepfit.datasets.times import row_times
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.signature import Signature


@dataclass(frozen=True, slots=True)
class Dataset:
    """What training needs of a table.

    Attributes
    ----------
    frame
        The rows with a known target, after the cleaning; all columns.
    target
        Their classes, 0 or 1, `(n_rows,)`.
    signature
        The features.
    split
        Row numbers of `frame` that train, and that are held out.
    groups
        Whom each row is about, `(n_rows,)`: rows about the same entity are never split. None where no entity is
        declared, or each row is about another, or rows are split by time: a later row may be about somebody known.
    times
        When each row was, `(n_rows,)`, greater for later rows; None where rows are not split by time.
    fingerprint
        SHA-256 over the whole table.
    source, cleaned
        The table as it was got, and after its cleaning.
    left_out
        The other rows of the cleaned table, and why.
    additions
        Of a panel, what each row adds next; None of other tables.
    """

    frame: pl.DataFrame
    target: NDArray[np.int8]
    signature: Signature
    split: Split
    groups: NDArray[np.int64] | None
    times: NDArray[np.int64] | None
    fingerprint: str
    source: SourcedTable
    cleaned: CleanTable
    left_out: tuple[LeftOut, ...] = ()
    additions: Additions | None = None

    @property
    def rows_without_target(self) -> int:
        """How many rows of the cleaned table were left out."""
        return self.cleaned.frame.height - self.frame.height


def prepare_dataset(
    table: SourcedTable, data: DataSection, split: SplitSection, request: RequestSection, *, seed: int
) -> Dataset:
    """Prepare a table for training.

    Parameters
    ----------
    table
        The table.
    data, split, request
        The project's sections.
    seed
        Seed of the split.

    Raises
    ------
    DatasetError
        See `build_target`, `row_times`, `split_holdout`, `split_latest` and `infer_signature`.
    """
    cleaned = clean_table(table.frame, data)
    target = build_target(cleaned.frame, data)
    frame = cleaned.frame.filter(pl.Series(target.known))
    times = row_times(frame, split.time, data) if split.time else None
    groups = _groups(frame, data) if times is None else None
    if times is not None:
        parts = split_latest(target.codes, times, share=split.holdout)
    else:
        parts = split_holdout(target.codes, share=split.holdout, seed=seed, stratify=split.stratify, groups=groups)
    rows = np.flatnonzero(target.known)[parts.train]  # as the whole table counts them
    signature = infer_signature(cleaned.frame, data, request, rows=rows, outcome=target.outcome)
    return Dataset(
        frame=frame,
        target=target.codes,
        signature=signature,
        split=parts,
        groups=groups,
        times=times,
        fingerprint=fingerprint(table.frame),
        source=table,
        cleaned=cleaned,
        left_out=_left_out(target),
    )


def _left_out(target: Target) -> tuple[LeftOut, ...]:
    rows = int((~target.known).sum())
    return (LeftOut(rows, "their target is missing"),) if rows else ()


def _groups(frame: pl.DataFrame, data: DataSection) -> NDArray[np.int64] | None:
    """Return a number for each row's entity; a row without one is about nobody else."""
    if data.entity is None or data.entity not in frame.columns:
        return None
    entity = frame[data.entity].cast(pl.String)
    alone = pl.Series([f"\0{row}" for row in range(frame.height)])
    numbers = entity.fill_null(alone).rank("dense").to_numpy().astype(np.int64)
    return numbers if numbers.max(initial=0) < frame.height else None
