"""`keepfit serve`: the champions of some projects over HTTP, until it is told to stop."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from keepfit.errors import ServiceError, TrackingError
from keepfit.journal import Journal, open_recorder
from keepfit.registry import Registry
from keepfit.serving import Gate, ServedProject, Worker, Workers, bind, build_app, gate_of
from keepfit.serving import serve as answer_requests
from keepfit.tracking import TrackingStore
from keepfit.workflows.configuration import note_configuration
from keepfit.workflows.rooms import Rooms


def serve(
    projects: Sequence[Rooms],
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    on_start: Callable[[str], None] | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT.

    Parameters
    ----------
    projects
        One is answered at the root, several below their names; the first says what concerns the whole service.
    host, port, workers
        Instead of the first project's own; port 0 takes a free one.
    on_start
        Told the address once it answers.

    Raises
    ------
    BundleError
        When a project has no champion, or its bundle is not whole.
    JournalError
        When a journal takes no writes.
    ServiceError
        When the port is taken, the address needs a token, two projects have one name, or a worker cannot start.
    """
    _require_names(projects)
    section = projects[0].project.serving
    count = section.workers if workers is None else workers
    for rooms in projects:
        with rooms.journal() as journal:
            journal.require_writable()
            note_configuration(rooms, journal)
            rooms.registry(journal).repair()  # a promotion that was cut short is made good before the first answer
    plan = _Plan(tuple(rooms.file for rooms in projects), host or section.host)
    plan.gate()
    with ExitStack() as stack:
        bound = stack.enter_context(bind(plan.host, section.port if port is None else port))
        address = _address(bound)
        logged = stack.enter_context(_logged(projects, address))

        def on_ready() -> None:
            logged()
            if on_start:
                on_start(address)

        if count == 1:
            _answer(plan, bound, Worker(0, None), on_ready)
        else:
            shared = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keepfit-metrics-")))
            Workers(partial(_work, plan, bound, shared), count).run(on_ready)


_TAKEN_NAMES = frozenset(("admin", "api", "docs", "health", "metrics", "ready", "v2"))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a worker needs to know: the projects' files, and where they answer."""

    files: tuple[Path, ...]
    host: str

    def gate(self) -> Gate:
        """Return the gate of the service."""
        projects = [Rooms.open(file) for file in self.files]
        declared = [rooms.project.serving for rooms in projects]
        names = [name for section in declared for name in section.allowed_hosts]
        return gate_of(self.host, names, projects[0].environment, is_open=all(section.open for section in declared))


def _work(plan: _Plan, bound: socket.socket, shared: Path, slot: int, on_ready: Callable[[], None]) -> None:
    """Live as one of several workers."""
    _answer(plan, bound, Worker(slot, shared), on_ready)


def _answer(plan: _Plan, bound: socket.socket, worker: Worker, on_ready: Callable[[], None]) -> None:
    with ExitStack() as journals:
        served = [_served(rooms, journals.enter_context(rooms.journal())) for rooms in map(Rooms.open, plan.files)]
        answer_requests(build_app(served, plan.gate(), worker), bound, on_ready)


def _served(rooms: Rooms, journal: Journal) -> ServedProject:
    def no_tracking() -> TrackingStore:
        raise TrackingError("the service does not open MLflow: its alias follows with the next `keepfit` command")

    def go_back() -> int:
        registry = Registry(journal, rooms.store, rooms.project.name, no_tracking)
        return registry.rollback(actor="service", reason="rolled back over HTTP").promotion.version

    project = rooms.project
    return ServedProject(
        project.name,
        project.serving,
        project.monitoring,
        rooms.store,
        journal,
        open_recorder(journal, project.journal, rooms.workspace.spill),
        rooms.redaction(),
        go_back,
        runs_pipelines=project.runs_pipelines,
    )


@contextmanager
def _logged(projects: Sequence[Rooms], address: str) -> Iterator[Callable[[], None]]:
    """Give what writes the start into the run logs; what has started is written down when it stops, too."""
    has_started = False

    def say(what: str) -> None:
        for rooms in projects:
            rooms.log.add("serve", f"{what} at {address}")

    def started() -> None:
        nonlocal has_started
        has_started = True
        say("started")

    try:
        yield started
    finally:
        if has_started:
            say("stopped")


def _require_names(projects: Sequence[Rooms]) -> None:
    names = [rooms.project.name for rooms in projects]
    for rooms, name in zip(projects, names, strict=True):
        if len(names) > 1 and name in _TAKEN_NAMES:
            raise ServiceError(
                f'"{name}" is a path of the service itself',
                where=str(rooms.file),
                hint="give the project another [project] name",
            )
        if names.count(name) > 1:
            raise ServiceError(
                f'two projects are called "{name}"', where=str(rooms.file), hint="give one another [project] name"
            )


def _address(bound: socket.socket) -> str:
    name, number = bound.getsockname()[:2]
    return f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}"
