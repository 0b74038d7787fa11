"""A small HTTP server that keeps the service's contract, and tells what came."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class StandIn(ThreadingHTTPServer):
    """Answers predictions and labels; `answer` may be replaced by a test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.came: list[tuple[str, object]] = []
        self.connections = 0
        self.under_way = 0
        self.most_under_way = 0
        self.lock = threading.Lock()

    def handle_error(self, request, client_address) -> None:
        """Say nothing of clients that went away."""

    def answer(self, path: str, body) -> tuple[int, str, bytes] | None:
        """Return status, content type and content; None hangs up."""
        if path.endswith("/api/labels"):
            matched = sum(label["prediction_id"].startswith("id-") for label in body)
            content = {"accepted": len(body), "matched": matched, "unmatched": len(body) - matched}
        else:
            content = {
                "id": f"id-{body['Age']}",
                "model_version": "3",
                "probability": 0.83,
                "decision": "good",
                "more": None,
            }
        return 200, "application/json", json.dumps(content).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: StandIn

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def do_GET(self) -> None:
        request = {"max_rows": 500, "max_body_bytes": 100_000}
        self._send(200, "application/json", json.dumps({"project": "t", "request": request, "answer": {}}).encode())

    def do_POST(self) -> None:
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with server.lock:
            server.came.append((self.path, body))
            server.under_way += 1
            server.most_under_way = max(server.most_under_way, server.under_way)
        answer = server.answer(self.path, body)
        with server.lock:
            server.under_way -= 1
        if answer is None:
            self.close_connection = True
            return
        self._send(*answer)

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        """Print nothing."""


@pytest.fixture
def service():
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
