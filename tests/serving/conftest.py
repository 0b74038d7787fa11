"""A small champion, and a real service in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

PROJECT = """
[project]
name = "credit"
[data]
source = "credit"
target = "Status"
positive = "good"
entity = "rownames"
[data.categories]
Records = ["no", "yes"]
[request]
{request}
[training]
candidates = [
  {{ model = "random_forest", grid = {{ n_estimators = [20], max_depth = [6] }} }},
  {{ model = "logistic_regression", grid = {{ C = [1.0] }} }},
]
folds = 2
[serving]
max_rows = 50
max_body_bytes = 65536
"""
LENIENT = 'missing = "accept"\nunseen = "accept"'
STRICT = 'missing = "as_trained"\nunseen = "reject"'


def make_project(folder: Path, request: str = LENIENT) -> Rooms:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keepfit.toml").write_text(PROJECT.format(request=request))
    os.environ["KEEPFIT_OFFLINE"] = "1"
    rooms = Rooms.open(folder)
    train(rooms)
    return rooms


class Service:
    """A running `keepfit serve`."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self._pool = urllib3.PoolManager(timeout=10.0, retries=False, maxsize=32)

    def post(self, path: str, body, **kwargs):
        return self._pool.request("POST", f"{self.url}{path}", json=body, **kwargs)

    def send(self, path: str, data: bytes, content_type: str = "application/json", headers: dict | None = None):
        sent = {"Content-Type": content_type, **(headers or {})}
        return self._pool.request("POST", f"{self.url}{path}", body=data, headers=sent)

    def get(self, path: str, **headers: str):
        return self._pool.request("GET", f"{self.url}{path}", headers=headers)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def running(rooms: Rooms, *options: str, **environment: str):
    """Start the service of a project on a free port, and end it by its pid."""
    command = [sys.executable, "-m", "keepfit", "serve", "--project", str(rooms.folder), "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            first = process.stdout.readline()
            assert " answers at http://" in first, first + process.stdout.read()
            service = Service(process, first.split(" answers at ")[1].split(",")[0])
            _wait_until_ready(service)
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(20)


def _wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if service.get("/ready").status == 200:
                return
        except urllib3.exceptions.HTTPError:
            continue
    raise AssertionError("the service was not ready in 30 seconds")


@pytest.fixture
def strict_rooms(tmp_path):
    """A trained project with the defaults: nothing missing or unseen but what training showed."""
    return make_project(tmp_path / "strict", STRICT)


@pytest.fixture(scope="session")
def serve():
    """Starts a service of a project: a context manager."""
    return running


@pytest.fixture(scope="session")
def rooms(tmp_path_factory):
    """A trained project that accepts missing and unseen values."""
    return make_project(tmp_path_factory.mktemp("lenient"))


@pytest.fixture(scope="session")
def own_rooms(tmp_path_factory):
    """Makes a trained project of a test's own."""
    return lambda name: make_project(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def service(rooms):
    with running(rooms) as service:
        yield service


@pytest.fixture
def record(rooms):
    """A record that any model takes."""
    return {
        "Seniority": 9,
        "Home": "rent",
        "Time": 60,
        "Age": 30,
        "Marital": "married",
        "Records": "no",
        "Job": "freelance",
        "Expenses": 73,
        "Income": 129,
        "Assets": 0,
        "Debt": 0,
        "Amount": 800,
        "Price": 846,
    }
