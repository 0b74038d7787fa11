"""The reference of a version: what taught it, in bins, as a whole and by the seasons that the project declares."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.datasets import Dataset
from keepfit.datasets.seasons import NO_DAY, row_days
from keepfit.profiles import build_profile
from keepfit.profiles.seasons import (
    SEASONS,
    Numbers,
    Season,
    SeasonalRows,
    season_numbers,
    seasonal_reference,
)
from keepfit.project.monitoring_section import SeasonSection
from keepfit.signature import Signature
from keepfit.workflows.rooms import Rooms


def reference_profile(
    rooms: Rooms,
    dataset: Dataset,
    signature: Signature,
    *,
    matrix: NDArray[np.float32],
    fit_rows: NDArray[np.int64],
    asked: tuple[NDArray[np.float64], NDArray[np.int8]],
    threshold: float,
    are_of_table: bool = True,
) -> dict[str, Any]:
    """Return what a bundle keeps as its profile.

    Parameters
    ----------
    rooms, dataset, signature
        The project, its table, and the columns of the matrix.
    matrix, fit_rows
        All rows `(n_rows, n_features)`, those of the table first, and which of them taught.
    asked
        What the version answers to rows that did not teach, and what is true of them, `(n_asked,)`: the held-out rows
        of the table first.
    threshold
        From which probability on it decides positive.
    are_of_table
        Whether they are the held-out rows of the table; the season of others is not known.

    Raises
    ------
    DatasetError
        When the column of the seasons is none, or holds no dates.
    """
    taught, (probability, labels) = matrix[fit_rows], asked
    reference = build_profile(signature, taught, probability, labels=labels, thresholds=[threshold])
    section = rooms.project.monitoring.season
    if section is None:
        return reference.to_dict()
    seasons = _seasons(dataset, section, rooms, len(matrix))
    scores = np.full(len(labels), np.int8(-1))
    if are_of_table:
        scores[: len(dataset.split.holdout)] = seasons[dataset.split.holdout]
    rows = SeasonalRows(section.by, seasons[fit_rows], scores)
    parts = seasonal_reference(reference, taught, probability, labels, rows)
    return {**reference.to_dict(), SEASONS: parts.to_dict()}


def _seasons(dataset: Dataset, section: SeasonSection, rooms: Rooms, rows: int) -> Numbers:
    """Return the season of each row; those of the journal, which come after the table's, have none."""
    days = np.full(rows, NO_DAY)
    days[: dataset.frame.height] = row_days(dataset.frame, section.column, rooms.project.data)
    by: Season = section.by
    return np.where(days == NO_DAY, np.int8(-1), season_numbers(np.where(days == NO_DAY, 0, days), by))
