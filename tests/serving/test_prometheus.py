"""Scraped by a real Prometheus: what its rules record of a real service is what a check says of the same rows."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.monitoring.prometheus_rules import rules
from keepfit.workflows.check import check
from keepfit.workflows.data import load_dataset
from prometheus_server import PrometheusServer

ROWS = 600


def test_live_drift_is_that_of_the_check(own_rooms, serve, tmp_path):
    """The PSI of every column and of the score, for customers of whom half are twenty years older than they were."""
    rooms = own_rooms("prometheus")
    name = rooms.project.name
    dataset = load_dataset(rooms)
    picks = np.random.default_rng(3).integers(0, dataset.frame.height, ROWS).tolist()
    rows = dataset.frame[picks].select(dataset.signature.names).to_dicts()
    records = [{**row, "Age": row["Age"] + 20 * (at % 2)} for at, row in enumerate(rows)]
    recorded = rules(name, rooms.project.monitoring)
    with serve(rooms) as service, PrometheusServer(tmp_path, {f"keepfit-{name}": service.url}, [recorded]) as server:

        def counted() -> float:
            return sum(value for _, value in server.query("keepfit_prediction_scores_total"))

        server.until(lambda: bool(server.query("keepfit_prediction_scores_total")), "zeros are there before answers")
        for begin in range(0, ROWS, 50):
            assert service.post("/api/prediction", records[begin : begin + 50]).status == 200
        server.until(lambda: counted() == ROWS, "all answers are scraped")
        scraped = server.query("max(timestamp(keepfit_prediction_scores_total))")[0][1]
        newer = f"timestamp(keepfit:score_psi) > {scraped + 2}"
        server.until(lambda: bool(server.query(newer)), "the rules have seen all of them")
        columns = {labels["column"]: value for labels, value in server.query("keepfit:feature_psi")}
        ((_, score),) = server.query("keepfit:score_psi")
        answered = server.query("sum(keepfit:predictions:window)")[0][1]
        up = server.query(f'up{{job="keepfit-{name}"}}')[0][1]
    drift = check(rooms).drift
    assert columns == {column.name: pytest.approx(column.psi, abs=2e-3) for column in drift.columns}
    assert score == pytest.approx(drift.score.psi, abs=2e-3)
    assert columns["Age"] > 0.25 > columns["Time"]
    assert (answered, up) == (pytest.approx(ROWS, rel=0.5), 1)  # what Prometheus adds at the ends of a window
