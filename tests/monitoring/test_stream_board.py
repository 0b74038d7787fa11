"""The board of a stream, by a real Prometheus that scrapes one, with the files that `keepfit dashboards` writes."""

from __future__ import annotations

import math

from keepfit.monitoring.board_words import Words
from keepfit.monitoring.stream_board import STREAM_ROWS, stream_panels
from keepfit.monitoring.stream_metrics import StreamMetrics, ToldBatch
from keepfit.workflows.board_pages import write_board_pages
from keepfit.workflows.dashboards import Addresses, write_dashboards
from keepfit.workflows.rooms import Rooms
from prometheus_server import Prometheus, free_address

ROLES = ("champion", "challenger", "frozen", "prior")
METRICS = ("log_loss", "roc_auc", "f1", "precision", "recall")
BATCH = ToldBatch(
    rows=100,
    scores={role: dict.fromkeys(METRICS, 0.5) for role in ROLES},
    batch_log_loss=dict.fromkeys(ROLES, 0.5),
    drifts={"champion": True},
    model_versions={"champion": 1, "challenger": 2},
    waiting_rows=200,
    learn_seconds=0.1,
    rows_per_second=100.0,
    trees=50,
)


def test_every_panel_is_in_a_row():
    """Once."""
    assert sorted(name for _, names in STREAM_ROWS for name in names) == sorted(stream_panels("p", Words()))


def test_every_panel_has_data_in_a_real_prometheus(make_scoring_project, tmp_path):
    """Each query returns a series; every role has its line; the page shows them all, and the rules are read."""
    rooms, metrics = Rooms.open(make_scoring_project(tmp_path)), StreamMetrics("t")
    stream, address = free_address(), free_address()
    addresses = Addresses(prometheus=address, stream=stream)
    write_dashboards(rooms, tmp_path / "files", addresses)
    metrics.tell(BATCH)
    stop = metrics.serve(int(stream.rpartition(":")[2]))
    try:
        with Prometheus(tmp_path, tmp_path / "files" / "prometheus" / "prometheus.yml", address) as server:
            panels = stream_panels("t", Words())
            asked = {query.expression for panel in panels.values() for query in panel.queries}

            def is_full() -> bool:
                answers = [server.query(one) for one in asked]
                return all(any(math.isfinite(value) for _, value in series) for series in answers)

            server.until(is_full, "every panel has data")
            lines = server.query(panels["stream_auc"].queries[0].expression)
            assert {series["role"] for series, _ in lines} == set(ROLES)
            assert server.query('up{job="keepfit-t-stream"}')[0][1] == 1
            pages = write_board_pages(rooms, tmp_path / "pages", addresses, minutes=5)
    finally:
        stop()
    page = next(path for path in pages if path.name == "keepfit-t-stream.html").read_text()
    assert "nothing to show" not in page
    assert "challenger" in page
