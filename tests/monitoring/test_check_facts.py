"""The facts of a check, in the form that is published."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib import resources

import jsonschema
import numpy as np
import pytest
from tests.monitoring.conftest import SIGNATURE, Population
from tests.monitoring.test_quality import labelled

from keepfit.evaluation import Part
from keepfit.monitoring import compare_profiles, judge, measure_quality
from keepfit.monitoring.check_facts import SCHEMA, Checked, check_facts
from keepfit.monitoring.column_history import column_histories
from keepfit.monitoring.concept_shift import concept_shift
from keepfit.monitoring.domain_classifier import DomainShift, TellingColumn
from keepfit.monitoring.exact_distances import ExactDistance
from keepfit.monitoring.expected_quality import expected_quality
from keepfit.monitoring.findings import Findings, QualityFindings, RowFindings
from keepfit.monitoring.observed_window import Stretch, window_of
from keepfit.monitoring.quality import QualityContext
from keepfit.profiles import build_profile, count_window
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting.files import json_text

BEGAN = datetime(2026, 11, 28, tzinfo=UTC)
SECTION = MonitoringSection()


@pytest.fixture(scope="module")
def scored():
    """A reference whose labels are known."""
    matrix, probability = Population(0).rows(3000)
    labels = (np.random.default_rng(0).random(3000) < probability).astype(np.int8)
    return build_profile(SIGNATURE, matrix, probability, labels=labels, thresholds=[0.5])


def facts(reference, rows, *, change=lambda matrix: None, with_labels=True, with_rows=True):
    """Return what is kept of a check, as JSON."""
    matrix, probability = Population(1).rows(rows)
    change(matrix)
    profile = count_window(reference, matrix, probability)
    window = window_of("the journal", [Stretch(profile, BEGAN, BEGAN + timedelta(hours=1))], profile)
    drift = compare_profiles(reference, profile, SECTION, importances={"income": 0.2, "age": 0.1})
    quality = QualityFindings(expected=expected_quality(reference.outputs[0], profile.outputs[0], seed=0))
    if with_labels:
        labels, given = labelled(rows, 0.8)
        half = Part("age", "below 40", np.arange(rows) % 2 == 0)
        times = np.arange(rows) * 60.0
        context = QualityContext({"f1": (0.8, 0.7, 0.9)}, parts=[half], at_seconds=times)
        counted = reference.outputs[0].count(given, labels)
        shift = concept_shift(reference.outputs[0], counted, seed=0)
        quality = QualityFindings(
            measure_quality(labels, given, SECTION, 0.5, seed=0, context=context), quality.expected, shift
        )
    found = RowFindings()
    if with_rows:
        told = DomainShift(200, 0.6, 0.55, 0.65, 1e-4, 0.55, is_shifted=True, told_by=(TellingColumn("age", 0.1),))
        found = RowFindings(told, {"age": ExactDistance("normed_wasserstein", 0.1)})
    verdict = judge(drift, quality.measured, SECTION, multivariate=found.multivariate, concept=quality.concept)
    findings = Findings(drift, quality, found, verdict, column_histories(window, reference, drift, ()))
    checked = Checked(
        "t", 1, "2026-11-28T00:00:00.000Z", window, 10, "t.csv", "file", "", ("a", "b"), {"f1": (1, 1, 1)}
    )
    return json.loads(json_text(check_facts(checked, findings)))


@pytest.fixture(scope="module")
def validator():
    """The schema, made strict: a reader passes over keys that were added later, a writer has none that it lacks."""
    schema = schema_of()
    jsonschema.Draft202012Validator.check_schema(schema)
    named = list(objects(schema))
    assert len(named) > 10
    for one in named:
        assert set(one["required"]) == set(one["properties"])
        one["additionalProperties"] = False
    return jsonschema.Draft202012Validator(schema)


def schema_of():
    """The published form, as the package has it."""
    return json.loads(resources.files("keepfit.monitoring").joinpath("check.schema.json").read_text("utf-8"))


def objects(node):
    """Yield every object of a schema that has keys of its own."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for child in node.values():
            yield from objects(child)
    elif isinstance(node, list):
        for child in node:
            yield from objects(child)


def income_fallen(matrix):
    matrix[:, 0] *= 0.5


def silent(matrix):
    matrix[:, 1] = np.nan


@pytest.mark.parametrize("rows", [0, 1, 150, 1000])
@pytest.mark.parametrize("change", [lambda matrix: None, income_fallen, silent], ids=["none", "moved", "missing"])
@pytest.mark.parametrize("with_labels", [True, False])
def test_every_check_is_as_the_schema_says(scored, validator, rows, change, with_labels):
    """Whatever was found: no key more, none less, and what is no number is null."""
    validator.validate(facts(scored, rows, change=change, with_labels=with_labels and rows > 0, with_rows=rows > 0))


def test_the_schema_has_the_number_that_is_written(scored):
    """A change of meaning is another number in both."""
    schema = schema_of()
    assert schema["properties"]["schema"]["const"] == facts(scored, 10)["schema"] == SCHEMA
