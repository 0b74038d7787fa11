"""What the service tells Prometheus, as its parser reads it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from keepfit.monitoring.service_metrics import ServiceMeters, ServiceMetrics, unusual_values
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER, minimum=18, maximum=68),
        Column("job", Kind.CATEGORY, categories=("fixed", "other")),
        Column("owner", Kind.FLAG),
    ),
    Outcome("Status", "bad", "good"),
)


class Scored(NamedTuple):
    decision: str
    probability: float


def read(meters):
    """Return every sample by name and labels, the project's left out."""
    return {
        (sample.name, *(value for key, value in sorted(sample.labels.items()) if key != "project")): sample.value
        for family in text_string_to_metric_families(meters.exposition().decode())
        for sample in family.samples
    }


def test_requests_are_counted_and_timed():
    """By route, method and status; durations in seconds."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    metrics.count_request("/api/prediction", "POST", 200, 0.004)
    metrics.count_request("/api/prediction", "POST", 422, 0.0004)
    found = read(meters)
    assert found["keepfit_requests_total", "POST", "/api/prediction", "422"] == 1
    assert found["keepfit_request_duration_seconds_count", "/api/prediction"] == 2
    assert found["keepfit_request_duration_seconds_sum", "/api/prediction"] == pytest.approx(0.0044)
    assert found["keepfit_request_duration_seconds_bucket", "0.0005", "/api/prediction"] == 1


def test_predictions_are_counted_by_version_and_decision():
    """With the probabilities in tenths, and what was unusual in them."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    made = [Scored("good", 0.95), Scored("bad", 0.05), Scored("good", 0.6)]
    matrix = np.array([[18, 2, 1], [20, 0, 0], [30, 2, 0]], dtype=np.float32)
    metrics.count_predictions(3, made, SIGNATURE, matrix)
    found = read(meters)
    assert found["keepfit_predictions_total", "good", "3"] == 2
    assert found["keepfit_prediction_probability_bucket", "0.1", "3"] == 1
    assert found["keepfit_prediction_probability_count", "3"] == 3
    assert found["keepfit_unusual_values_total", "job", "unseen"] == 2


def test_only_the_present_champion_is_shown():
    """After a swap the old version is gone from the gauge."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    metrics.show_model("champion", SimpleNamespace(version=1, form="graph"))
    metrics.count_swap("done")
    metrics.show_model("champion", SimpleNamespace(version=2, form="pipeline"))
    shown = [key for key in read(meters) if key[0] == "keepfit_model_info"]
    assert shown == [("keepfit_model_info", "pipeline", "2", "champion")]
    assert read(meters)["keepfit_model_swaps_total", "done"] == 1


def test_labels_and_the_queue_are_shown():
    """Matched and unmatched labels, and rows that wait for their commit, are in a spill, or were left out."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    metrics.count_labels(5, 2)
    metrics.show_journal(SimpleNamespace(pending=9, spilled=0, dropped=2))
    metrics.show_journal(SimpleNamespace(pending=7, spilled=3, dropped=5))
    found = read(meters)
    assert (found["keepfit_labels_total", "yes"], found["keepfit_labels_total", "no"]) == (5, 2)
    assert found["keepfit_journal_pending_rows",] == 7
    assert found["keepfit_journal_spilled_rows",] == 3
    assert found["keepfit_journal_dropped_rows_total",] == 5


def test_unusual_values_are_told_by_reason():
    """Missing, unseen and out of range; the edges of the range are usual."""
    matrix = np.array([[18, 0, 1], [68, 2, 0], [17, 1, np.nan], [np.nan, 2, 1]], dtype=np.float32)
    assert unusual_values(SIGNATURE, matrix) == [
        ("age", "missing", 1),
        ("age", "out_of_range", 1),
        ("job", "unseen", 2),
        ("owner", "missing", 1),
    ]
