"""carbon, graphite-web and StatsD as tests start them for themselves: on loopback, with a folder of their own."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest
import urllib3

from keepfit.project.stack_section import PortsSection
from keepfit.reporting import write_text
from keepfit.stack.graphite import find_graphite, graphite_files, graphite_parts
from keepfit.stack.parts import Absent
from keepfit.stack.processes import end, start
from keepfit.stack.readiness import wait_until_ready
from prometheus_server import free_address
from waiting import until

NAMES = ("graphite", "carbon", "carbon_queries", "statsd", "statsd_admin")


class Graphite:
    """The three of them, while its block runs; without their programs the test is skipped.

    Parameters
    ----------
    folder
        For their files; it is made.
    retentions
        Carbon's archives; StatsD hands on as often as the finest has a point.

    Attributes
    ----------
    web, statsd
        Where they listen, `host:port`.
    ports
        All of their ports.
    """

    def __init__(self, folder: Path, retentions: str) -> None:
        programs = find_graphite()
        if isinstance(programs, Absent):
            pytest.skip(f"{programs.why} ({programs.help})")
        section = PortsSection(**{name: int(free_address().rpartition(":")[2]) for name in NAMES})
        self.ports = {getattr(section, name) for name in NAMES}
        self.web, self.statsd = f"127.0.0.1:{section.graphite}", f"127.0.0.1:{section.statsd}"
        self._folder = folder
        self._files = graphite_files(folder, section, retentions)
        self._parts = graphite_parts(folder, section, programs, secrets.token_hex(16))
        self._pool = urllib3.PoolManager(timeout=10.0, retries=False)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        for name, text in self._files.items():
            write_text(text, self._folder / name)
        with ExitStack() as starting:
            for part in self._parts:
                running = start(part, self._folder, dict(os.environ))
                starting.callback(end, running)
                wait_until_ready(running)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
        self._pool.clear()

    def render(self, target: str, **asked: str) -> dict[str, list[float]]:
        """Return what graphite-web answers for a target: the values of each series, by its name."""
        fields = {"target": target, "format": "json", "noNullPoints": "true", "from": "-30min", **asked}
        answer = self._pool.request("GET", f"http://{self.web}/render", fields=fields)
        assert answer.status == 200, answer.data.decode()[-2000:]
        return {series["target"]: [value for value, _ in series["datapoints"]] for series in answer.json()}

    def until(self, is_so, what: str, seconds: float = 60) -> None:
        """Wait until something is so."""
        until(is_so, lambda: what, seconds)
