"""Asking a service for its profile: where there is none, and where something else answers.

What a service tells is tested with the service: `tests/serving/test_profile_desk.py`.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from keepfit.errors import ClientError, MonitoringError, ServiceAwayError
from keepfit.workflows.windows.service import service_profile
from profiled_project import make_profiled


@pytest.fixture(scope="module")
def champion(tmp_path_factory):
    return make_profiled(tmp_path_factory.mktemp("asked")).store.champion()


@pytest.fixture
def stranger():
    """A server that answers every request alike, and keeps what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("authorization")))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "ok"}).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_what_answers_and_is_no_service_is_refused(champion, stranger):
    """It was asked below its path, with the first of the tokens."""
    url, asked = stranger
    with pytest.raises(MonitoringError, match="it is no profile that `keepfit profile` has written") as caught:
        service_profile(f"{url}/t/", champion, {"KEEPFIT_ADMIN_TOKEN": "new-token-of-ours old-token-of-ours"})
    assert caught.value.where == f"{url}/t"
    with pytest.raises(MonitoringError):
        service_profile(url, champion, {})
    assert asked == [("/t/admin/profile", "Bearer new-token-of-ours"), ("/admin/profile", None)]


def test_a_service_that_is_away_is_told(champion, free_port):
    """With its address, after another try; what is no address is told at once."""
    with pytest.raises(ServiceAwayError, match=r"nothing answers there .*; start it with `keepfit serve`"):
        service_profile(f"http://127.0.0.1:{free_port()}", champion, {})
    with pytest.raises(ClientError, match=r'"127\.0\.0\.1" is not the address of a service'):
        service_profile("127.0.0.1", champion, {})
