"""Pages of dashboards from sources that do as a test wishes; with a real Prometheus they are drawn elsewhere."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from keepfit.errors import ServiceError
from keepfit.workflows.board_pages import write_board_pages
from keepfit.workflows.dashboards import Addresses
from keepfit.workflows.rooms import Rooms
from prometheus_server import free_address

NOW = 1_700_000_000.0


@pytest.fixture
def rooms(make_scoring_project, tmp_path):
    return Rooms.open(make_scoring_project(tmp_path))


@contextmanager
def source(answer):
    """Answer every GET by a function of its path and its query: status and text; give the addresses."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            status, text = answer(asked.path, {name: values[0] for name, values in parse_qs(asked.query).items()})
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Addresses(prometheus=f"127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_is_away_is_told(rooms, tmp_path):
    """By its address; no page is written."""
    address = free_address()
    with pytest.raises(ServiceError, match=rf"http://{address}/api/v1/query: nothing answers; start it"):
        write_board_pages(rooms, tmp_path / "pages", Addresses(prometheus=address), minutes=5)
    assert not (tmp_path / "pages").exists()


@pytest.mark.parametrize(("status", "text"), [(404, "not here"), (200, "<html>"), (503, "{}")])
def test_another_server_is_told(rooms, tmp_path, status, text):
    """With what it answers instead."""
    with source(lambda *_: (status, text)) as addresses, pytest.raises(ServiceError, match=f"answers {status}: {text}"):
        write_board_pages(rooms, tmp_path, addresses, minutes=5)


def test_lines_have_gaps_where_nothing_was_said(rooms, tmp_path):
    """Prometheus leaves steps out of which it knows nothing; a page of a board that is gone goes, too."""
    asked = []

    def answer(path, query):
        asked.append((path, query))
        if path.endswith("/query"):
            result = [{"metric": {"le": "0.5"}, "value": [NOW, "1"]}]
        else:
            moments = [NOW - 300, NOW - 295, NOW - 10, NOW - 5]
            result = [{"metric": {"status": "200", "le": "0.5"}, "values": [[moment, "2.5"] for moment in moments]}]
        return 200, json.dumps({"status": "success", "data": {"result": result}})

    (tmp_path / "keepfit-t-gone.html").write_text("old")
    with source(answer) as addresses:
        pages = write_board_pages(rooms, tmp_path, addresses, minutes=5, clock=lambda: NOW)
    assert sorted(tmp_path.glob("*.html")) == sorted(pages)
    html = (tmp_path / "keepfit-t-service.html").read_text()
    requests = html.partition(">Requests</text>")[2].partition("</svg>")[0]
    assert requests.count("<polyline") == 2
    assert "200: 2.5/s" in requests
    ranges = [query for path, query in asked if path.endswith("/query_range")]
    assert {(float(query["start"]), float(query["end"]), float(query["step"])) for query in ranges} == {
        (NOW - 300, NOW, 5)
    }
    assert not [query for _, query in asked if "$__" in query["query"]]
