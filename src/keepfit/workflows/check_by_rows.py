"""What a check asks of the rows themselves, on request: exact distances, and all columns together."""

from __future__ import annotations

from collections.abc import Collection

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle
from keepfit.errors import MonitoringError
from keepfit.journal import Journal, Window
from keepfit.monitoring.domain_classifier import domain_shift
from keepfit.monitoring.exact_distances import exact_distances
from keepfit.monitoring.findings import RowFindings
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.signature import Kind
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.rows import WindowRows, file_rows, journal_rows_asked, reference_dataset, taught_rows


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


def rows_asked(rooms: Rooms, journal: Journal, champion: Bundle, task: CheckTask, window: ObservedWindow) -> Matrix:
    """Return the rows of a window that was counted: of a table's file, or of the journal."""
    if task.windows:
        return file_rows(rooms, task.windows[0], champion)
    rows, version = rooms.project.monitoring.window_rows, champion.facts.version
    counted = window.seqs or (1, 0)  # what came meanwhile is not among them
    asked = Window(rooms.project.name, rows, task.since, task.until, version, seqs=counted)
    return journal_rows_asked(journal, asked, champion.facts.signature)
