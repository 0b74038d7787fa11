"""A Prometheus that tests start for themselves, on loopback, with a folder of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import pytest
import urllib3
import yaml

SCRAPE_SECONDS = 1


class PrometheusServer:
    """A server that runs while its block does.

    Parameters
    ----------
    folder
        For its data and its configuration; it is empty.
    jobs
        What it scrapes: addresses by job.
    rules
        Contents of rules files.
    """

    def __init__(self, folder: Path, jobs: dict[str, str], rules: Sequence[dict[str, Any]] = ()) -> None:
        program = shutil.which("prometheus")
        if program is None:
            pytest.skip("prometheus is not installed (Debian's package prometheus)")
        self._program, self._folder = program, folder
        for number, content in enumerate(rules):
            (folder / f"rules{number}.yml").write_text(yaml.safe_dump(content, sort_keys=False))
        config = {
            "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "evaluation_interval": f"{SCRAPE_SECONDS}s"},
            "rule_files": [f"rules{number}.yml" for number in range(len(rules))],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [address.removeprefix("http://")]}]}
                for job, address in jobs.items()
            ],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config, sort_keys=False))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._pool = urllib3.PoolManager(timeout=5.0, retries=False)

    def __enter__(self) -> Self:
        command = [
            self._program,
            f"--config.file={self._folder}/prometheus.yml",
            f"--storage.tsdb.path={self._folder}/data",
            f"--web.listen-address={self.url.removeprefix('http://')}",
        ]
        with (self._folder / "log").open("w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        self.until(self._is_ready, "Prometheus is ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._pool.clear()

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Return the series of an expression, now: labels and value."""
        answer = self._pool.request("GET", f"{self.url}/api/v1/query", fields={"query": expression}).json()
        assert answer["status"] == "success", answer
        return [(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]

    def until(self, is_so: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Wait until something is so, and look no more often than it scrapes."""
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n{(self._folder / 'log').read_text()}"
            time.sleep(SCRAPE_SECONDS / 5)

    def _is_ready(self) -> bool:
        try:
            return bool(self._pool.request("GET", f"{self.url}/-/ready").status == 200)
        except urllib3.exceptions.HTTPError:
            return False
