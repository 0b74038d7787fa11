"""What `[monitoring]` says of single columns, put before the table: what is wrong is told before anything is fitted."""

from __future__ import annotations

from keepfit.datasets import Dataset
from keepfit.datasets.seasons import row_days
from keepfit.monitoring.floors import require_floors
from keepfit.monitoring.ignored_columns import require_ignored
from keepfit.workflows.rooms import Rooms


def require_monitored_columns(rooms: Rooms, dataset: Dataset) -> None:
    """Refuse floors, ignored columns and seasons that say nothing.

    Raises
    ------
    ProjectError
        When a floor is of no column, or above what the distance of its column can be; or what is ignored is no column.
    DatasetError
        When the column of the seasons is none, or holds no dates.
    """
    section = rooms.project.monitoring
    require_floors(section, dataset.signature)
    require_ignored(section, dataset.signature)
    if section.season is not None:
        row_days(dataset.frame, section.season.column, rooms.project.data)
