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

from keepfit.stack.engine import Engine, find_engine
from prometheus_server import free_address

DOCKER = """#!/bin/sh
echo "$@" >> {log}
case " $* " in *" ps "*) cat {folder}/listed ;; *" {fails} "*) echo "no space left"; exit 3 ;; esac
"""


LISTED = """{"Service":"service","State":"running","Health":"healthy"}
{"Service":"postgres","State":"running","Health":"healthy"}
"""


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """Makes a `docker` that answers, and returns the file of what it was asked."""

    def make(fails: str = "never") -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        log = tmp_path / "asked"
        (folder / "listed").write_text(LISTED)
        (folder / "docker").write_text(DOCKER.format(log=log, fails=fails, folder=folder))
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
    (project / ".keepfit" / "stack").mkdir()
    (project / ".keepfit" / "stack" / "engine.json").write_text('["docker", "compose"]')  # its ports are its own then
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
    status = keepfit(project, "status")
    assert (status.returncode, status.stdout.count(" ready ")) == (0, 2)
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


def test_a_port_in_use_is_told_before_anything_is_done(make_scoring_project, tmp_path, docker):
    """Also to who has his servers in containers."""
    make_scoring_project(tmp_path)
    port = int(free_address().rpartition(":")[2])
    with (tmp_path / "keepfit.toml").open("a") as file:
        file.write(f"[stack.ports]\ngrafana = {port}\n")
    log = docker()
    with answering(port):
        up = keepfit(tmp_path, "up")
    assert f"127.0.0.1:{port} (the containers of t, [stack] ports.grafana) by " in up.stderr
    assert "build" not in log.read_text()


@pytest.mark.parametrize(
    ("listed", "states"),
    [
        ('[{"Service": "b", "State": "running", "Health": "starting"}]', [("b", "not ready")]),
        ('[{"Names": ["x"], "Labels": {"com.docker.compose.service": "b"}, "State": "exited"}]', [("b", "ended")]),
        (
            '{"Service":"b","State":"running","Health":"unhealthy"}\n{"Service":"a","State":"running"}',
            [("a", "ready"), ("b", "not ready")],
        ),
        ("", []),
    ],
)
def test_states_are_read_whoever_tells_them(tmp_path, docker, listed, states):
    """An object a line, or an array; by their names, or by their labels."""
    docker()
    (tmp_path / "bin" / "listed").write_text(listed)
    assert Engine(("docker", "compose"), tmp_path / "c", tmp_path / "e", tmp_path / "l").containers() == states


def test_an_engine_that_is_gone_is_told(make_scoring_project, tmp_path, monkeypatch):
    """Or one that is none: what a file says is not done because it says so."""
    folder = make_scoring_project(tmp_path) / ".keepfit" / "stack"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    (folder / "engine.json").write_text('["docker", "compose"]')
    for command in ("status", "down"):
        done = keepfit(tmp_path, command)
        assert done.returncode == 1
        assert "`docker compose" in done.stderr
        assert "is the engine running?" in done.stderr
    (folder / "engine.json").write_text(f'["/bin/sh", "-c", "touch {tmp_path}/done"]')
    assert "engine.json: names no engine" in keepfit(tmp_path, "status").stderr
    assert not (tmp_path / "done").exists()


def test_a_client_without_its_daemon_is_no_engine(tmp_path, docker, monkeypatch):
    """Docker's client is on many a machine where nothing answers it."""
    docker()
    assert find_engine() == ("docker", "compose")
    (tmp_path / "bin" / "docker").write_text("#!/bin/sh\ntest $1 = compose\n")
    assert find_engine() is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_engine() is None
