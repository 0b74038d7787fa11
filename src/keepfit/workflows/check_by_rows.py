"""What a check asks of the rows themselves, on request: exact distances, and all columns together."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from keepfit.bundle import Bundle
from keepfit.errors import MonitoringError
from keepfit.journal import Window
from keepfit.monitoring.domain_classifier import domain_shift
from keepfit.monitoring.exact_distances import exact_distances
from keepfit.monitoring.findings import RowFindings
from keepfit.scoring import Matrix
from keepfit.signature import Kind
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.rows import WindowRows, file_rows, journal_rows_asked, taught_rows
from keepfit.workflows.windows.tables import reference_dataset


def findings_of_rows(
    rooms: Rooms,
    champion: Bundle,
    window: Matrix,
    *,
    dropped: Collection[str],
    multivariate: bool,
    exact: bool,
) -> RowFindings:
    """Compare rows with the rows that taught the champion.

    Parameters
    ----------
    rooms, champion
        The project, and whose table it is.
    window
        The rows from the door, `(n_rows, n_features)`.
    dropped
        Columns that are not compared.
    multivariate, exact
        What is asked.

    Raises
    ------
    DatasetError
        When the project's table is not the one that taught the champion.
    """
    signature, section = champion.facts.signature, rooms.project.monitoring
    taught = taught_rows(reference_dataset(rooms, champion), signature)
    rows = WindowRows(taught, window, signature.columns).without(dropped)
    shift, obstacle = None, ""
    if multivariate:
        still = rows.without([column.name for column in rows.columns if column.kind is Kind.DATE])  # dates move on
        seed = rooms.project.project.seed
        try:
            shift = domain_shift(still.reference, still.window, still.columns, section, seed=seed)
        except MonitoringError as error:  # too little to learn from: the rest of the check stands
            obstacle = str(error)
    found = exact_distances(rows.reference, rows.window, rows.columns) if exact else {}
    return RowFindings(shift, found, obstacle)


def rows_asked(
    rooms: Rooms, champion: Bundle, table: Path | None, since: datetime | None, until: datetime | None
) -> Matrix:
    """Return the rows of the window: of a table's file, or of the journal."""
    if table is not None:
        return file_rows(rooms, table, champion)
    facts, rows = champion.facts, rooms.project.monitoring.window_rows
    with rooms.journal() as journal:
        return journal_rows_asked(journal, Window(facts.name, rows, since, until, facts.version), facts.signature)
