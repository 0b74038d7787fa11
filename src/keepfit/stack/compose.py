"""The servers of a project as a file for a container engine: pinned images, health checks, volumes, loopback ports.

Secrets are not in it: the engine reads them from `.env`. Images are named by tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from keepfit.errors import ProjectError
from keepfit.project import Project, Workspace
from keepfit.project.reader import variables_of
from keepfit.stack.graphite import image_files
from keepfit.workflows.dashboards import Addresses

IMAGES: Mapping[str, str] = {
    "postgres": "postgres:17.6-bookworm",
    "prometheus": "prom/prometheus:v3.5.0",
    "alertmanager": "prom/alertmanager:v0.28.1",
    "graphite": "graphiteapp/graphite-statsd:1.1.10-5",
    "grafana": "grafana/grafana:12.1.1",
}
SECRETS = ("POSTGRES_PASSWORD", "GRAFANA_ADMIN_PASSWORD", "KEEPFIT_API_TOKEN")
ADDRESSES = Addresses("service:8000", "prometheus:9090", "alertmanager:9093", graphite="graphite:8080")
"""Where the servers answer each other."""
COMPOSE_FILE = "compose.yaml"
STATSD = "graphite:8125"
GRAPHITE_FILES = "graphite-image"
"""Folder of what Graphite's image reads, in that of the stack."""
DATABASE_FILE = "postgres/databases.sql"
DATABASES = "CREATE DATABASE mlflow;\n"
_PASSWORD = "${POSTGRES_PASSWORD:?keepfit up draws it}"  # noqa: S105 - where the engine finds it
_HOME = "/var/lib/keepfit"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SCRATCH = "/tmp"  # noqa: S108 - a container's own
_Service = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Images:
    """From what our own images are built.

    Attributes
    ----------
    context
        The folder that holds `deploy/` and `locks/`.
    version
        Of Keepfit, and so of the images.
    """

    context: Path
    version: str


def has_own_journal(project: Project) -> bool:
    """Return whether the journal of a project is in the PostgreSQL of its containers: where it names no other."""
    return project.journal.url is None


def has_own_tracking(project: Project) -> bool:
    """Return whether the runs of a project are in the MLflow of its containers: where it names no other."""
    return project.tracking.uri is None


def own_places(environment: Mapping[str, str]) -> list[str]:
    """Return the variables by which commands on this machine find what the containers have.

    They lead to this machine: a server of the network is somebody's choice, and stays.

    Parameters
    ----------
    environment
        Of the project.
    """
    told = {name: environment.get(name, "") for name in ("KEEPFIT_JOURNAL_URL", "KEEPFIT_TRACKING_URI")}
    return [name for name, address in told.items() if urlsplit(address).hostname in _LOOPBACK]


def compose(project: Project, file: Path, workspace: Workspace, images: Images) -> dict[str, Any]:
    """Return the content of `compose.yaml`.

    Parameters
    ----------
    project
        The declaration, as the project file says it.
    file
        Its file.
    workspace
        Its workspace; `stack` in it holds the files that the servers read.
    images
        What ours are built from.

    Raises
    ------
    ProjectError
        When it names a journal or an MLflow that no container reaches.
    """
    _require_reachable(project)
    ports = project.stack.ports
    mounts = _Mounts(file, workspace, project.name)
    own = {"postgres": has_own_journal(project) or has_own_tracking(project), "tracking": has_own_tracking(project)}
    told = _told(project, file)
    services = {
        "postgres": _postgres(mounts, ports.postgres),
        "tracking": _tracking(images, mounts, ports.tracking),
        "train": _train(images, mounts, told, has_tracking=own["tracking"]),
        "service": _service(images, mounts, told, project.serving.port),
        "simulator": _simulator(images, mounts, told, project.stack.simulators),
        "graphite": _graphite(mounts),
        "alertmanager": _alertmanager(mounts, ports.alertmanager),
        "prometheus": _prometheus(mounts, ports.prometheus),
        "grafana": _grafana(mounts, ports.grafana),
    }
    kept = {name: one for name, one in services.items() if own.get(name, True)}
    for one in kept.values():
        after = {name: how for name, how in one.pop("depends_on", {}).items() if name in kept}
        one.update({"depends_on": after} if after else {})
    volumes = {
        mount["source"] for one in kept.values() for mount in one.get("volumes", []) if mount["type"] == "volume"
    }
    return {
        "name": f"keepfit-{project.name}".lower(),
        "services": kept,
        "volumes": {name: {} for name in sorted(volumes)},
    }


