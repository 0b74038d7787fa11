"""Up and down by a container engine: here by a script that notes what it is asked for, for there is no engine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from keepfit.stack.engine import find_engine
from prometheus_server import free_address

DOCKER = """#!/bin/sh
echo "$@" >> {log}
case " $* " in *" ps "*) echo "service is healthy" ;; *" {fails} "*) echo "no space left"; exit 3 ;; esac
"""


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """Makes a `docker` that answers, and returns the file of what it was asked."""

    def make(fails: str = "never") -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        log = tmp_path / "asked"
        (folder / "docker").write_text(DOCKER.format(log=log, fails=fails))
        (folder / "docker").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        return log

    return make


@contextmanager
def answering(port: int):
    """Answer every GET at a port with 200, as a ready server does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def keepfit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keepfit", *arguments, "--project", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_an_engine_is_told_what_to_do(make_scoring_project, tmp_path, docker, postgres):
    """Images first, then where the journal and the runs are, then all; `status` is the engine's word."""
    project = tmp_path / "project"
    project.mkdir()
    make_scoring_project(project)
    names = ("tracking", "alertmanager", "prometheus", "grafana", "service")
    ports = {name: int(free_address().rpartition(":")[2]) for name in names}
    lines = [f"{name} = {port}" for name, port in ports.items() if name != "service"]
    with (project / "keepfit.toml").open("a") as file:
        file.write(f"[serving]\nport = {ports['service']}\n[stack.ports]\npostgres = {postgres.port}\n")
        file.write("\n".join(lines) + "\n")
    log = docker()
    with ExitStack() as servers:
        for port in ports.values():
            servers.enter_context(answering(port))
        up = keepfit(project, "up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert all(f"http://127.0.0.1:{port} " in up.stdout for port in ports.values())
    stack = project / ".keepfit" / "stack"
    before = f"compose --file {stack / 'compose.yaml'} --env-file {project / '.env'}"
    assert log.read_text().splitlines() == [
        "info",
        "compose version",
        f"{before} build",
        f"{before} up --detach postgres tracking",
        f"{before} up --detach --remove-orphans",
    ]
    assert "service is healthy" in keepfit(project, "status").stdout
    assert "their volumes stay" in keepfit(project, "down").stdout
    assert log.read_text().splitlines()[-1] == f"{before} down --remove-orphans"
    assert "nothing is up" in keepfit(project, "status").stdout


def test_what_an_engine_cannot_do_is_told(make_scoring_project, tmp_path, docker):
    """In its own words, with its log."""
    project = tmp_path / "project"
    project.mkdir()
    make_scoring_project(project)
    docker(fails="build")
    up = keepfit(project, "up")
    assert up.returncode == 1
    assert "`docker compose build` failed: no space left; see " in up.stderr
    assert "Traceback" not in up.stderr
    assert "nothing is up" in keepfit(project, "status").stdout


def test_a_client_without_its_daemon_is_no_engine(tmp_path, docker, monkeypatch):
    """Docker's client is on many a machine where nothing answers it."""
    docker()
    assert find_engine().command == ("docker", "compose")
    (tmp_path / "bin" / "docker").write_text("#!/bin/sh\ntest $1 = compose\n")
    assert find_engine() is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_engine() is None
