"""Would more rows help."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.bundle import Recipe
from keepfit.evaluation import Estimate
from keepfit.project.training_section import TrainingSection
from keepfit.reporting import Page, render_markdown
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import LearningCurve, SearchRows, learning_curve, search
from keepfit.training.learning_curve import LearningPoint, nested_shares
from keepfit.training.learning_section import learning_sections, learning_sentence

SIGNATURE = Signature(tuple(Column(name, Kind.NUMBER) for name in "abcd"), Outcome("y", "no", "yes"))
SECTION = TrainingSection(metric="roc_auc", threshold=0.5, calibration="none", folds=3, jobs=1)


def rows(count=900) -> SearchRows:
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(count, 4)).astype(np.float32)
    labels = (matrix.sum(axis=1) + rng.normal(size=count) > 0).astype(np.int8)
    cut = count * 2 // 3
    return SearchRows(matrix, labels, np.arange(cut), np.arange(cut, count))


def curve(shares, section=SECTION, given=None):
    given = given or rows()
    recipe = Recipe("random_forest", {"n_estimators": 20, "max_depth": 4})
    best = search([recipe], SIGNATURE, given, section=section, seed=0).best
    return best, learning_curve(best, SIGNATURE, given, shares, section=section, seed=0)


def test_the_last_point_is_the_best_itself():
    """All training rows, and the very score that is reported."""
    best, found = curve([0.1, 0.5])
    assert [point.rows for point in found.points] == pytest.approx([60, 300, 600], abs=1)  # by class, so rounded
    assert found.points[-1] == LearningPoint(1.0, 600, best.holdout["roc_auc"])
    assert found.points[0].score.value < found.points[-1].score.value
    assert found.gain.value == pytest.approx(found.points[-1].score.value - found.points[-2].score.value)


def test_a_gain_is_positive_whatever_the_direction():
    """For log-loss, where less is better, more rows that help are a gain too."""
    _, found = curve([0.05], SECTION.model_copy(update={"metric": "log_loss"}))
    assert found.gain.value == pytest.approx(found.points[0].score.value - found.points[1].score.value)
    assert found.gain.value > 0


def test_the_same_seed_gives_the_same_curve():
    """Draw, fits and intervals."""
    assert curve([0.25])[1] == curve([0.25])[1]


def test_a_share_that_cannot_be_fitted_is_left_out_with_its_reason():
    """Too few rows of a class for the folds are said, and the others are drawn."""
    _, found = curve([0.002, 0.5], SECTION.model_copy(update={"threshold": "best"}))
    assert [point.share for point in found.points] == [0.5, 1.0]
    (said,) = found.left_out
    assert said.startswith("0.002 of the rows: ")
    assert "folds" in said


@settings(max_examples=40)
@given(
    labels=st.lists(st.integers(0, 1), min_size=4, max_size=80),
    entities=st.integers(1, 20),
    seed=st.integers(0, 5),
)
def test_shares_are_nested_and_keep_groups_together(labels, entities, seed):
    """Each share lies within the next, and no group is cut."""
    given = np.array(labels, dtype=np.int8)
    groups = np.arange(len(given)) % entities
    small, large = nested_shares(given, groups, [0.3, 0.7], seed=seed)
    assert set(small) <= set(large)
    for part in (small, large):
        assert len(part) == np.isin(groups, groups[part]).sum()


def test_shares_keep_the_share_of_the_classes():
    """A tenth of the rows has a tenth of each class."""
    labels = np.array([1] * 100 + [0] * 900, dtype=np.int8)
    (part,) = nested_shares(labels, None, [0.1], seed=1)
    assert (len(part), labels[part].sum()) == (100, 10)


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (
            Estimate(0.02, 0.01, 0.03),
            "improves by 0.0200 (95 % interval of the gain: +0.0100 to +0.0300): more rows of",
        ),
        (
            Estimate(0.01, -0.01, 0.03),
            "improves by 0.0100 (95 % interval of the gain: -0.0100 to +0.0300), which may be",
        ),
        (Estimate(-0.02, -0.03, -0.01), "worsens by 0.0200"),
        (None, "No share of the training rows could be fitted."),
    ],
)
def test_the_sentence_says_no_more_than_the_interval(gain, said):
    """Clear of zero it is a gain; else it may be chance."""
    points = (LearningPoint(0.5, 300, Estimate(0.7, 0.6, 0.8)), LearningPoint(1.0, 600, Estimate(0.72, 0.6, 0.8)))
    assert said in learning_sentence(LearningCurve("f1", points, gain))


def test_the_section_draws_the_curve():
    """Nothing where nothing was asked; else a figure over training rows."""
    assert not list(learning_sections(None))
    _, found = curve([0.5])
    said = render_markdown(Page("t", "", list(learning_sections(found))))
    assert "## Would more rows help?" in said
    assert "ROC AUC by training rows" in said
