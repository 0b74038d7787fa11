"""Quality and verdict, shown by a real service: what labels and a check say reaches Prometheus by itself."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from fault_clients import declared
from keepfit.monitoring.rolling import rolling_quality
from waiting import until


def shown(service) -> dict[tuple[str, ...], float]:
    """Return the service's metrics by name and the values of their labels, the project's left out."""
    return {
        (sample.name, *(value for key, value in sorted(sample.labels.items()) if key != "project")): sample.value
        for family in text_string_to_metric_families(service.get("/metrics").data.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize("workers", [1, 2])
def test_quality_and_the_verdict_are_shown_when_they_are_known(make_scoring_project, tmp_path, serve, workers):
    """Scores of the labels that came, the floor, the newest check; of one service, whoever of it is asked."""
    rooms = declared(make_scoring_project, tmp_path)
    records = [{"age": 10 + at, "income": 1, "job": "fixed"} for at in range(60)]
    with serve(rooms, "--workers", str(workers)) as service:
        answers = service.post("/api/prediction", records).json()["predictions"]
        before = shown(service)
        assert ("keepfit_quality_rows", "1") not in before
        assert before["keepfit_champion_created_timestamp_seconds", "1"] == 1767225600.0
        labels = [{"prediction_id": one["id"], "label": "yes" if at % 3 else "no"} for at, one in enumerate(answers)]
        assert service.post("/api/labels", labels).status == 200
        facts = {"version": 1, "state": "warn", "drift": "ok", "quality": "warn", "reasons": []}
        with rooms.journal() as journal:
            journal.record_event("t", "checked", "ada", {**facts, "drifted_columns": ["age"]})
            told = rolling_quality(journal, rooms.store.champion().facts, rows=2000)
        until(lambda: shown(service).get(("keepfit_check_state", "1", "warn", "verdict")) == 1, "the verdict is shown")
        found = shown(service)
    assert told is not None
    assert found["keepfit_quality_rows", "1"] == 60
    scores = {key[1]: value for key, value in found.items() if key[0] == "keepfit_quality_score"}
    assert scores == pytest.approx(told.scores)
    assert found["keepfit_quality_floor",] == 0.5
    assert found["keepfit_check_state", "1", "ok", "drift"] == found["keepfit_check_drifted_columns", "1"] == 1
    assert found["keepfit_check_state", "1", "ok", "verdict"] == 0
    assert found["keepfit_labels_awaited_since_timestamp_seconds",] > 1.7e9
