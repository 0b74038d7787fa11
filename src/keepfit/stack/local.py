"""`keepfit up`, `status` and `down` without a container engine: the servers as processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from keepfit.errors import ProjectError
from keepfit.project import Project
from keepfit.reporting import write_text
from keepfit.stack.compose import COMPOSE_FILE, own_places
from keepfit.stack.first_champion import trained_if_none
from keepfit.stack.graphite import graphite_files
from keepfit.stack.ledger import alone, read_running, write_running
from keepfit.stack.local_parts import GRAPHITE, Place, local_parts
from keepfit.stack.parts import Absent, Part
from keepfit.stack.ports import require_free
from keepfit.stack.processes import Running, end, start
from keepfit.stack.pushing import telling
from keepfit.stack.readiness import is_ready, wait_until_ready
from keepfit.stack.report import Server, UpReport
from keepfit.stack.secrets import ensure_secrets
from keepfit.workflows.dashboards import Addresses, addresses_of, write_dashboards
from keepfit.workflows.rooms import Progress, Rooms, no_progress

LOCAL_SECRETS = ("GRAFANA_ADMIN_PASSWORD", "GRAPHITE_SECRET_KEY")
_HOST = "127.0.0.1"
_STARTING = "start the servers"


def up(rooms: Rooms, on_progress: Progress = no_progress) -> UpReport:
    """Start what does not run yet of a project's servers, and wait until each is ready.

    Where there is no champion, one is trained before. When a server does not start, those that were started with it
    are ended.

    Raises
    ------
    ServiceError
        When a port is in use, or a server cannot be started.
    ProjectError
        When journal or runs are in the project's containers.
    KeepfitError
        When the training fails.
    """
    _require_own_place(rooms)
    folder, environment = rooms.workspace.stack, dict(os.environ)  # MLflow adds to it what is not for everybody
    with alone(folder):
        place = Place(rooms, folder, ensure_secrets(rooms.folder, LOCAL_SECRETS))
        found = local_parts(place)
        parts = [part for part in found if isinstance(part, Part)]
        known = read_running(folder)
        running = [one for one in known if one.is_alive]
        for one in known:
            if one not in running:
                end(one)  # whom it left behind
        missing = [part for part in parts if part.name not in {one.name for one in running}]
        require_free(missing)
        write_running(folder, running)
        with _started(folder, running) as started:
            journals = [part for part in missing if part.name == "postgres"]
            _start(journals, started, folder, environment)
            trained = trained_if_none(rooms, on_progress)
            _write_files(rooms, folder, parts)
            others = [part for part in missing if part not in journals]
            _start(others, started, folder, environment, on_progress)
        rooms.log.add("up", f"started {', '.join(one.name for one in started) or 'nothing: all run'}")
    servers = (*(_seen(one, "ran already") for one in running), *(_seen(one, "started") for one in started))
    return UpReport(trained, servers, tuple(part for part in found if isinstance(part, Absent)), folder)


def status(rooms: Rooms) -> list[Server]:
    """Return what was started, each `ready`, `not ready` or `ended`."""
    return [_seen(one, _state(one)) for one in read_running(rooms.workspace.stack)]


def down(rooms: Rooms, on_progress: Progress = no_progress) -> list[str]:
    """End all that was started, the last first; return the names of what had been running."""
    folder = rooms.workspace.stack
    with alone(folder):
        known = read_running(folder)
        ended = [one.name for one in known if one.is_alive]
        for count, one in enumerate(reversed(known), 1):
            end(one)
            on_progress("end the servers", count, len(known), one.name)
        write_running(folder, [])
        rooms.log.add("down", f"ended {', '.join(ended) or 'nothing: none ran'}")
    return ended


def _require_own_place(rooms: Rooms) -> None:
    """Refuse to start beside what the containers have: their journal would be away, and another in its place."""
    told = own_places(rooms.environment)
    if told and (rooms.workspace.stack / COMPOSE_FILE).exists():
        raise ProjectError(
            f"says where the containers have it: {', '.join(told)}",
            where=str(rooms.folder / ".env"),
            hint="`keepfit up` with the container engine; or take these lines out, and journal and runs are where the "
            "project file says",
        )


@contextmanager
def _started(folder: Path, running: list[Running]) -> Iterator[list[Running]]:
    """Give a list for what is started beside what runs; it is ended again when the block fails."""
    started: list[Running] = []
    try:
        yield started
    except BaseException:
        for one in reversed(started):
            end(one)
        write_running(folder, running)
        raise


def _start(
    parts: Sequence[Part],
    started: list[Running],
    folder: Path,
    environment: Mapping[str, str],
    on_progress: Progress = no_progress,
) -> None:
    """Start parts one after the other, for each needs those before it."""
    for count, part in enumerate(parts):
        on_progress(_STARTING, count, len(parts), part.name)
        started.append(start(part, folder, environment))
        write_running(folder, [*read_running(folder), started[-1]])
        wait_until_ready(started[-1])
    if parts:
        on_progress(_STARTING, len(parts), len(parts), "all ready")


def _write_files(rooms: Rooms, folder: Path, parts: Sequence[Part]) -> None:
    """Write what the servers read."""
    addresses = _addresses(rooms.project, parts)
    ports = rooms.project.stack.ports
    told = telling(rooms, f"{_HOST}:{ports.statsd}") if addresses.graphite else rooms
    write_dashboards(told, folder, addresses)
    for name, text in graphite_files(folder / GRAPHITE, ports).items():
        write_text(text, folder / GRAPHITE / name)


def _seen(running: Running, state: str) -> Server:
    return Server(running.name, state, running.url, f"pid {running.pid}")


def _state(running: Running) -> str:
    if not running.is_alive:
        return "ended"
    return "ready" if is_ready(running) else "not ready"


def _addresses(project: Project, parts: Sequence[Part]) -> Addresses:
    names, ports = {part.name for part in parts}, project.stack.ports
    has_alertmanager = "alertmanager" in names
    return replace(
        addresses_of(project),
        alertmanager=f"{_HOST}:{ports.alertmanager}" if has_alertmanager else "",
        graphite=f"{_HOST}:{ports.graphite}" if "graphite" in names else "",
        webhook=project.stack.webhook if has_alertmanager else "",
    )
