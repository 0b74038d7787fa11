"""What is counted of a recommender: each product that was recommended, not each list."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from keepfit.bundle import BundleStore
from keepfit.monitoring.service_meters import ServiceMeters
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.monitoring.statsd_push import StatsdPush
from keepfit.project.statsd_section import StatsdSection
from keepfit.scoring import Scorer
from recommender_model import RECOMMENDED, tiny_recommender, write_recommender


class Scored(NamedTuple):
    decision: str
    probability: float
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


MADE = [Scored("loan,card", 0.4), Scored("card", 0.2), Scored("nothing", 0.01)]


@pytest.fixture(scope="module")
def scorer(tmp_path_factory) -> Scorer:
    return Scorer(write_recommender(BundleStore(tmp_path_factory.mktemp("bundles")), tiny_recommender()))


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    return tiny_recommender().matrix[: len(MADE)]


def counted(meters: ServiceMeters, name: str) -> dict[str, float]:
    """Return the samples of a metric by their decision."""
    return {
        sample.labels["decision"]: sample.value
        for family in text_string_to_metric_families(meters.exposition().decode())
        for sample in family.samples
        if sample.name == name
    }


def test_every_product_that_is_recommended_counts(scorer, matrix):
    """A list of two counts both; one answer is one probability, however long its list."""
    meters = ServiceMeters()
    metrics = ServiceMetrics("bank", meters)
    metrics.count_predictions(scorer, MADE, matrix)
    metrics.count_what_waits()
    found = counted(meters, "keepfit_predictions_total")
    assert found == {"nothing": 1, "card": 2, "loan": 1, "fund": 0, "plan": 0}
    kept = metrics.profiles.together(scorer.version)
    assert kept.profile.rows == len(MADE)


def test_all_products_are_shown_before_one_is_recommended(scorer):
    """At nothing: Prometheus counts from what it has seen first; lists are no label of their own."""
    meters = ServiceMeters()
    ServiceMetrics("bank", meters).expect(scorer)
    assert counted(meters, "keepfit_predictions_total") == dict.fromkeys(["nothing", *RECOMMENDED], 0)


def test_statsd_is_told_of_each_product(scorer, matrix):
    """`target.<product>`, as the published service pushes them."""
    push = StatsdPush(StatsdSection(address="127.0.0.1:9"), "bank", tells_system=False)
    ServiceMetrics("bank", ServiceMeters(), push).count_predictions(scorer, MADE, matrix)
    assert push.gathered().counts == {"target.card": 2, "target.loan": 1, "target.nothing": 1}


def test_a_shadow_counts_each_product_too(scorer):
    """What a challenger would have recommended."""
    meters = ServiceMeters()
    shadows = [SimpleNamespace(model_version=2, decision=one.decision) for one in MADE]
    ServiceMetrics("bank", meters).count_shadows(scorer, shadows)
    assert counted(meters, "keepfit_shadow_predictions_total") == {"card": 2, "loan": 1, "nothing": 1}


def test_answers_of_the_model_itself_are_counted_whole(scorer):
    """As many products as its lists hold."""
    meters, rows = ServiceMeters(), tiny_recommender().matrix[-200:]
    metrics, answers = ServiceMetrics("bank", meters), scorer.answers(rows)
    made = [Scored(*one) for one in zip(answers.decision, answers.probability, strict=True)]
    metrics.count_predictions(scorer, made, rows)
    metrics.count_what_waits()
    listed = [*chain.from_iterable(scorer.decided(one) for one in answers.decision)]
    assert sum(counted(meters, "keepfit_predictions_total").values()) == len(listed)
