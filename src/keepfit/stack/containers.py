"""`keepfit up`, `status` and `down` with a container engine: the compose file, and who follows it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import yaml

import keepfit
from keepfit.errors import ServiceError
from keepfit.project import Project, read_project
from keepfit.reporting import write_text
from keepfit.stack.compose import (
    ADDRESSES,
    COMPOSE_FILE,
    DATABASE_FILE,
    DATABASES,
    GRAPHITE_FILES,
    SECRETS,
    STATSD,
    Images,
    compose,
    has_own_journal,
    has_own_tracking,
    own_places,
)
from keepfit.stack.engine import COMMANDS, Engine
from keepfit.stack.first_champion import trained_if_none
from keepfit.stack.graphite import image_files
from keepfit.stack.ledger import alone
from keepfit.stack.parts import Part, Port
from keepfit.stack.ports import require_free
from keepfit.stack.pushing import telling
from keepfit.stack.readiness import wait_until_answering
from keepfit.stack.report import Server, UpReport
from keepfit.stack.secrets import ensure_secrets
from keepfit.workflows.dashboards import write_dashboards
from keepfit.workflows.rooms import Progress, Rooms, no_progress

LOG, _MARK = "compose.log", "engine.json"
_HOST = "127.0.0.1"
_SEEN_AT = Path("/keepfit")
_STARTING, _STEPS = "start the containers", 4


def write_compose(rooms: Rooms) -> Path:
    """Write the compose file of a project and all that its servers read, after drawing the passwords; return it.

    A journal or an MLflow that the project file names is left where it is, and has no container.

    Raises
    ------
    ProjectError
        When the project file names one on this machine, which no container reaches.
    """
    folder, declared = rooms.workspace.stack, _declared(rooms)
    ensure_secrets(rooms.folder, SECRETS, _settings(rooms, declared))
    addresses = replace(ADDRESSES, webhook=declared.stack.webhook)
    write_dashboards(telling(rooms, STATSD), folder, addresses, _SEEN_AT)
    write_text(DATABASES, folder / DATABASE_FILE)
    for path, text in image_files().items():
        write_text(text, folder / GRAPHITE_FILES / Path(path).name)
    for name in ("artifacts", "grafana/provisioning"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    told = compose(declared, rooms.file, rooms.workspace, _images())
    write_text(str(yaml.safe_dump(told, sort_keys=False, width=120)), folder / COMPOSE_FILE)
    return folder / COMPOSE_FILE


def up(rooms: Rooms, command: tuple[str, ...], on_progress: Progress = no_progress) -> UpReport:
    """Have an engine start a project's servers, and wait until each answers; train first where there is no champion.

    Parameters
    ----------
    rooms
        The project.
    command
        The engine's.
    on_progress
        Told of each step.

    Raises
    ------
    ServiceError
        When a port is in use, the engine fails, or a server does not answer; what runs by then is left, and
        `down` ends it.
    KeepfitError
        When the training fails.
    """
    folder = rooms.workspace.stack
    with alone(folder):
        notes = _notes(rooms)
        engine = Engine(command, write_compose(rooms), rooms.folder / ".env", folder / LOG)
        answers = _answers(_declared(rooms))
        if not are_up(rooms):
            require_free([_published(rooms.project, answers)])
        rooms = Rooms.open(rooms.file)  # with what `.env` says now: where the journal is, and MLflow
        on_progress(_STARTING, 0, _STEPS, "build the images")
        engine.run("build")
        write_text(json.dumps(command), folder / _MARK)
        first = [name for name in ("postgres", "tracking") if name in answers]
        if first:
            on_progress(_STARTING, 1, _STEPS, ", ".join(first))
            engine.run("up", "--detach", *first)
            wait_until_answering({name: answers[name] for name in first})
        trained = trained_if_none(rooms, on_progress)
        on_progress(_STARTING, 2, _STEPS, "all others")
        engine.run("up", "--detach", "--remove-orphans")
        on_progress(_STARTING, 3, _STEPS, "wait for their answers")
        wait_until_answering(answers)
        on_progress(_STARTING, _STEPS, _STEPS, "all ready")
        rooms.log.add("up", f"containers by {' '.join(command)}")
    return UpReport(trained, tuple(_seen(name, "ready", answers) for name in answers), (), folder, notes)


def status(rooms: Rooms) -> list[Server]:
    """Return what the engine says of the containers."""
    answers = _answers(_declared(rooms))
    return [_seen(name, state, answers) for name, state in _engine(rooms).containers()]


def down(rooms: Rooms) -> None:
    """Have the engine end and remove the containers; volumes stay."""
    with alone(rooms.workspace.stack):
        _engine(rooms).run("down", "--remove-orphans")
        (rooms.workspace.stack / _MARK).unlink()
        rooms.log.add("down", "containers")


def are_up(rooms: Rooms) -> bool:
    """Return whether the project's servers were started as containers."""
    return (rooms.workspace.stack / _MARK).exists()


