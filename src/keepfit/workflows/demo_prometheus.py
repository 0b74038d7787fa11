"""A Prometheus for as long as a demo lasts, where one is installed: it asks the service and the stream."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3

from keepfit.errors import ServiceError
from keepfit.workflows.board_pages import ask_server
from keepfit.workflows.child_process import child_process, last_words
from keepfit.workflows.dashboards import Addresses, write_dashboards
from keepfit.workflows.demo_stage import free_port
from keepfit.workflows.rooms import Rooms

_HOST = "127.0.0.1"
_START_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_TIMEOUT_SECONDS = 5.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Watch:
    """A Prometheus that watches a project.

    Attributes
    ----------
    addresses
        Where it answers, and whom it asks.
    """

    addresses: Addresses

    def values(self, metric: str, label: str) -> dict[str, list[float]]:
        """Return what it has scraped of a metric in the last hour, the oldest first, by a label.

        Raises
        ------
        ServiceError
            When it does not answer.
        """
        found = ask_server(f"http://{self.addresses.prometheus}/api/v1/query", {"query": f"{metric}[1h]"})
        return {one["metric"][label]: [float(value) for _, value in one["values"]] for one in found["data"]["result"]}


@contextmanager
def watched(rooms: Rooms, *, service: str, stream: str) -> Iterator[Watch | None]:
    """Start Prometheus with the files of `keepfit dashboards`, and end it; None where it is not installed.

    Parameters
    ----------
    rooms
        The project; the files go into its folder `watch`.
    service, stream
        Whom it asks, `host:port` each.

    Raises
    ------
    ServiceError
        When it does not become ready.
    """
    program = shutil.which("prometheus")
    if program is None:
        yield None
        return
    port = free_port(_HOST, rooms.project.stack.ports.prometheus)
    addresses = Addresses(service, f"{_HOST}:{port}", stream=stream)
    folder = rooms.folder / "watch"
    write_dashboards(rooms, folder, addresses)
    log = rooms.workspace.root / "prometheus.log"
    command = (
        *(program, f"--config.file={folder / 'prometheus' / 'prometheus.yml'}"),
        *(f"--storage.tsdb.path={rooms.workspace.root / 'prometheus'}", f"--web.listen-address={addresses.prometheus}"),
    )
    with child_process(command, log) as process:
        deadline = time.monotonic() + _START_SECONDS
        while not _is_ready(addresses.prometheus):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"Prometheus is not ready: {last_words(log)}", where=addresses.prometheus)
            time.sleep(_LOOK_SECONDS)
        yield Watch(addresses)


def _is_ready(address: str) -> bool:
    try:
        answer = urllib3.request("GET", f"http://{address}/-/ready", timeout=_TIMEOUT_SECONDS, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == _OK
