"""`keepfit up`, `status` and `down` with a container engine: the compose file, and who follows it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import yaml

import keepfit
from keepfit.errors import ServiceError
from keepfit.project import Project
from keepfit.reporting import write_text
from keepfit.stack.compose import ADDRESSES, DATABASE_FILE, DATABASES, GRAPHITE, SECRETS, STATSD, Images, compose
from keepfit.stack.engine import Engine
from keepfit.stack.graphite import image_files
from keepfit.stack.ledger import alone
from keepfit.stack.pushing import telling
from keepfit.stack.readiness import wait_until_answering
from keepfit.stack.report import Server, UpReport, trained_if_none
from keepfit.stack.secrets import ensure_secrets
from keepfit.workflows.dashboards import write_dashboards
from keepfit.workflows.rooms import Progress, Rooms, no_progress

COMPOSE_FILE, LOG, _MARK = "compose.yaml", "compose.log", "engine.json"
_SEEN_AT = Path("/keepfit")
_STEPS = 4


def write_compose(rooms: Rooms) -> Path:
    """Write the compose file of a project and all that its servers read, after drawing the passwords; return it."""
    folder, ports = rooms.workspace.stack, rooms.project.stack.ports
    settings = {
        "KEEPFIT_JOURNAL_URL": f"postgresql://keepfit:{{POSTGRES_PASSWORD}}@127.0.0.1:{ports.postgres}/keepfit",
        "KEEPFIT_TRACKING_URI": f"http://127.0.0.1:{ports.tracking}",
        "KEEPFIT_UID": str(os.getuid()),
        "KEEPFIT_GID": str(os.getgid()),
    }
    ensure_secrets(rooms.folder, SECRETS, settings)
    addresses = replace(ADDRESSES, webhook=rooms.project.stack.webhook)
    write_dashboards(telling(rooms, STATSD), folder, addresses, _SEEN_AT)
    write_text(DATABASES, folder / DATABASE_FILE)
    for path, text in image_files().items():
        write_text(text, folder / GRAPHITE / Path(path).name)
    for name in ("artifacts", "grafana/provisioning"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    told = compose(rooms.project, rooms.file, rooms.workspace, _images())
    write_text(str(yaml.safe_dump(told, sort_keys=False, width=120)), folder / COMPOSE_FILE)
    return folder / COMPOSE_FILE


def up(rooms: Rooms, engine: Engine, on_progress: Progress = no_progress) -> UpReport:
    """Have an engine start a project's servers, and wait until each answers; train first where there is no champion.

    Raises
    ------
    ServiceError
        When the engine fails, or a server does not answer.
    KeepfitError
        When the training fails.
    """
    folder = rooms.workspace.stack
    with alone(folder):
        has_history = (rooms.workspace.root / "journal.db").exists() and not rooms.project.journal.url
        follow = _Following(engine, write_compose(rooms), rooms.folder / ".env", folder / LOG)
        rooms = Rooms.open(rooms.file)  # with what `.env` says now: where the journal is, and MLflow
        on_progress("start the containers", 0, _STEPS, "build the images")
        follow.run("build")
        write_text(json.dumps(engine.command), folder / _MARK)
        on_progress("start the containers", 1, _STEPS, "PostgreSQL, MLflow")
        follow.run("up", "--detach", "postgres", "tracking")
        answers = _answers(rooms.project)
        wait_until_answering({name: answers[name] for name in ("postgres", "tracking")})
        trained = trained_if_none(rooms, on_progress)
        on_progress("start the containers", 2, _STEPS, "all others")
        follow.run("up", "--detach", "--remove-orphans")
        on_progress("start the containers", 3, _STEPS, "wait for their answers")
        wait_until_answering(answers)
        on_progress("start the containers", _STEPS, _STEPS, "all ready")
        rooms.log.add("up", f"containers by {' '.join(engine.command)}")
    before = "the journal is in PostgreSQL now; what .keepfit/journal.db holds is not in it"
    servers = tuple(Server(name, "ready", url if url.startswith("http") else "", "") for name, url in _pages(answers))
    return UpReport(trained, servers, (), folder, (before,) if has_history else ())


def status(rooms: Rooms) -> str:
    """Return what the engine says of the containers."""
    return _following(rooms).told("ps", "--all")


def down(rooms: Rooms) -> None:
    """Have the engine end and remove the containers; volumes stay."""
    with alone(rooms.workspace.stack):
        _following(rooms).run("down", "--remove-orphans")
        (rooms.workspace.stack / _MARK).unlink()
        rooms.log.add("down", "containers")


def are_up(rooms: Rooms) -> bool:
    """Return whether the project's servers were started as containers."""
    return (rooms.workspace.stack / _MARK).exists()


@dataclass(frozen=True, slots=True)
class _Following:
    """An engine and the file that it follows."""

    engine: Engine
    file: Path
    settings: Path
    log: Path

    def run(self, *arguments: str) -> None:
        self.engine.run(self.file, self.settings, self.log, *arguments)

    def told(self, *arguments: str) -> str:
        return self.engine.told(self.file, self.settings, *arguments)


def _following(rooms: Rooms) -> _Following:
    folder = rooms.workspace.stack
    try:
        command = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ServiceError(f"cannot be read ({error})", where=str(folder / _MARK), hint="`keepfit up` first") from error
    return _Following(Engine(tuple(command)), folder / COMPOSE_FILE, rooms.folder / ".env", folder / LOG)


def _answers(project: Project) -> dict[str, str]:
    """Return what answers on this machine once a server is ready."""
    ports = project.stack.ports
    return {
        "postgres": f"postgresql://127.0.0.1:{ports.postgres}",
        "tracking": f"http://127.0.0.1:{ports.tracking}/health",
        "service": f"http://127.0.0.1:{project.serving.port}/ready",
        "alertmanager": f"http://127.0.0.1:{ports.alertmanager}/-/ready",
        "prometheus": f"http://127.0.0.1:{ports.prometheus}/-/ready",
        "grafana": f"http://127.0.0.1:{ports.grafana}/api/health",
    }


def _pages(answers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, "/".join(url.split("/")[:3])) for name, url in answers.items()]


def _images() -> Images:
    """Return from what our images are built: a clone, or the folder in the wheel."""
    package = Path(keepfit.__file__).parent
    clone = package.parents[1]
    is_clone = (clone / "deploy" / "serve.Dockerfile").is_file()
    return Images(clone if is_clone else package / "container", version("keepfit"))
