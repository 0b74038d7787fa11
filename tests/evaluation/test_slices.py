"""Scores of parts of the rows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from keepfit.evaluation import Part, score_intervals, slice_scores


def rows(count: int = 2000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels, probabilities that are right for the first half and random for the second, and who is first."""
    rng = np.random.default_rng(0)
    first = np.arange(count) < count // 2
    probability = rng.random(count)
    labels = (rng.random(count) < np.where(first, probability, 0.5)).astype(np.int8)
    return labels, probability, first


def test_a_part_is_scored_as_if_it_were_all():
    """The scores of a slice are those of its rows alone, with the same resamples."""
    labels, probability, first = rows()
    (found,) = slice_scores(labels, probability, 0.5, [Part("half", "first", first)], metric="f1", seed=3)
    assert found.scores == score_intervals(labels[first], probability[first], 0.5, seed=3)
    assert (found.rows, found.positives) == (1000, int(labels[first].sum()))
    assert found.decided == pytest.approx((probability[first] >= 0.5).mean())


def test_a_gap_that_is_there_is_found():
    """Where the model knows one half only, the halves differ, by as much in one direction as in the other."""
    labels, probability, first = rows()
    parts = [Part("half", "first", first), Part("half", "second", ~first)]
    one, other = slice_scores(labels, probability, 0.5, parts, metric="roc_auc", seed=0)
    assert one.differs
    assert other.differs
    assert one.gap.value == pytest.approx(-other.gap.value)
    assert one.gap.value == pytest.approx(one.scores["roc_auc"].value - other.scores["roc_auc"].value)


def test_a_gap_that_is_not_there_is_rarely_found():
    """Parts drawn at random differ in about one of twenty, as 95 % intervals do."""
    labels, probability, _ = rows()
    rng = np.random.default_rng(5)
    parts = [Part("draw", str(at), rng.random(len(labels)) < 0.3) for at in range(60)]
    found = slice_scores(labels, probability, 0.5, parts, metric="f1", seed=0)
    assert sum(one.differs for one in found) <= 9


def test_few_rows_say_little():
    """A handful of rows is scored but never called different; no rows are no slice; all rows have no others."""
    labels, probability, _ = rows()
    few, none, all_rows = (np.arange(len(labels)) < count for count in (20, 0, len(labels)))
    parts = [Part("x", "few", few), Part("x", "none", none), Part("x", "all", all_rows)]
    first, second = slice_scores(labels, probability, 0.5, parts, metric="f1", seed=0)
    assert first.has_few_rows
    assert not first.differs
    assert (second.label, math.isnan(second.gap.value), second.differs) == ("all", True, False)
