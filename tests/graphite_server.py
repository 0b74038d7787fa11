"""carbon, graphite-web and StatsD as tests start them for themselves: on loopback, with a folder of their own."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest
import urllib3

from keepfit.reporting import write_text
from keepfit.stack.command import Command
from keepfit.stack.graphite import GraphiteAddresses, find_graphite, graphite_commands, graphite_files
from prometheus_server import free_address, until

STATSD = "KEEPFIT_STATSD"
"""Where StatsD's program is, when it is not on the PATH."""


class Graphite:
    """The three of them, while its block runs; without their programs the test is skipped.

    Parameters
    ----------
    folder
        For their files; it is made.
    retentions
        Carbon's archives; StatsD hands on as often as the finest has a point.
    """

    def __init__(self, folder: Path, retentions: str) -> None:
        programs = find_graphite(os.environ.get(STATSD, ""))
        if programs.missing:
            pytest.skip("; ".join(f"{one.name} is not installed ({one.remedy})" for one in programs.missing))
        self.addresses = GraphiteAddresses(*(free_address() for _ in range(5)))
        self._folder = folder
        self._files = graphite_files(folder, self.addresses, retentions)
        self._commands = graphite_commands(folder, self.addresses, programs, "of a test")
        self._pool = urllib3.PoolManager(timeout=10.0, retries=False)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        for name, text in self._files.items():
            write_text(text, self._folder / name)
        prepare = self._commands.prepare
        subprocess.run(prepare.arguments, env={**os.environ, **prepare.environment}, check=True, timeout=60)
        with ExitStack() as starting:
            self._start(starting, self._commands.carbon, lambda: _answers(self.addresses.carbon))
            self._start(starting, self._commands.web, self._is_ready)
            self._start(starting, self._commands.statsd, lambda: _answers(self.addresses.statsd_admin, b"health\n"))
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
        self._pool.clear()

    def render(self, target: str, **asked: str) -> dict[str, list[float]]:
        """Return what graphite-web answers for a target: the values of each series, by its name."""
        fields = {"target": target, "format": "json", "noNullPoints": "true", "from": "-30min", **asked}
        answer = self._pool.request("GET", f"http://{self.addresses.web}/render", fields=fields)
        assert answer.status == 200, answer.data.decode()[-2000:]
        return {series["target"]: [value for value, _ in series["datapoints"]] for series in answer.json()}

    def until(self, is_so, what: str, seconds: float = 60) -> None:
        """Wait until something is so."""
        until(is_so, lambda: what, seconds)

    def _start(self, running: ExitStack, command: Command, is_ready) -> None:
        path = self._folder / f"{command.name}.log"
        with path.open("w") as log:
            environment = {**os.environ, **command.environment}
            process = subprocess.Popen(command.arguments, stdout=log, stderr=subprocess.STDOUT, env=environment)
        running.callback(process.wait, 20)
        running.callback(process.terminate)
        until(lambda: process.poll() is not None or is_ready(), lambda: f"{command.name} is ready\n{path.read_text()}")
        assert process.poll() is None, path.read_text()

    def _is_ready(self) -> bool:
        try:
            return self._pool.request("GET", f"http://{self.addresses.web}/metrics/find?query=*").status == 200
        except urllib3.exceptions.HTTPError:
            return False


def _answers(address: str, question: bytes = b"") -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(question)
            return not question or bool(connection.recv(1024))
    except OSError:
        return False