def _declared(rooms: Rooms) -> Project:
    """Return what the project says, without the addresses of its containers that `.env` has from an earlier start."""
    return read_project(rooms.file, ignored=own_places(rooms.environment))


def _settings(rooms: Rooms, project: Project) -> dict[str, str | None]:
    """Return what commands outside of the containers have to know."""
    ports = project.stack.ports
    found: dict[str, str | None] = dict.fromkeys(own_places(rooms.environment))
    found |= {"KEEPFIT_UID": str(os.getuid()), "KEEPFIT_GID": str(os.getgid())}
    if has_own_journal(project):
        found["KEEPFIT_JOURNAL_URL"] = f"postgresql://keepfit:{{POSTGRES_PASSWORD}}@{_HOST}:{ports.postgres}/keepfit"
    if has_own_tracking(project):
        found["KEEPFIT_TRACKING_URI"] = f"http://{_HOST}:{ports.tracking}"
    return found


def _notes(rooms: Rooms) -> tuple[str, ...]:
    """Return what somebody should know who had run the project without containers."""
    if not has_own_journal(_declared(rooms)) or not rooms.workspace.journal_file.exists():
        return ()
    return ("the journal is in the containers' PostgreSQL now; what .keepfit/journal.db holds is not in it",)


def _published(project: Project, answers: Mapping[str, str]) -> Part:
    ports = [
        Port(urlsplit(url).port or 0, "[serving] port" if name == "service" else f"[stack] ports.{name}")
        for name, url in answers.items()
    ]
    return Part(f"the containers of {project.name}", (), ports=tuple(ports))


def _engine(rooms: Rooms) -> Engine:
    folder = rooms.workspace.stack
    mark = folder / _MARK
    try:
        command = tuple(json.loads(mark.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ServiceError(f"cannot be read ({error})", where=str(mark), hint="`keepfit up` first") from error
    if command not in COMMANDS:
        raise ServiceError("names no engine", where=str(mark), hint="remove it, and look after its containers by hand")
    return Engine(command, folder / COMPOSE_FILE, rooms.folder / ".env", folder / LOG)


def _answers(project: Project) -> dict[str, str]:
    """Return what answers on this machine once a server is ready."""
    ports = project.stack.ports
    found = {
        "postgres": f"postgresql://{_HOST}:{ports.postgres}",
        "tracking": f"http://{_HOST}:{ports.tracking}/health",
        "service": f"http://{_HOST}:{project.serving.port}/ready",
        "alertmanager": f"http://{_HOST}:{ports.alertmanager}/-/ready",
        "prometheus": f"http://{_HOST}:{ports.prometheus}/-/ready",
        "grafana": f"http://{_HOST}:{ports.grafana}/api/health",
    }
    has_tracking = has_own_tracking(project)
    left_out = {"postgres": not (has_own_journal(project) or has_tracking), "tracking": not has_tracking}
    return {name: url for name, url in found.items() if not left_out.get(name)}


def _seen(name: str, state: str, answers: Mapping[str, str]) -> Server:
    url = answers.get(name, "")
    return Server(name, state, "/".join(url.split("/")[:3]) if url.startswith("http") else "", "container")


def _images() -> Images:
    """Return from what our images are built: a clone, or the folder in the wheel."""
    package = Path(keepfit.__file__).parent
    clone = package.parents[1]
    is_clone = (clone / "deploy" / "serve.Dockerfile").is_file()
    return Images(clone if is_clone else package / "container", version("keepfit"))
