"""The servers of a project as a file for a container engine: pinned images, health checks, volumes, loopback ports.

Secrets are not in it: the engine reads them from `.env`. Images are named by tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keepfit.project import Project, Workspace
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
STATSD = "graphite:8125"
GRAPHITE = "graphite-image"
"""Folder of what Graphite's image reads, in that of the stack."""
DATABASE_FILE = "postgres/databases.sql"
DATABASES = "CREATE DATABASE mlflow;\n"
_PASSWORD = "${POSTGRES_PASSWORD:?keepfit up draws it}"  # noqa: S105 - where the engine finds it
_HOME = "/var/lib/keepfit"
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


def compose(project: Project, file: Path, workspace: Workspace, images: Images) -> dict[str, Any]:
    """Return the content of `compose.yaml`.

    Parameters
    ----------
    project
        The declaration.
    file
        Its file.
    workspace
        Its workspace; `stack` in it holds the files that the servers read.
    images
        What ours are built from.
    """
    ports = project.stack.ports
    mounts = _Mounts(file, workspace, project.name)
    services = {
        "postgres": _postgres(mounts, ports.postgres),
        "tracking": _tracking(images, mounts, ports.tracking),
        "train": _train(images, mounts),
        "service": _service(images, mounts, project.serving.port),
        "simulator": _simulator(images, mounts, project.stack.simulators),
        "graphite": _graphite(mounts),
        "alertmanager": _alertmanager(mounts, ports.alertmanager),
        "prometheus": _prometheus(mounts, ports.prometheus),
        "grafana": _grafana(mounts, ports.grafana),
    }
    volumes = ("postgres", "graphite", "alertmanager", "prometheus", "grafana")
    return {"name": f"keepfit-{project.name}".lower(), "services": services, "volumes": {name: {} for name in volumes}}


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
        """Return what the service needs: the declaration and the workspace, and no password of another server."""
        return [_bind(self.file, f"/project/{self.file.name}", is_read_only=True), self._work()]

    def trained(self) -> list[_Service]:
        """Return what a training needs: the tables too."""
        folder = _bind(self.file.parent, "/project", is_read_only=True)
        return [folder, _bind(Path("/dev/null"), "/project/.env", is_read_only=True), self._work()]

    def told(self, name: str, where: str) -> _Service:
        """Return what a server is told, of the files that are written for it."""
        return _bind(self.workspace.stack / name, where, is_read_only=True)

    def _work(self) -> _Service:
        return _bind(self.workspace.root, f"{_HOME}/{self.name}")


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


def _train(images: Images, mounts: _Mounts) -> _Service:
    """Return what runs a command of Keepfit: `compose run --rm train check`, and so on."""
    return {
        **_ours(images, "train"),
        **_confined(),
        "profiles": ["commands"],
        "command": ["train", *mounts.project],
        "environment": {**_servers(), "KEEPFIT_TRACKING_URI": "http://tracking:5000"},
        "volumes": mounts.trained(),
        "depends_on": _after("postgres", "tracking"),
    }


def _service(images: Images, mounts: _Mounts, port: int) -> _Service:
    ask = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/ready', timeout=3)"
    return {
        **_common("", _check("python", "-c", ask)),
        **_ours(images, "serve"),
        **_confined(),
        "command": ["serve", *mounts.project, "--host", "0.0.0.0", "--port", "8000"],  # noqa: S104 - its network
        "environment": {**_servers(), "KEEPFIT_STATSD_ADDRESS": STATSD},
        "volumes": mounts.served(),
        "ports": [_port(port, 8000)],
        "depends_on": _after("postgres"),
        "stop_grace_period": "30s",
    }


def _simulator(images: Images, mounts: _Mounts, count: int) -> _Service:
    return {
        **_common("", None),
        **_ours(images, "train"),
        **_confined(),
        "command": ["simulate", "--stream", *mounts.project, "--url", "http://service:8000"],
        "environment": _servers(),
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
    files = [mounts.told(f"{GRAPHITE}/{Path(path).name}", path) for path in image_files()]
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


def _servers() -> dict[str, str]:
    """Return what tells a container of ours where the journal is, and what opens the service."""
    return {
        "KEEPFIT_JOURNAL_URL": _database("postgresql", "keepfit"),
        "KEEPFIT_API_TOKEN": "${KEEPFIT_API_TOKEN:?keepfit up draws it}",
        "KEEPFIT_JOURNAL_KEY": "${KEEPFIT_JOURNAL_KEY:-}",
        "KEEPFIT_HOME": _HOME,
        "HOME": _SCRATCH,
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
