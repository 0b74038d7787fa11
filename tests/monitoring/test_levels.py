"""Levels that chance falls on alike: open vocabularies, rare labels, buckets."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.monitoring.column_drift import column_tests, judge_column
from keepfit.monitoring.levels import compared_levels
from keepfit.profiles.category import category_profile
from keepfit.project.monitoring_section import MonitoringSection


def sampled(labels: int, zipf: float, rows: int, window: int, seed: int):
    """Return a reference and a window of one population; the vocabulary is what the reference has seen."""
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, labels + 1) ** zipf
    reference, now = (rng.choice(labels, size, p=shares / shares.sum()) for size in (rows, window))
    seen = np.unique(reference)
    codes = np.full(labels, float(len(seen)))
    codes[seen] = np.arange(len(seen))
    profile = category_profile("town", tuple(map(str, seen)), codes[reference].astype(np.float32))
    return profile, profile.count(codes[now].astype(np.float32))


@pytest.mark.parametrize(
    ("labels", "zipf", "rows"), [(100, 1.2, 900), (300, 1.2, 2000), (5000, 1.3, 3000), (1000, 0.0, 4000)]
)
@pytest.mark.parametrize("window", [300, 2000])
def test_an_open_vocabulary_is_no_drift_of_its_own(labels, zipf, rows, window):
    """Of thirty windows of the same population at most one is called drifted, however many values are unseen."""
    found = 0
    for seed in range(30):
        tests = column_tests(*sampled(labels, zipf, rows, window, seed))
        found += judge_column(tests, list(tests.p_values.values()), MonitoringSection(), is_sufficient=True).is_drifted
    assert found <= 1


def test_rare_labels_are_together_with_the_unseen():
    """Where there are some: what is rare in both is one level, and no row is lost."""
    values = np.repeat([0, 1, 2, 3], [500, 400, 2, 1]).astype(np.float32)
    reference = category_profile("c", ("a", "b", "x", "y"), values)
    window = reference.count(np.repeat([0, 1, 2, 4], [250, 200, 1, 7]).astype(np.float32))
    before, now = compared_levels(reference, window)
    assert (before.tolist(), now.tolist()) == ([500, 400, 3], [250, 200, 8])


def test_without_rare_labels_the_unseen_are_left_to_their_own_test():
    """A new category is none of the levels that were."""
    reference = category_profile("c", ("a", "b"), np.repeat([0, 1], [500, 400]).astype(np.float32))
    window = reference.count(np.repeat([0, 1, 2], [250, 200, 50]).astype(np.float32))
    assert [side.tolist() for side in compared_levels(reference, window)] == [[500, 400], [250, 200]]


def test_a_frequent_label_that_moves_is_found_in_a_large_vocabulary():
    """Its bucket moves with it."""
    reference, window = sampled(5000, 1.3, 20_000, 2000, 0)
    most = int(np.argmax(reference.counts))
    moved = window.count(np.where(np.arange(2000) < 600, reference.code(most), 4000).astype(np.float32))
    tests = column_tests(reference, moved)
    assert tests.p_values["distribution"] < 1e-6
