"""`keepfit serve`: the champion over HTTP, until it is told to stop."""

from __future__ import annotations

import os
from collections.abc import Callable

from keepfit.serving import ServedProject, bind, build_app, gate_of
from keepfit.serving import serve as answer_requests
from keepfit.workflows.rooms import Rooms


def serve(
    rooms: Rooms, *, host: str | None = None, port: int | None = None, on_start: Callable[[str], None] | None = None
) -> None:
    """Answer requests until SIGTERM or SIGINT.

    Parameters
    ----------
    rooms
        The project.
    host, port
        Instead of the project's own; port 0 takes a free one.
    on_start
        Told the address once it is bound and the champion is loaded.

    Raises
    ------
    BundleError
        When there is no champion, or its bundle is not whole.
    ServiceError
        When the port is taken.
    """
    section = rooms.project.serving
    with rooms.journal() as journal:
        rooms.registry(journal).repair()  # a promotion that was cut short is made good before the first answer
        gate = gate_of(host or section.host, section.allowed_hosts, os.environ, is_open=section.open)
        app = build_app([ServedProject(rooms.project.name, section, rooms.store, journal)], gate)
        bound = bind(host or section.host, section.port if port is None else port)
        name, number = bound.getsockname()[:2]
        address = f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}"
        rooms.log.add("serve", f"started at {address}")
        if on_start:
            on_start(address)
        try:
            answer_requests(app, bound)
        finally:
            bound.close()
            rooms.log.add("serve", f"stopped at {address}")
