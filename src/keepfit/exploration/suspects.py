"""The columns that know the answer, found by themselves: for who has a table and wants no exploration of it."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets import describe_columns
from keepfit.evaluation import share_of
from keepfit.exploration.absences import absent_together
from keepfit.exploration.against_target import against_target, sampled
from keepfit.exploration.features import Rate
from keepfit.exploration.findings import Finding, TableFacts, leaks
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome


def leak_findings(
    frame: pl.DataFrame, labels: NDArray[np.int8], outcome: Outcome, section: DataSection, *, seed: int
) -> tuple[Finding, ...]:
    """Return what looks like leakage, and what is declared as known only afterwards, among some columns and rows.

    Parameters
    ----------
    frame
        The features of the rows that may be looked at; of many rows, a sample is.
    labels
        Class 0 or 1 of each, `(n_rows,)`.
    outcome, section
        The target, and what the project declares.
    seed
        Seed of the sample.
    """
    sample, codes = sampled(frame, labels.astype(np.int64), seed)
    columns = describe_columns(sample, section)
    together = absent_together(sample)
    found = against_target(sample, codes, columns, together, outcome=outcome, section=section)
    table = TableFacts(
        rows=sample.height,
        duplicates=None,
        columns=columns,
        outcome=outcome,
        positives=Rate(outcome.positive, len(codes), share_of(int(codes.sum()), len(codes))),
        entity=section.entity,
        known_after=tuple(section.known_after),
        refusals={},
        absent_together=together,
        features=found.features,
        absences=found.absences,
        pairs=(),
        groups=(),
    )
    return tuple(leaks(table))
