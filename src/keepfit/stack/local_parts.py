"""The servers of a project as processes of this machine: those whose programs are here, and what the others need."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from keepfit.project import Project
from keepfit.project.stack_section import PortsSection
from keepfit.stack.graphite import find_graphite, graphite_parts
from keepfit.stack.parts import Absent, Part, Port
from keepfit.stack.postgres import postgres_part
from keepfit.stack.readiness import SAYS
from keepfit.workflows.configuration import without_secrets
from keepfit.workflows.rooms import Rooms

GRAPHITE = "graphite"
"""Folder of Graphite's files and data, in that of the stack."""
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Place:
    """What the servers of one project are made from.

    Attributes
    ----------
    rooms
        The project.
    folder
        Of the stack: their files, their data, their logs.
    secrets
        Of `.env`.
    """

    rooms: Rooms
    folder: Path
    secrets: Mapping[str, str]

    @property
    def project(self) -> Project:
        """The declaration."""
        return self.rooms.project

    @property
    def ports(self) -> PortsSection:
        """Where the servers listen."""
        return self.project.stack.ports


def local_parts(place: Place) -> list[Part | Absent]:
    """Return every server of a project in the order in which they are started."""
    graphite = _graphite(place)
    return [
        postgres_part(place.project, place.folder),
        _tracking(place),
        *graphite,
        _service(place, is_told=len(graphite) > 1),
        _alertmanager(place),
        _prometheus(place),
        _grafana(place),
        *_simulators(place),
    ]


def _tracking(place: Place) -> Part | Absent:
    if place.project.tracking.uri:
        return Absent("tracking", f"the project's runs are at {without_secrets(place.project.tracking.uri)}")
    if find_spec("mlflow") is None:
        return Absent("tracking", "MLflow is not installed", 'pip install "keepfit[train]"')
    port, workspace = place.ports.tracking, place.rooms.workspace
    url = f"http://{_HOST}:{port}"
    command = (
        *(sys.executable, "-m", "mlflow", "server", "--host", _HOST, "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{workspace.tracking_database}"),
        *("--artifacts-destination", workspace.artifacts.as_uri()),
        *("--allowed-hosts", f"{_HOST}:{port},localhost:{port}"),
    )
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    return Part("tracking", command, url, f"{url}/health", (_tcp(place, "tracking"),), quiet)


def _service(place: Place, *, is_told: bool) -> Part:
    section = place.project.serving
    url = f"http://{place.project.serving.address}"
    told = {"KEEPFIT_STATSD_ADDRESS": f"{_HOST}:{place.ports.statsd}"} if is_told else {}
    command = _keepfit("serve", place)
    return Part("service", command, url, f"{url}/ready", (Port(section.port, "[serving] port"),), told, is_ours=True)


def _simulators(place: Place) -> Iterator[Part]:
    count = place.project.stack.simulators
    for number in range(1, count + 1):
        name = "simulator" if count == 1 else f"simulator-{number}"
        yield Part(name, (*_keepfit("simulate", place), "--stream"), ready=f"{SAYS}customers go to", is_ours=True)


def _prometheus(place: Place) -> Part | Absent:
    program = shutil.which("prometheus")
    if program is None:
        return Absent("prometheus", "it is not installed", "Debian's package prometheus, or prometheus.io/download")
    address = f"{_HOST}:{place.ports.prometheus}"
    command = (
        *(program, f"--config.file={place.folder / 'prometheus' / 'prometheus.yml'}"),
        *(f"--storage.tsdb.path={place.folder / 'prometheus-data'}", f"--web.listen-address={address}"),
    )
    url = f"http://{address}"
    return Part("prometheus", command, url, f"{url}/-/ready", (_tcp(place, "prometheus"),))


def _alertmanager(place: Place) -> Part | Absent:
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        help_ = "Debian's package prometheus-alertmanager, or prometheus.io/download"
        return Absent("alertmanager", "it is not installed", help_)
    address = f"{_HOST}:{place.ports.alertmanager}"
    command = (
        *(program, f"--config.file={place.folder / 'alertmanager' / 'alertmanager.yml'}"),
        *(f"--storage.path={place.folder / 'alertmanager-data'}", "--cluster.listen-address="),
        f"--web.listen-address={address}",
    )
    url = f"http://{address}"
    return Part("alertmanager", command, url, f"{url}/-/ready", (_tcp(place, "alertmanager"),))


def _grafana(place: Place) -> Part | Absent:
    program = shutil.which("grafana-server") or shutil.which("grafana")
    home = Path("/usr/share/grafana")
    if program is None or not home.is_dir():
        return Absent("grafana", "it is not installed", "the package grafana of grafana.com/grafana/download")
    url = f"http://{_HOST}:{place.ports.grafana}"
    server = (program,) if program.endswith("-server") else (program, "server")
    told = {
        "GF_SERVER_HTTP_ADDR": _HOST,
        "GF_SERVER_HTTP_PORT": str(place.ports.grafana),
        "GF_PATHS_DATA": str(place.folder / "grafana-data"),
        "GF_PATHS_LOGS": str(place.folder / "grafana-data" / "log"),
        "GF_PATHS_PROVISIONING": str(place.folder / "grafana" / "provisioning"),
        "GF_SECURITY_ADMIN_PASSWORD": place.secrets["GRAFANA_ADMIN_PASSWORD"],
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    }
    command = (*server, f"--homepath={home}")
    return Part("grafana", command, url, f"{url}/api/health", (_tcp(place, "grafana"),), told)


def _graphite(place: Place) -> Sequence[Part | Absent]:
    programs = find_graphite()
    if isinstance(programs, Absent):
        return [programs]
    return graphite_parts(place.folder / GRAPHITE, place.ports, programs, place.secrets["GRAPHITE_SECRET_KEY"])


def _keepfit(verb: str, place: Place) -> tuple[str, ...]:
    return (sys.executable, "-m", "keepfit", verb, "--project", str(place.rooms.file))


def _tcp(place: Place, name: str) -> Port:
    return Port(getattr(place.ports, name), f"[stack] ports.{name}")
