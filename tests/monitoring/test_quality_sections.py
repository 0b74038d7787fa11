"""The page's parts about quality."""

from __future__ import annotations

import numpy as np
from tests.monitoring.scored_rows import reference_of, scored_rows

from keepfit.evaluation import Part
from keepfit.monitoring import QualityContext, concept_shift, expected_quality, measure_quality
from keepfit.monitoring.findings import QualityFindings
from keepfit.monitoring.quality_sections import quality_sections
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting import Page, render_html, render_markdown

HELD_OUT = {"f1": (0.95, 0.94, 0.96), "roc_auc": (0.83, 0.80, 0.86)}


def measured(rows, **context):
    probability, labels = scored_rows(rows, 0)
    return measure_quality(labels, probability, MonitoringSection(), 0.5, seed=0, context=QualityContext(**context))


def titles(*given, **facts):
    found = QualityFindings(*given, **facts)
    return [section.title for section in quality_sections(found, ("bad", "good"), no_quality="no labels")]


def read(quality):
    page = Page(
        "check", "", list(quality_sections(QualityFindings(quality), ("bad <b>", "good"), no_quality="no labels"))
    )
    assert "bad <b>" not in render_html(page)
    return render_markdown(page)


def test_scores_stand_beside_those_of_the_held_out_rows():
    """Now, before, the difference and what it means; and how many would be worse by chance."""
    said = read(measured(1000, held_out=HELD_OUT))
    assert "Worse than on the held-out rows by more than the 95 % interval of the difference: F1;" in said
    (row,) = (line for line in said.splitlines() if line.startswith("| F1 |"))
    assert "0.9500 \\[0.9400, 0.9600\\]" in row
    assert row.rstrip(" |").endswith("worse")
    (row,) = (line for line in said.splitlines() if line.startswith("| ROC AUC |"))
    assert not row.rstrip(" |").endswith("worse")


def test_too_few_labels_are_told_first():
    """With how many more are needed, and no metric is called worse."""
    said = read(measured(150, held_out=HELD_OUT))
    assert "Too little to judge by: 150 labels have come, 50 more are needed." in said
    assert "of the difference: none" in said
    assert "| worse |" not in said


def test_without_labels_there_is_a_sentence():
    """And nothing else that needs them."""
    assert titles(None) == ["Quality"]
    assert "Nothing is measured: no labels." in read(None)


def test_everything_that_is_known_has_a_section():
    """Estimate, its error, parts and periods, in this order."""
    reference = reference_of(1000)
    probability, labels = scored_rows(900, 1)
    labels[::3] = -1
    window = reference.count(probability, labels)
    facts = {
        "expected": expected_quality(reference, window, seed=0),
        "concept": concept_shift(reference, window, seed=0),
    }
    halves = [Part("age", name, np.arange(600) % 2 == at) for at, name in enumerate(("old", "young"))]
    quality = measured(600, held_out=HELD_OUT, parts=halves, at_seconds=1.7e9 + 3600.0 * np.arange(600))
    assert titles(quality, **facts) == [
        "Quality",
        "Quality to expect: an estimate",
        "Do labels mean what they meant?",
        "How wrong the estimate was",
        "Quality, for whom",
        "Calibration over time",
    ]
    said = read(quality)
    assert "2023-11-14 22:13:20" in said
    assert said.count("| age |") == 2


def test_one_period_is_no_course_of_time():
    """Nothing can be said of a change within it."""
    assert titles(measured(99, at_seconds=np.arange(99.0))) == ["Quality"]
