"""`keepfit check --engine evidently`: Evidently's own reports of the windows that a check looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.monitoring.evidently_report import (
    EvidentlyFiles,
    require_evidently,
    write_drift_report,
    write_quality_report,
)
from keepfit.monitoring.ignored_columns import require_ignored
from keepfit.monitoring.quality import NO_LABELS
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.evidently_frames import held_out_table, window_tables
from keepfit.workflows.windows.rows import reference_dataset


@dataclass(frozen=True, slots=True)
class EvidentlyReport:
    """What Evidently wrote.

    Attributes
    ----------
    champion
        The version whose answers were looked at.
    rows, labelled
        How many of its newest predictions were looked at, and how many of those whose label has come.
    page, facts
        Its data drift, HTML and JSON.
    quality
        Its classification report, against what the champion did on held-out rows; None where `left_out` says why.
    left_out
        What Evidently was not given or does not compare, each with the reason.
    """

    champion: Bundle
    rows: int
    labelled: int
    page: Path
    facts: Path
    quality: EvidentlyFiles | None
    left_out: tuple[str, ...]


def check_by_evidently(
    rooms: Rooms, *, since: datetime | None = None, until: datetime | None = None
) -> EvidentlyReport:
    """Let Evidently compare the champion's newest predictions with what taught it; it judges nothing here.

    No event of the journal comes of it: a verdict is `check`'s.

    Parameters
    ----------
    rooms
        The project.
    since, until
        Look at what was answered at this time or later, and before this time: the newest `window_rows` of it.

    Raises
    ------
    BundleError
        When there is no champion, or its model cannot be run here.
    DatasetError
        When the project's table is not the one that taught it.
    ProjectError
        When an ignored column is none.
    MonitoringError
        When Evidently is not installed or fails, or there is nothing to compare.
    """
    require_evidently()
    champion = rooms.store.champion()
    require_ignored(rooms.project.monitoring, champion.facts.signature)
    dataset = reference_dataset(rooms, champion)
    tables = window_tables(rooms, champion, dataset, since=since, until=until)
    signature = champion.facts.signature
    stem = f"evidently-{stamp(utc_now()).replace(':', '').replace('.', '')}"
    page = rooms.workspace.reports / f"{stem}.html"
    drift = write_drift_report(tables.reference, tables.window, signature, page)
    quality, obstacle = None, _quality_obstacle(tables.labelled)
    if not obstacle:
        expected = held_out_table(rooms, champion, dataset)
        beside, threshold = page.with_stem(f"{stem}-quality"), champion.facts.threshold
        quality = write_quality_report(expected, tables.labelled, signature.outcome, threshold, beside)
    not_kept = tuple(f"{name}: the journal does not keep it" for name in tables.not_kept)
    ignored = tuple(f"{name}: [monitoring] ignored" for name in tables.ignored)
    left_out = (*drift.left_out, *not_kept, *ignored, *((obstacle,) if obstacle else ()))
    rows, labelled = tables.window.height, tables.labelled.height
    rooms.log.add("check by Evidently", f"v{champion.facts.version}, {rows} rows, {labelled} labels; {page.name}")
    return EvidentlyReport(champion, rows, labelled, drift.page, drift.facts, quality, left_out)


def _quality_obstacle(labelled: pl.DataFrame) -> str:
    """Say why Evidently cannot judge answers; nothing when it can."""
    classes = labelled["label"].unique().to_list()
    if not classes:
        return f"quality: {NO_LABELS}"
    only = f"quality: all {labelled.height} labels that have come are {classes[0]}; Evidently needs both classes"
    return only if len(classes) == 1 else ""
