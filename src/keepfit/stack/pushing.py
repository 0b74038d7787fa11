"""The project as its service sees it in a stack: it tells the stack's StatsD."""

from __future__ import annotations

from dataclasses import replace

from keepfit.workflows.rooms import Rooms


def telling(rooms: Rooms, address: str) -> Rooms:
    """Return a project that pushes to a StatsD.

    Parameters
    ----------
    rooms
        The project; it stays as it is.
    address
        `host:port` of StatsD.
    """
    project = rooms.project
    statsd = project.monitoring.statsd.model_copy(update={"address": address})
    monitoring = project.monitoring.model_copy(update={"statsd": statsd})
    return replace(rooms, project=project.model_copy(update={"monitoring": monitoring}))
