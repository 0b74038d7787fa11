"""`keepfit dashboards`: what Grafana, Prometheus and Alertmanager need to watch a project, as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from keepfit.errors import ProjectError
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.boards import boards
from keepfit.monitoring.grafana import UIDS, grafana_json
from keepfit.monitoring.prometheus_rules import job_of, rules, stream_job_of
from keepfit.project import Project
from keepfit.reporting import write_text
from keepfit.workflows.rooms import Rooms

SCRAPE_SECONDS = 5
"""How often Prometheus asks the service."""
_FOLDER = "Keepfit"
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers answer.

    Attributes
    ----------
    service, prometheus, alertmanager
        `host:port`; no alert is sent where no Alertmanager is named.
    webhook
        The URL that Alertmanager tells of critical alerts; empty for nobody.
    graphite
        `host:port` of graphite-web; without it no panel asks Graphite.
    stream
        `host:port` of the stream's metrics; without it nobody scrapes them, and no panel and no alert is about them.
    """

    service: str = "127.0.0.1:8000"
    prometheus: str = "127.0.0.1:9090"
    alertmanager: str = ""
    webhook: str = ""
    graphite: str = ""
    stream: str = ""


def addresses_of(project: Project) -> Addresses:
    """Return where a project declares that its service, its Prometheus and its stream answer."""
    port = project.stream.metrics_port
    return Addresses(
        project.serving.address,
        f"127.0.0.1:{project.stack.ports.prometheus}",
        stream=f"127.0.0.1:{port}" if port else "",
    )


def write_dashboards(rooms: Rooms, out: Path, addresses: Addresses, seen_at: Path | None = None) -> list[Path]:
    """Write the files into a folder, in place of older ones; return them.

    Parameters
    ----------
    rooms
        The project.
    out
        The folder.
    addresses
        Where the servers answer.
    seen_at
        Where Grafana finds the folder, when that is elsewhere: in a container.

    Raises
    ------
    ProjectError
        When an address is none, or nobody tells whom it names.
    KeepfitError
        When a file cannot be written.
    """
    for name in ("service", "prometheus", "alertmanager", "graphite"):
        _require_address(f"--{name}", getattr(addresses, name))
    if addresses.webhook and not addresses.alertmanager:
        raise ProjectError(
            "is told by nobody", where="--webhook", hint="name an Alertmanager: --alertmanager HOST:PORT"
        )
    if addresses.graphite and not rooms.project.monitoring.statsd.address:
        raise ProjectError(
            "knows nothing of this project",
            where="--graphite",
            hint="declare the StatsD before it: [monitoring.statsd] address",
        )
    _require_own_folder(rooms, out)
    written = []
    for name, text in _files(rooms, seen_at or out.resolve(), addresses):
        write_text(text, out / name)
        written.append(out / name)
    for older in (out / "grafana" / "dashboards").glob(f"keepfit-{rooms.project.name}-*.json"):
        if older not in written:
            older.unlink()
    return written


def _require_own_folder(rooms: Rooms, out: Path) -> None:
    """Refuse a folder that another project's Prometheus reads: it would be told of that one no more."""
    others = [path for path in out.glob("prometheus/rules-*.yml") if path.name != f"rules-{rooms.project.name}.yml"]
    if others:
        raise ProjectError("holds the files of another project", where=str(others[0]), hint="choose a folder for each")


def _require_address(option: str, address: str) -> None:
    host, _, port = address.rpartition(":")
    is_optional = option in ("--alertmanager", "--graphite")
    if not (address or is_optional) or (address and not _is_address(host, port)):
        raise ProjectError(f'"{address}" is no address', where=option, hint="host:port, for example 127.0.0.1:9090")


def _is_address(host: str, port: str) -> bool:
    return bool(host) and "/" not in host and port.isdigit() and 0 < int(port) <= _LAST_PORT


def _files(rooms: Rooms, seen_at: Path, addresses: Addresses) -> Iterator[tuple[str, str]]:
    """Yield the names of the files, and what is in them."""
    name, section = rooms.project.name, rooms.project.monitoring
    words = Words(rooms.project.project.language)
    has_stream = bool(addresses.stream)
    for board in boards(name, section, words, has_graphite=bool(addresses.graphite), has_stream=has_stream):
        yield f"grafana/dashboards/{board.uid}.json", grafana_json(board)
    folder = {"path": str(seen_at / "grafana" / "dashboards")}
    provider = {"name": f"keepfit-{name}", "folder": _FOLDER, "type": "file", "options": folder}
    sources = {"apiVersion": 1, "datasources": list(_sources(addresses))}
    yield "grafana/provisioning/dashboards/keepfit.yml", _yaml({"apiVersion": 1, "providers": [provider]})
    yield "grafana/provisioning/datasources/keepfit.yml", _yaml(sources)
    yield f"prometheus/rules-{name}.yml", _yaml(rules(name, section, has_stream=has_stream))
    yield "prometheus/prometheus.yml", _yaml(_scraping(name, addresses))
    if addresses.alertmanager:
        yield "alertmanager/alertmanager.yml", _yaml(_routes(addresses.webhook))


def _sources(addresses: Addresses) -> Iterator[Mapping[str, Any]]:
    """Yield whom Grafana asks."""
    yield {
        "name": "Prometheus of Keepfit",
        "uid": UIDS["prometheus"],
        "type": "prometheus",
        "access": "proxy",
        "url": f"http://{addresses.prometheus}",
        "jsonData": {"timeInterval": f"{SCRAPE_SECONDS}s"},
    }
    if addresses.graphite:
        yield {
            "name": "Graphite of Keepfit",
            "uid": UIDS["graphite"],
            "type": "graphite",
            "access": "proxy",
            "url": f"http://{addresses.graphite}",
            "jsonData": {"graphiteVersion": "1.1"},
        }


def _scraping(project: str, addresses: Addresses) -> Mapping[str, Any]:
    stream = [(stream_job_of(project), addresses.stream)] if addresses.stream else []
    jobs = [(job_of(project), addresses.service), *stream, ("prometheus", addresses.prometheus)]
    told: dict[str, Any] = {
        "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "evaluation_interval": f"{SCRAPE_SECONDS}s"},
        "rule_files": [f"rules-{project}.yml"],
        "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [where]}]} for job, where in jobs],
    }
    if addresses.alertmanager:
        told["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [addresses.alertmanager]}]}]}
    return told


def _routes(webhook: str) -> Mapping[str, Any]:
    """Return who is told: of critical alerts the webhook, and of no warning that a dead service explains."""
    told = {"webhook_configs": [{"url": webhook}]} if webhook else {}
    return {
        "route": {
            "receiver": "nobody",
            "group_by": ["alertname", "project"],
            "group_wait": "5s",
            "group_interval": "1m",
            "repeat_interval": "4h",
            "routes": [{"matchers": ['severity="critical"'], "receiver": "critical"}],
        },
        "inhibit_rules": [
            {
                "source_matchers": ['alertname="KeepfitServiceDown"'],
                "target_matchers": ['severity="warning"'],
                "equal": ["project"],
            }
        ],
        "receivers": [{"name": "nobody"}, {"name": "critical", **told}],
    }


def _yaml(content: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000))
