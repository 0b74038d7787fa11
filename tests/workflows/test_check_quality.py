"""What a check says of the answers: measured where labels have come, expected where not."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest

from answered_rows import BEGAN, LABELLED, ROWS
from keepfit.evaluation import scores
from keepfit.journal import Window
from keepfit.profiles import Profile
from keepfit.workflows.check import check
from keepfit.workflows.check_quality import labelled_rows, quality_findings
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.contest import answers
from keepfit.workflows.data import load_dataset
from keepfit.workflows.windows.journal import journal_window, labelled_window


@pytest.fixture(scope="module")
def report(answered):
    return check(answered)


@pytest.fixture(scope="module")
def truth(answered):
    """Labels and probabilities of the rows that were asked about, in their order."""
    dataset, champion = load_dataset(answered), answered.store.champion()
    rows = dataset.split.holdout[:ROWS]
    return dataset.target[rows], answers(dataset.frame[rows.tolist()], champion, answered.project), champion


def test_what_was_measured_is_what_evaluation_says(report, truth):
    """Every metric of the labelled rows, beside the held-out rows' with the difference."""
    labels, probability, champion = truth
    expected = scores(labels[:LABELLED], probability[:LABELLED], champion.facts.threshold)
    quality = report.findings.quality.measured
    assert quality.labelled == report.labels == LABELLED
    for name, one in quality.scores.items():
        assert one.value == pytest.approx(expected[name], abs=1e-6), name
    assert quality.differences["f1"].before.value == champion.facts.scores["f1"][0]
    assert not quality.worse


def test_what_is_expected_is_of_the_answers_without_labels(report, truth):
    """Fifty of them; what turned out lies in the interval of F1."""
    labels, probability, champion = truth
    expected = report.findings.quality.expected
    assert expected.rows == ROWS - LABELLED
    waiting = slice(LABELLED, ROWS)
    f1 = scores(labels[waiting], probability[waiting], champion.facts.threshold)["f1"]
    assert expected.scores["f1"].low <= f1 <= expected.scores["f1"].high
    assert "an estimate" in report.page.read_text()


def test_labels_mean_what_they_meant(report):
    """Rows that were held out are no concept drift."""
    concept = report.findings.quality.concept
    assert concept.p_value > 0.01
    assert concept.rows == LABELLED
    assert json.loads(report.facts.read_text())["concept_shift"]["p_value"] == concept.p_value


def test_without_labels_there_is_an_estimate_only(answered):
    """Of a time whose labels have not come, all is expected and nothing is measured."""
    found = check(answered, CheckTask(since=BEGAN + timedelta(minutes=LABELLED))).findings.quality
    assert (found.measured, found.concept) == (None, None)
    assert found.expected.rows == ROWS - LABELLED


def test_late_labels_of_earlier_answers_are_not_taken_for_labels_of_these(answered):
    """Of a window of fifty answers none has a label, though the newest labels are looked at."""
    rooms = type(answered)(answered.project, answered.folder, answered.workspace, answered.file)
    section = rooms.project.monitoring.model_copy(update={"window_rows": ROWS - LABELLED, "min_window": 20})
    rooms.project = rooms.project.model_copy(update={"monitoring": section})
    found = check(rooms).findings
    assert found.quality.measured.labelled == ROWS - LABELLED
    assert found.quality.expected.rows == ROWS - LABELLED
    assert found.drift.rows_window == ROWS - LABELLED


def test_declared_slices_are_compared(answered):
    """By the features that were asked, with bands at the quartiles of the training rows."""
    rooms = type(answered)(answered.project, answered.folder, answered.workspace, answered.file)
    section = rooms.project.evaluation.model_copy(update={"slices": ["Records", "Age"]})
    rooms.project = rooms.project.model_copy(update={"evaluation": section})
    slices = check(rooms).findings.quality.measured.slices
    assert {one.column for one in slices} == {"Records", "Age"}
    assert np.isclose(sum(one.rows for one in slices if one.column == "Age"), LABELLED)


def test_a_label_that_comes_while_the_window_is_read_is_not_in_it(answered, truth):
    """Its answer is newer than the last that was read: it is measured, and is none of the window's."""
    champion = truth[2]
    with answered.journal() as journal:
        asked = Window("credit-status", 100, None, BEGAN + timedelta(minutes=200), champion.facts.version)
        window = journal_window(journal, asked, champion)
        labelled = labelled_window(answered, journal, champion)
    rows = labelled_rows(labelled, window, champion.facts.signature)
    assert len(rows.labels) == LABELLED
    assert rows.is_in_window.sum() == 100
    found = quality_findings(answered, champion, Profile.from_dict(champion.profile), window, rows, dropped=())
    assert found.expected.rows == 0
