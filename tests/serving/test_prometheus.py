"""Watched by a real Prometheus, with the files that `keepfit dashboards` writes."""

from __future__ import annotations

import itertools
import json
import math
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from keepfit.monitoring.board_words import Words
from keepfit.monitoring.boards import boards
from keepfit.workflows.board_pages import write_board_pages
from keepfit.workflows.check import check
from keepfit.workflows.dashboards import Addresses, write_dashboards
from keepfit.workflows.data import load_dataset
from prometheus_server import Alertmanager, Prometheus, free_address

ROWS = 600


def watched(rooms, service, folder, **further) -> Prometheus:
    """Return a Prometheus that watches a service as the project says; it is to be started."""
    address = free_address()
    write_dashboards(rooms, folder / "files", Addresses(service.url.removeprefix("http://"), address, **further))
    return Prometheus(folder, folder / "files" / "prometheus" / "prometheus.yml", address)


def test_live_drift_is_that_of_the_check(own_rooms, serve, tmp_path):
    """The PSI of every column and of the score, for customers of whom half are twenty years older than they were."""
    rooms = own_rooms("prometheus")
    dataset = load_dataset(rooms)
    picks = np.random.default_rng(3).integers(0, dataset.frame.height, ROWS).tolist()
    rows = dataset.frame[picks].select(dataset.signature.names).to_dicts()
    records = [{**row, "Age": row["Age"] + 20 * (at % 2)} for at, row in enumerate(rows)]
    with serve(rooms) as service, watched(rooms, service, tmp_path) as server:

        def counted() -> float:
            return sum(value for _, value in server.query("keepfit_prediction_scores_total"))

        server.until(lambda: server.query("keepfit_prediction_scores_total"), "zeros are there before answers")
        for begin in range(0, ROWS, 50):
            assert service.post("/api/prediction", records[begin : begin + 50]).status == 200
        server.until(lambda: counted() == ROWS, "all answers are scraped")
        scraped = server.query("max(timestamp(keepfit_prediction_scores_total))")[0][1]
        server.until(lambda: server.query(f"timestamp(keepfit:score_psi) > {scraped + 16}"), "the rules have seen them")
        columns = {labels["column"]: value for labels, value in server.query("keepfit:feature_psi")}
        ((_, score),) = server.query("keepfit:score_psi")
    drift = check(rooms).findings.drift
    assert columns == {
        one.name: pytest.approx(one.distances["population_stability"], abs=2e-3) for one in drift.columns
    }
    assert score == pytest.approx(drift.scores[0].distances["population_stability"], abs=2e-3)
    assert columns["Age"] > 0.25 > columns["Time"]


class Webhook:
    """Whom Alertmanager tells, and what it was told."""

    def __init__(self) -> None:
        self.told: list[dict] = []
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()


def test_every_panel_has_data_and_an_alert_arrives(own_rooms, serve, record, tmp_path):
    """Each query of each dashboard returns a series after a minute of traffic; a verdict of alarm reaches a webhook."""
    rooms = own_rooms("dashboards")
    name, address = rooms.project.name, free_address()
    with Webhook() as webhook, serve(rooms) as service:
        server = watched(rooms, service, tmp_path, alertmanager=address, webhook=webhook.url)
        config = tmp_path / "files" / "alertmanager" / "alertmanager.yml"
        with server, Alertmanager(tmp_path, config, address):
            outcomes = itertools.cycle(["good", "bad"])  # a ROC AUC needs both

            def traffic() -> None:
                answer = service.post("/api/prediction", {**record, "Job": "astronaut"}).json()
                service.post("/api/labels", [{"prediction_id": answer["id"], "label": next(outcomes)}])
                service.post("/api/prediction", {"Age": "x"})

            traffic()
            facts = {"version": 1, "state": "alarm", "drift": "alarm", "quality": "insufficient", "reasons": []}
            with rooms.journal() as journal:
                journal.record_event(name, "checked", "ada", {**facts, "drifted_columns": ["Age"]})
            section = rooms.project.monitoring
            empty = {query.expression for board in boards(name, section, Words()) for query in queries(board)}

            def is_full() -> bool:
                traffic()
                full = [one for one in empty if any(math.isfinite(value) for _, value in server.query(shown(one)))]
                empty.difference_update(full)
                return not empty

            server.until(is_full, "every panel has data: what has none is in `empty`", seconds=120)
            drawn = write_board_pages(rooms, tmp_path / "pages", Addresses(prometheus=server.address), minutes=5)
            server.until(lambda: webhook.told, "the alert arrives")
    assert len(drawn) == len(boards(name, rooms.project.monitoring, Words()))
    assert not [page.name for page in drawn if "nothing to show" in page.read_text()]
    alert = next(one for one in webhook.told if one["labels"]["alertname"] == "KeepfitDrift")
    assert (alert["status"], alert["labels"]["project"], alert["labels"]["severity"]) == ("firing", name, "critical")
    assert alert["annotations"]["summary"] == "The check found that the data have drifted."


def queries(board):
    return [query for panel in board.panels for query in panel.queries]


def shown(expression: str) -> str:
    """Return an expression as Grafana asks it."""
    return expression.replace("$__rate_interval", "20s").replace("$__range", "1h")
