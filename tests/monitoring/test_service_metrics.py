"""What the service tells Prometheus, as its parser reads it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families

from keepfit.monitoring.past_checks import NewestCheck
from keepfit.monitoring.rolling import RollingQuality
from keepfit.monitoring.service_meters import ServiceMeters
from keepfit.monitoring.service_metrics import ServiceMetrics
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
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


def read(meters):
    """Return every sample by name and labels, the project's left out."""
    return {
        (sample.name, *(value for key, value in sorted(sample.labels.items()) if key != "project")): sample.value
        for family in text_string_to_metric_families(meters.exposition().decode())
        for sample in family.samples
    }


def test_requests_are_counted_and_timed():
    """By route, method and status, when it is asked for; durations in seconds."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    metrics.count_request("/api/prediction", "POST", 200, 0.004)
    metrics.count_request("/api/prediction", "POST", 422, 0.0004)
    assert not [key for key in read(meters) if key[0] == "keepfit_requests_total"]
    for _ in range(2):
        metrics.count_what_waits()
    found = read(meters)
    assert found["keepfit_requests_total", "POST", "/api/prediction", "422"] == 1
    assert found["keepfit_request_duration_seconds_count", "/api/prediction"] == 2
    assert found["keepfit_request_duration_seconds_sum", "/api/prediction"] == pytest.approx(0.0044)
    assert found["keepfit_request_duration_seconds_bucket", "0.0005", "/api/prediction"] == 1


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
    for path in (
        {"pending": 9, "spilled": 0, "dropped": 2, "waiting_seconds": 0.5, "commits": 3},
        {"pending": 7, "spilled": 3, "dropped": 5, "waiting_seconds": 0.25, "commits": 8},
    ):
        metrics.show_journal(SimpleNamespace(**path))
    found = read(meters)
    assert (found["keepfit_labels_total", "yes"], found["keepfit_labels_total", "no"]) == (5, 2)
    assert found["keepfit_journal_pending_rows",] == 7
    assert found["keepfit_journal_spilled_rows",] == 3
    assert found["keepfit_journal_dropped_rows_total",] == 5
    assert found["keepfit_journal_waiting_seconds",] == 0.25
    assert found["keepfit_journal_commits_total",] == 8


def test_the_newest_check_and_quality_are_shown():
    """One state of each subject is 1; scores carry their version."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    metrics.show_floor(0.65)
    metrics.show_created(3, at)
    metrics.show_quality(3, RollingQuality(500, {"f1": 0.8, "roc_auc": math.nan}))
    for state in ("ok", "alarm"):
        metrics.show_check(NewestCheck(3, at, {"verdict": state, "drift": "warn", "quality": "insufficient"}, 4))
    found = read(meters)
    shown = {key[1:] for key, value in found.items() if key[0] == "keepfit_check_state" and value == 1}
    assert shown == {("3", "alarm", "verdict"), ("3", "warn", "drift"), ("3", "insufficient", "quality")}
    assert found["keepfit_check_drifted_columns", "3"] == 4
    assert found["keepfit_check_timestamp_seconds", "3"] == at.timestamp()
    assert found["keepfit_champion_created_timestamp_seconds", "3"] == at.timestamp()
    assert (found["keepfit_quality_floor",], found["keepfit_quality_rows", "3"]) == (0.65, 500)
    assert found["keepfit_quality_score", "f1", "3"] == 0.8
    assert math.isnan(found["keepfit_quality_score", "roc_auc", "3"])
