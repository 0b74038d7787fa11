"""Pages of dashboards, when their sources do not do their part; what they draw is seen with a real Prometheus."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from keepfit.errors import ServiceError
from keepfit.workflows.board_pages import write_board_pages
from keepfit.workflows.dashboards import Addresses
from keepfit.workflows.rooms import Rooms
from prometheus_server import free_address


@pytest.fixture
def rooms(make_scoring_project, tmp_path):
    return Rooms.open(make_scoring_project(tmp_path))


def test_a_server_that_is_away_is_told(rooms, tmp_path):
    """By its address; no page is written."""
    address = free_address()
    with pytest.raises(ServiceError, match=rf"http://{address}/api/v1/query: nothing answers; start it"):
        write_board_pages(rooms, tmp_path / "pages", Addresses(prometheus=address), minutes=5)
    assert not (tmp_path / "pages").exists()


def test_another_server_is_told(rooms, tmp_path):
    """With what it answers instead."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.send_header("content-length", "8")
            self.end_headers()
            self.wfile.write(b"not here")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with pytest.raises(ServiceError, match="answers 404: not here"):
            write_board_pages(rooms, tmp_path, Addresses(prometheus=f"127.0.0.1:{server.server_port}"), minutes=5)
        server.shutdown()
        thread.join()