def _require_reachable(project: Project) -> None:
    for key, address, kinds in (
        ("[journal] url", project.journal.url, ("postgresql",)),
        ("[tracking] uri", project.tracking.uri, ("http", "https")),
    ):
        at = urlsplit(address or "")
        if address and (at.scheme.partition("+")[0] not in kinds or at.hostname in _LOOPBACK):
            raise ProjectError(
                "is on this machine, and no container reaches it",
                where=f"keepfit.toml: {key}",
                hint="leave it out, and the containers have one; name a server of the network; or "
                "`keepfit up --processes`",
            )


def _told(project: Project, file: Path) -> dict[str, str]:
    """Return what the environment tells a container of ours: what the project file asks for, and where servers are."""
    asked = {name: f"${{{name}:?keepfit.toml asks for it}}" for name in variables_of(file)}
    elsewhere = "${KEEPFIT_JOURNAL_URL:-}"  # empty where the project file names it
    return {
        **asked,
        "KEEPFIT_JOURNAL_URL": _database("postgresql", "keepfit") if has_own_journal(project) else elsewhere,
        "KEEPFIT_API_TOKEN": "${KEEPFIT_API_TOKEN:?keepfit up draws it}",
        "KEEPFIT_ADMIN_TOKEN": "${KEEPFIT_ADMIN_TOKEN:-}",
        "KEEPFIT_JOURNAL_KEY": "${KEEPFIT_JOURNAL_KEY:-}",
        "KEEPFIT_HOME": _HOME,
        "HOME": _SCRATCH,
    }


@dataclass(frozen=True, slots=True)
class _Mounts:
    """Files of this machine, as containers see them."""

    file: Path
    workspace: Workspace
    name: str

    @property
    def project(self) -> tuple[str, str]:
        """What tells a command where the project is."""
        return ("--project", f"/project/{self.file.name}")

    def served(self) -> list[_Service]:
        """Return what the service needs: the declaration and the workspace."""
        return [_bind(self.file, f"/project/{self.file.name}", is_read_only=True), *self._work()]

    def trained(self) -> list[_Service]:
        """Return what a training needs: the tables too."""
        folder = _bind(self.file.parent, "/project", is_read_only=True)
        return [folder, _bind(Path("/dev/null"), "/project/.env", is_read_only=True), *self._work()]

    def told(self, name: str, where: str) -> _Service:
        """Return what a server is told, of the files that are written for it."""
        return _bind(self.workspace.stack / name, where, is_read_only=True)

    def _work(self) -> list[_Service]:
        """Return the workspace without the stack's own files: commands on this machine do what those say."""
        root = f"{_HOME}/{self.name}"
        return [_bind(self.workspace.root, root), {"type": "tmpfs", "target": f"{root}/{self.workspace.stack.name}"}]


def _postgres(mounts: _Mounts, port: int) -> _Service:
    return {
        **_common(IMAGES["postgres"], _check("pg_isready", "-U", "keepfit", "-d", "keepfit")),
        "environment": {"POSTGRES_USER": "keepfit", "POSTGRES_DB": "keepfit", "POSTGRES_PASSWORD": _PASSWORD},
        "volumes": [
            _volume("postgres", "/var/lib/postgresql/data"),
            mounts.told("postgres", "/docker-entrypoint-initdb.d"),
        ],
        "ports": [_port(port, 5432)],
        "shm_size": "128mb",
    }


def _tracking(images: Images, mounts: _Mounts, port: int) -> _Service:
    allowed = f"tracking:5000,127.0.0.1:{port},localhost:{port}"
    ask = (
        "import urllib.request as r; r.urlopen('http://tracking:5000/api/2.0/mlflow/experiments/search?max_results=1')"
    )
    return {
        # asked by the name that the others use: MLflow refuses names that it was not told of
        **_common("", _check("python", "-c", ask)),
        **_ours(images, "train"),
        **_confined(),
        "entrypoint": ["mlflow", "server"],
        "command": [
            *("--host", "0.0.0.0", "--port", "5000", "--workers", "1"),  # noqa: S104 - within its network
            *("--artifacts-destination", "/artifacts", "--allowed-hosts", allowed),
        ],
        "environment": {
            "MLFLOW_BACKEND_STORE_URI": _database("postgresql+psycopg", "mlflow"),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "HOME": _SCRATCH,
        },
        "volumes": [_bind(mounts.workspace.stack / "artifacts", "/artifacts")],
        "ports": [_port(port, 5000)],
        "depends_on": _after("postgres"),
    }


def _train(images: Images, mounts: _Mounts, told: dict[str, str], *, has_tracking: bool) -> _Service:
    """Return what runs a command of Keepfit: `compose run --rm train check`, and so on."""
    runs = {"KEEPFIT_TRACKING_URI": "http://tracking:5000" if has_tracking else "${KEEPFIT_TRACKING_URI:-}"}
    return {
        **_ours(images, "train"),
        **_confined(),
        "profiles": ["commands"],
        "command": ["train", *mounts.project],
        "environment": {**told, **runs},
        "volumes": mounts.trained(),
        "depends_on": _after("postgres", "tracking"),
    }


