"""Both clients behind one face, real services for them, and a server that fails as it is told."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from keepfit.client import AsyncClient, Client
from keepfit.workflows.rooms import Rooms

STATUS = {"project": "t", "request": {"max_rows": 1000, "max_body_bytes": 1_000_000}, "answer": {}}
ANSWER = {"id": "id-1", "model_version": "3", "probability": 0.83, "decision": "good"}


class Awaited:
    """An asynchronous client whose methods wait for their answers."""

    def __init__(self, runner: asyncio.Runner, client: AsyncClient) -> None:
        self._runner = runner
        self._client = client

    def __repr__(self) -> str:
        return repr(self._client)

    def __getattr__(self, name: str):
        return lambda *args, **named: self._runner.run(getattr(self._client, name)(*args, **named))


@contextmanager
def awaited(*args, **named):
    """Open an asynchronous client, and close it."""
    with asyncio.Runner() as runner:
        client = Awaited(runner, AsyncClient(*args, **named))
        try:
            yield client
        finally:
            client.close()


@pytest.fixture(params=[Client, awaited], ids=["sync", "async"])
def connect(request):
    """Opens a client of either kind: a context manager."""
    return request.param


@pytest.fixture(scope="session")
def make_rooms(make_scoring_project, tmp_path_factory):
    """Makes a project that scores at once, with keys of its own under `[serving]`."""

    def make(serving: str = "", name: str = "t") -> Rooms:
        folder = make_scoring_project(tmp_path_factory.mktemp("served"), data=f"[serving]\n{serving}")
        file = folder / "keepfit.toml"
        file.write_text(file.read_text().replace('name = "t"', f'name = "{name}"', 1))
        return Rooms.open(folder)

    return make


@pytest.fixture(scope="session")
def rooms(make_rooms):
    """A project that takes few rows and bytes at once."""
    return make_rooms("max_rows = 50\nmax_body_bytes = 2048\n")


@pytest.fixture(scope="session")
def service(rooms, serve):
    """Its service."""
    with serve(rooms) as service:
        yield service


@pytest.fixture
def record():
    """A record whose probability is 0.3."""
    return {"age": 30, "income": 500.5, "job": "fixed"}


class Faulty(ThreadingHTTPServer):
    """Answers each request with the next step of its script, and keeps to the last one.

    A step is a status with its content and headers, or a word: `close` and `reset` end the connection, `slow` waits.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.script: list = [(200, ANSWER, {})]
        self.came: list[tuple[float, str, object]] = []

    def handle_error(self, request, client_address) -> None:
        """Say nothing of clients that went away."""

    def next_step(self):
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Faulty

    def do_GET(self) -> None:
        self._answer(200, STATUS, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.came.append((time.monotonic(), self.headers.get("authorization", ""), body))
        step = self.server.next_step()
        if step == "slow":
            time.sleep(1.0)
            step = (200, ANSWER, {})
        if isinstance(step, str):
            self.close_connection = True
            if step == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self._answer(*step)

    def _answer(self, status: int, content, headers: dict[str, str]) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_) -> None:
        """Print nothing."""


@pytest.fixture
def faulty():
    """A server that fails as it is told."""
    with Faulty() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
