"""Recommendations out of the words of a journal."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from keepfit.monitoring import State, judge, measure_quality
from keepfit.monitoring.drift import Drift
from keepfit.monitoring.quality import QualityContext
from keepfit.monitoring.recommended import (
    recommendation_estimates,
    recommendation_points,
    recommendations,
    recommended_quality,
)
from keepfit.monitoring.recommended_sections import said_of_lists
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Outcome

OUTCOME = Outcome("added", "nothing", "something", products=("card", "loan", "bond"))
DECISIONS = ["card", "loan,card", "nothing", "loan", "card"]
LABELS = ["card", "bond", "loan, card", "nothing", "something"]
NO_DRIFT = Drift(0, 0, (), (), (), 0.0, {}, is_drifted=False, is_sufficient=False)


def test_lists_are_read_and_what_lists_nothing_is_not():
    """Right is one of four recommendations, and of four additions one; the last label says something, and not what."""
    found = recommendations(DECISIONS, LABELS, OUTCOME)
    assert found.is_listed.tolist() == [True, True, True, True, False]
    assert recommendation_points(found) == {"precision_micro": 1 / 4, "recall_micro": 1 / 4, "f1_micro": 1 / 4}
    told = recommended_quality(replace(found, never_offered=("bond",)))
    assert (told.listed, told.unlisted, told.never_offered) == (4, 1, ("bond",))
    assert [(one.product, one.recommended, one.added, one.right) for one in told.products] == [
        ("card", 2, 2, 1),
        ("loan", 2, 1, 0),
        ("bond", 0, 1, 0),
    ]
    said = said_of_lists(told)
    assert "the 4 predictions whose label says what was added" in said
    assert "Of 1 more it is not known what was added" in said
    assert "never recommended by this version, as training has not seen it: bond." in said


def test_where_no_label_lists_anything_there_is_no_f1():
    """Those that add would all be left out, and those that do not would make every recommendation wrong."""
    found = recommendations(["card"] * 3, ["something", "nothing", "something"], OUTCOME)
    assert all(math.isnan(value) for value in recommendation_points(found).values())
    assert recommendation_estimates(found, seed=1) == {}
    told = recommended_quality(found)
    assert told.no_ranking == "no label lists what was added"
    assert not told.is_scored
    assert said_of_lists(told).startswith("No label lists what was added: the recommendations cannot be scored.")


def measured(rows: int, labels: list[str], floor: float, decision: str = "card"):
    """Measure rows that were all answered with a probability of one half."""
    found = recommendations([decision] * rows, labels, OUTCOME)
    codes = np.array([OUTCOME.code(label) for label in labels], dtype=np.int8)
    context = QualityContext({"f1_micro": (0.9, 0.85, 0.95)}, recommendations=found)
    section = MonitoringSection(min_f1=floor, min_window=20)
    return measure_quality(codes, np.full(rows, 0.5), section, 0.5, seed=1, context=context), section


def test_the_floor_is_for_micro_f1():
    """Forty cards for forty additions, half of them cards: 20 of 40 are right, and F1 is one half."""
    quality, section = measured(80, ["card", "loan"] * 20 + ["nothing"] * 40, 0.8)
    score = quality.f1
    assert score == quality.scores["f1_micro"]
    assert score.value == pytest.approx(2 * 20 / (80 + 40))
    assert quality.is_below_floor
    assert quality.worse == ("f1_micro",)
    assert "f1" not in quality.scores
    assert {"roc_auc", "pr_auc", "log_loss", "brier"} <= quality.scores.keys()
    verdict = judge(NO_DRIFT, quality, section)
    assert verdict.state is State.ALARM
    assert verdict.reasons[0].startswith("micro F1 is 0.333 [")
    assert "on 80 labelled rows: below the floor of 0.8 even at its upper end" in verdict.reasons[0]


def test_decisions_are_counted_by_what_was_recommended():
    """Not by a threshold of whether anything is added: no row decides by that."""
    quality, _ = measured(80, ["card", "loan"] * 20 + ["nothing"] * 40, 0.0, decision="nothing")
    counts = quality.confusion
    assert (counts.true_negative, counts.false_positive, counts.false_negative, counts.true_positive) == (40, 0, 40, 0)


def test_labels_that_list_nothing_are_not_judged():
    """The verdict says why; whether anything is added is scored all the same."""
    quality, section = measured(80, ["something", "nothing"] * 40, 0.8)
    assert quality.f1 is None
    assert not quality.is_below_floor
    assert quality.scores["roc_auc"].value == 0.5
    reasons = judge(NO_DRIFT, quality, section).reasons
    assert any(
        "none of 80 labels lists what was added, so there is no F1 of the recommendations" in one for one in reasons
    )