def _service(images: Images, mounts: _Mounts, told: dict[str, str], port: int) -> _Service:
    ask = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/ready', timeout=3)"
    return {
        **_common("", _check("python", "-c", ask)),
        **_ours(images, "serve"),
        **_confined(),
        "command": ["serve", *mounts.project, "--host", "0.0.0.0", "--port", "8000"],  # noqa: S104 - its network
        "environment": {**told, "KEEPFIT_STATSD_ADDRESS": STATSD},
        "volumes": mounts.served(),
        "ports": [_port(port, 8000)],
        "depends_on": _after("postgres"),
        "stop_grace_period": "30s",
    }


def _simulator(images: Images, mounts: _Mounts, told: dict[str, str], count: int) -> _Service:
    return {
        **_common("", None),
        **_ours(images, "train"),
        **_confined(),
        "command": ["simulate", "--stream", *mounts.project, "--url", "http://service:8000"],
        "environment": dict(told),
        "volumes": mounts.trained(),
        "depends_on": _after("service"),
        "deploy": {"replicas": count},
    }


def _prometheus(mounts: _Mounts, port: int) -> _Service:
    return {
        **_common(IMAGES["prometheus"], _wget("http://127.0.0.1:9090/-/ready")),
        "command": ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
        "volumes": [mounts.told("prometheus", "/etc/prometheus"), _volume("prometheus", "/prometheus")],
        "ports": [_port(port, 9090)],
    }


def _alertmanager(mounts: _Mounts, port: int) -> _Service:
    return {
        **_common(IMAGES["alertmanager"], _wget("http://127.0.0.1:9093/-/ready")),
        "command": ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
        "volumes": [mounts.told("alertmanager", "/etc/alertmanager"), _volume("alertmanager", "/alertmanager")],
        "ports": [_port(port, 9093)],
    }


def _graphite(mounts: _Mounts) -> _Service:
    """Return Graphite with StatsD; it has a well-known administrator of its own, so no port leads to its pages."""
    check = _wget("http://127.0.0.1:8080/render?format=json")
    files = [mounts.told(f"{GRAPHITE_FILES}/{Path(path).name}", path) for path in image_files()]
    return {**_common(IMAGES["graphite"], check), "volumes": [*files, _volume("graphite", "/opt/graphite/storage")]}


def _grafana(mounts: _Mounts, port: int) -> _Service:
    return {
        **_common(IMAGES["grafana"], _wget("http://127.0.0.1:3000/api/health")),
        "environment": {
            "GF_SECURITY_ADMIN_PASSWORD": "${GRAFANA_ADMIN_PASSWORD:?keepfit up draws it}",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        },
        "volumes": [
            mounts.told("grafana/provisioning", "/etc/grafana/provisioning"),
            mounts.told("grafana/dashboards", "/keepfit/grafana/dashboards"),
            _volume("grafana", "/var/lib/grafana"),
        ],
        "ports": [_port(port, 3000)],
        "depends_on": _after("prometheus"),
    }


def _common(image: str, check: _Service | None) -> _Service:
    named = {"image": image} if image else {}
    checked = {"healthcheck": check} if check else {}
    return {**named, **checked, "restart": "unless-stopped"}


def _ours(images: Images, name: str) -> _Service:
    build = {
        "context": str(images.context),
        "dockerfile": f"deploy/{name}.Dockerfile",
        "args": {"KEEPFIT_VERSION": images.version},
    }
    return {"image": f"keepfit-{name}:{images.version}", "build": build, "user": "${KEEPFIT_UID}:${KEEPFIT_GID}"}


def _confined() -> _Service:
    """Return what keeps a container from writing anywhere but into its mounts."""
    return {
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "read_only": True,
        "tmpfs": [_SCRATCH],
    }


def _database(kind: str, name: str) -> str:
    return f"{kind}://keepfit:{_PASSWORD}@postgres:5432/{name}"


def _check(*command: str) -> _Service:
    return {"test": ["CMD", *command], "interval": "10s", "timeout": "5s", "retries": 6, "start_period": "60s"}


def _wget(url: str) -> _Service:
    return _check("wget", "-q", "-O", "/dev/null", url)


def _after(*names: str) -> dict[str, dict[str, str]]:
    return {name: {"condition": "service_healthy"} for name in names}


def _port(here: int, there: int) -> str:
    return f"127.0.0.1:{here}:{there}"


def _volume(name: str, where: str) -> _Service:
    return {"type": "volume", "source": name, "target": where}


def _bind(source: Path, where: str, *, is_read_only: bool = False) -> _Service:
    return {"type": "bind", "source": str(source), "target": where, "read_only": is_read_only}
