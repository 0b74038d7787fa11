"""Prometheus and Alertmanager as tests start them for themselves: on loopback, with a folder of their own."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest
import urllib3

from waiting import until


def free_address() -> str:
    """Return an address of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


class Server:
    """A program that runs while its block does.

    Parameters
    ----------
    program
        Its name; without it the test is skipped.
    arguments
        What it is told.
    address
        Where it answers; `/-/ready` says that it does.
    log
        Where its words go.
    """

    def __init__(self, program: str, arguments: list[str], address: str, log: Path) -> None:
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"{program} is not installed (Debian's package {program})")
        self._command, self._log = [found, *arguments], log
        self.address, self.url = address, f"http://{address}"
        self._pool = urllib3.PoolManager(timeout=5.0, retries=False)

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT)
        self.until(self._is_ready, "it is ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._pool.clear()

    def until(self, is_so: Callable[[], object], what: str, seconds: float = 60) -> None:
        """Wait until something is so."""
        until(is_so, lambda: f"{what}\n{self._log.read_text()}", seconds)

    def _is_ready(self) -> bool:
        try:
            return bool(self._pool.request("GET", f"{self.url}/-/ready").status == 200)
        except urllib3.exceptions.HTTPError:
            return False


class Prometheus(Server):
    """A Prometheus; `folder` is for its data, `config` its configuration."""

    def __init__(self, folder: Path, config: Path, address: str) -> None:
        arguments = [f"--config.file={config}", f"--storage.tsdb.path={folder}/prometheus"]
        super().__init__(
            "prometheus", [*arguments, f"--web.listen-address={address}"], address, folder / "prometheus.log"
        )

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Return the series of an expression, now: labels and value."""
        answer = self._pool.request("GET", f"{self.url}/api/v1/query", fields={"query": expression}).json()
        assert answer["status"] == "success", answer
        return [(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]


class Alertmanager(Server):
    """An Alertmanager that listens to no others of its kind."""

    def __init__(self, folder: Path, config: Path, address: str) -> None:
        arguments = [f"--config.file={config}", f"--storage.path={folder}/alertmanager", "--cluster.listen-address="]
        arguments.append(f"--web.listen-address={address}")
        super().__init__("prometheus-alertmanager", arguments, address, folder / "alertmanager.log")
