"""What is counted of a model version's answers, as Prometheus's parser reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from keepfit.monitoring.ignored_columns import UntoldColumns
from keepfit.monitoring.service_meters import ServiceMeters
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.profiles import Profile, build_profile, count_window
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER, minimum=18, maximum=68),
        Column("job", Kind.CATEGORY, categories=("fixed", "other")),
        Column("owner", Kind.FLAG),
    ),
    Outcome("Status", "bad", "good"),
)
TAUGHT = np.array([[18, 0, 1], [20, 1, 0], [30, 1, 0], [40, 1, 1]], dtype=np.float32)
MATRIX = np.array([[18, 2, 1], [20, 0, np.nan], [30, 2, 0]], dtype=np.float32)


class Scored(NamedTuple):
    decision: str
    probability: float
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


MADE = [Scored("good", 0.95), Scored("bad", 0.05), Scored("good", 0.6)]


def scorer(profile: dict, version: int = 3):
    """What is looked at of a model."""
    return SimpleNamespace(
        version=version,
        labels=SIGNATURE.outcome.labels,
        decisions=SIGNATURE.outcome.labels,
        door=SimpleNamespace(signature=SIGNATURE),
        bundle=SimpleNamespace(profile=profile),
    )


@pytest.fixture
def profile() -> dict:
    return build_profile(SIGNATURE, TAUGHT, np.array([0.1, 0.2, 0.8, 0.9])).to_dict()


def read(meters) -> dict[str, float]:
    """Return every sample of version 3 by its name and its other labels, as `name column bin`."""
    found = {}
    for family in text_string_to_metric_families(meters.exposition().decode()):
        for sample in family.samples:
            if sample.labels.get("model_version") == "3":
                told = [
                    sample.labels[key] for key in ("column", "reason", "bin", "decision", "le") if key in sample.labels
                ]
                found[" ".join([sample.name, *told])] = sample.value
    return found


def test_answers_are_counted_when_they_are_asked_for(profile):
    """Decisions, scores in tenths and in the reference's bins, values by bin, and what was unusual in them."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    metrics.count_predictions(scorer(profile), MADE[:2], MATRIX[:2])
    metrics.count_predictions(scorer(profile), MADE[2:], MATRIX[2:])
    assert read(meters)["keepfit_predictions_total good"] == read(meters)["keepfit_prediction_probability_count"] == 0
    metrics.count_what_waits()
    metrics.count_what_waits()
    found = read(meters)
    assert found["keepfit_predictions_total good"] == 2
    assert found["keepfit_prediction_probability_bucket 0.1"] == 1
    assert found["keepfit_prediction_probability_count"] == 3
    assert found["keepfit_prediction_scores_total 0.1"] == found["keepfit_prediction_scores_total +Inf"] == 1
    assert found["keepfit_feature_values_total age 18"] == found["keepfit_feature_values_total owner missing"] == 1
    assert found["keepfit_feature_values_total job unseen"] == found["keepfit_unusual_values_total job unseen"] == 2
    assert found["keepfit_feature_reference_ratio job other"] == 0.75
    assert found["keepfit_prediction_score_reference_ratio 0.1"] == 0.25


def test_a_thousand_rows_do_not_wait():
    """They are counted though nobody asks: what waits is bounded."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    for _ in range(400):
        metrics.count_predictions(scorer({}), MADE, MATRIX)
    assert read(meters)["keepfit_prediction_probability_count"] == 3 * 342


def test_a_bundle_without_a_profile_has_no_bins():
    """Everything else of it is counted."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters)
    metrics.count_predictions(scorer({}), MADE, MATRIX)
    metrics.count_what_waits()
    found = read(meters)
    assert found["keepfit_predictions_total bad"] == 1
    assert not [name for name in found if "feature" in name]


def test_a_column_that_must_change_is_not_told(profile):
    """Neither its bins nor that it is unusual: that is certain."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("credit", meters, untold=UntoldColumns(section=MonitoringSection(ignored=["job"])))
    metrics.count_predictions(scorer(profile), MADE, MATRIX)
    metrics.count_what_waits()
    found = read(meters)
    assert found["keepfit_feature_values_total age 18"] == 1
    assert not [name for name in found if " job" in name]


def test_the_full_bins_are_added_up_beside_the_coarse_ones(profile):
    """Between the first and the last moment of what was answered."""
    metrics = ServiceMetrics("credit", ServiceMeters())
    late = MADE[2]._replace(at=datetime(2026, 1, 2, tzinfo=UTC))
    metrics.count_predictions(scorer(profile), [*MADE[:2], late], MATRIX)
    metrics.count_what_waits()
    kept = metrics.profiles.together(3)
    probability = np.array([one.probability for one in MADE])
    assert kept.profile == count_window(Profile.from_dict(profile), MATRIX, probability)
    assert (kept.first_at, kept.last_at) == ("2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z")
    assert metrics.profiles.together(4) is None
