"""Scores of a target, and what turned out to be true of them."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.profiles.output import output_profile


def test_a_bin_begins_at_the_threshold():
    """Scores at it and above it are the positive decisions, exactly."""
    scores = np.round(np.random.default_rng(0).random(5000), 2)
    output = output_profile("good", scores, None, threshold=0.37)
    below = int(np.searchsorted(output.score.edges, 0.37))
    assert sum(output.score.counts[below:]) == (scores >= 0.37).sum()


def test_labels_are_counted_where_their_scores_are():
    """Rows without a label are in the score, and in nothing else."""
    scores, labels = np.array([0.1, 0.1, 0.9, 0.9, 0.9]), np.array([0, 1, 1, -1, 1], dtype=np.int8)
    output = output_profile("good", scores, labels)
    at_low, at_high = (int(np.searchsorted(output.score.edges, score)) for score in (0.1, 0.9))
    assert (output.labelled[at_low], output.positives[at_low]) == (2, 1)
    assert (output.labelled[at_high], output.positives[at_high]) == (2, 2)
    assert output.rate == pytest.approx(3 / 4)


def test_a_label_without_a_score_is_in_no_bin():
    """Nobody knows which one it belongs to."""
    reference = output_profile("good", np.array([0.1, 0.9]), None)
    counted = reference.count(np.array([np.nan, 0.9]), np.array([1, 0], dtype=np.int8))
    assert (sum(counted.labelled), sum(counted.positives), counted.score.missing) == (1, 0, 1)


def test_without_labels_there_is_no_rate():
    """It is unknown, not nil."""
    assert np.isnan(output_profile("good", np.array([0.5]), None).rate)
