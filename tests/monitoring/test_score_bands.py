"""Labelled rows beside the reference's, by bands of their scores."""

from __future__ import annotations

import numpy as np
import pytest
from tests.monitoring.scored_rows import reference_of, scored_rows

from keepfit.monitoring.binned_scores import score_bins
from keepfit.monitoring.score_bands import score_bands
from keepfit.profiles.output import output_profile


def bands_of(reference, window):
    return score_bands(reference, window, score_bins(window, 0.5).means)


def test_every_labelled_row_is_in_a_band():
    """Rows and positives add up, scores rise, and there are ten at the most."""
    reference = reference_of(2000)
    probability, labels = scored_rows(1500, 1)
    bands = bands_of(reference, reference.count(probability, labels))
    assert 1 < len(bands) <= 10
    assert sum(band.rows for band in bands) == 1500
    assert sum(band.rows * band.observed for band in bands) == pytest.approx(labels.sum())
    assert [band.score for band in bands] == sorted(band.score for band in bands)


def test_a_single_bin_is_compared_as_two_shares():
    """30 of 100 against 40 of 50: the difference of the shares, and the variance of Mantel and Haenszel (1959)."""
    probability = np.repeat([0.1, 0.9], [100, 100])
    labels = np.repeat([1, 0, 1, 0], [30, 70, 0, 100]).astype(np.int8)
    reference = output_profile("good", probability, labels, threshold=0.5)
    window = reference.count(np.full(50, 0.1), np.repeat([1, 0], [40, 10]).astype(np.int8))
    (band,) = bands_of(reference, window)
    variance = 100 * 50 * 70 * 80 / (150**2 * 149)
    assert (band.rows, band.observed, band.expected) == (50, 0.8, pytest.approx(0.3))
    assert band.deviation == pytest.approx(np.sqrt(variance) / (100 * 50 / 150))


def test_scores_that_one_side_alone_has_are_no_band():
    """Nothing can be said of them."""
    reference = reference_of(500, beta=(5, 500))
    assert bands_of(reference, reference.count(np.full(300, 0.99), np.ones(300, dtype=np.int8))) == ()
