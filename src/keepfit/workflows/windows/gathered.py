"""The window that a check was asked for, from wherever it comes, with the labels that are known of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from keepfit.bundle import Bundle
from keepfit.journal import Journal, LabelledPrediction, Window
from keepfit.monitoring.ignored_columns import not_kept_columns
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.monitoring.quality import NO_LABELS
from keepfit.workflows.check_quality import LabelledRows, labelled_rows
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.rooms import Progress, Rooms
from keepfit.workflows.windows.journal import journal_window, labelled_window
from keepfit.workflows.windows.profiles import profile_window


@dataclass(frozen=True, slots=True)
class Gathered:
    """A window, and what is known of its labels.

    Attributes
    ----------
    window
        The rows, counted, without the columns that are not compared.
    labelled_rows
        Those with a label; None where labels are known as counts alone.
    labelled
        The predictions of the journal that these are.
    not_kept
        Columns that the journal, or who counted a profile, does not keep, and those that are made of them.
    unscored_labels
        How many labels are of rows without a score, and so say nothing.
    ignored
        Columns that the project does not compare.
    """

    window: ObservedWindow
    labelled_rows: LabelledRows | None
    labelled: tuple[LabelledPrediction, ...] = ()
    not_kept: frozenset[str] = frozenset()
    unscored_labels: int = 0
    ignored: frozenset[str] = frozenset()

    @property
    def left_out(self) -> frozenset[str]:
        """Columns that are not compared."""
        return self.not_kept | self.ignored

    @property
    def label_count(self) -> int:
        """How many labels are known."""
        rows = self.labelled_rows
        return sum(self.window.profile.outputs[0].labelled) if rows is None else len(rows.labels)

    @property
    def no_quality(self) -> str:
        """Why nothing can be measured where no labelled row is known."""
        if self.labelled_rows is None and self.label_count:
            return f"of {self.label_count} labels there are counts only; scores with intervals need the rows"
        if self.unscored_labels:
            return f"{self.unscored_labels} labels have come, of rows without a score"
        return NO_LABELS if self.labelled_rows is not None else "no labels are in these profiles"

    def without(self, names: Collection[str]) -> Gathered:
        """Return it without some columns more that are not kept."""
        return replace(self, window=self.window.without(names), not_kept=self.not_kept.union(names))

    def ignoring(self, names: Collection[str]) -> Gathered:
        """Return it without some columns that are known, and are not compared."""
        return replace(self, window=self.window.without(names), ignored=frozenset(names))


def gather(rooms: Rooms, journal: Journal, task: CheckTask, champion: Bundle, on_progress: Progress) -> Gathered:
    """Return the window that is asked for: of the journal, of a table's file, or of profiles.

    Raises
    ------
    DatasetError
        When a table cannot be read, or lacks a column.
    MonitoringError
        When a file is no window of the champion's.
    """
    if not task.windows:
        return _of_journal(rooms, journal, task, champion)
    if task.window_is_profiles:
        window, not_kept = profile_window(task.windows, champion)
        not_kept = not_kept_columns(not_kept, champion.facts.signature)
        return Gathered(window.without(not_kept), None, not_kept=not_kept)
    return _of_table(rooms, task, champion, on_progress)


def _of_journal(rooms: Rooms, journal: Journal, task: CheckTask, champion: Bundle) -> Gathered:
    journal.match_labels(rooms.project.name)
    rows, version = rooms.project.monitoring.window_rows, champion.facts.version
    window = journal_window(journal, Window(rooms.project.name, rows, task.since, task.until, version), champion)
    labelled = labelled_window(rooms, journal, champion, since=task.since, until=task.until)
    found = labelled_rows(labelled, window, champion.facts.signature)
    gathered = Gathered(window.with_labels(found.labels, found.probability), found, labelled)
    return gathered.without(not_kept_columns(rooms.redaction().dropped, champion.facts.signature))


def _of_table(rooms: Rooms, task: CheckTask, champion: Bundle, on_progress: Progress) -> Gathered:
    from keepfit.workflows.windows.table_file import file_window  # noqa: PLC0415 - polars, which a journal needs not

    found = file_window(rooms, task.windows[0], champion, scores=task.scores, on_progress=on_progress)
    is_in_window = np.ones(len(found.labels), dtype=np.bool_)
    rows = LabelledRows(found.matrix, found.labels, found.probability, is_in_window)
    return Gathered(found.window, rows, unscored_labels=found.unscored_labels)
