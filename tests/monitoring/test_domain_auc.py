"""The AUC of a domain classifier: ranks by definition, DeLong's variance twice, copies counted once."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.monitoring.domain_auc import domain_auc, fold_auc


def pairwise(scores, is_window):
    """The share of pairs in which the window's row is above, by definition: ties count half."""
    gaps = scores[is_window][:, None] - scores[~is_window][None, :]
    return (gaps > 0) + (gaps == 0) / 2


def drawn(rows=60, seed=0):
    rng = np.random.default_rng(seed)
    is_window = np.arange(rows) % 3 == 0
    return rng.integers(0, 12, rows) + 2.0 * is_window, is_window


def test_the_auc_is_the_share_of_pairs():
    """Ties count half, as in the statistic of Mann and Whitney."""
    scores, is_window = drawn()
    assert fold_auc(scores, is_window) == pytest.approx(pairwise(scores, is_window).mean())


def test_the_interval_is_of_twice_delongs_variance():
    """In one fold without copies the variance is that of the placements of both sides."""
    scores, is_window = drawn()
    pairs = pairwise(scores, is_window)
    variance = pairs.mean(axis=1).var() / pairs.shape[0] + pairs.mean(axis=0).var() / pairs.shape[1]
    found = domain_auc(scores, is_window, np.zeros(60, dtype=int), np.arange(60))
    assert found.high - found.value == pytest.approx(1.959964 * np.sqrt(2 * variance), rel=1e-6)
    assert found.value - found.low == pytest.approx(found.high - found.value)


def test_folds_are_compared_within_themselves():
    """A shift of all scores of one fold changes nothing."""
    scores, is_window = drawn()
    folds = np.arange(60) // 20
    shifted = domain_auc(scores + 100.0 * (folds == 1), is_window, folds, np.arange(60))
    assert shifted == domain_auc(scores, is_window, folds, np.arange(60))


def test_copies_are_one_piece_of_evidence():
    """Each row three times gives the very AUC, interval and p-value of each row once."""
    scores, is_window = drawn()
    folds, records = np.arange(60) // 20, np.arange(60)
    once = domain_auc(scores, is_window, folds, records)
    thrice = domain_auc(*(np.repeat(part, 3) for part in (scores, is_window, folds, records)))
    for name in ("value", "low", "high", "p_value"):
        assert getattr(thrice, name) == pytest.approx(getattr(once, name))


def test_equal_scores_tell_nothing():
    """The AUC is 0.5, and as likely as not."""
    found = domain_auc(np.zeros(60), drawn()[1], np.arange(60) // 20, np.arange(60))
    assert (found.value, found.p_value) == (0.5, 0.5)


def test_a_complete_separation_has_an_interval():
    """That no row of 300 is misplaced does not mean that none will be: the lower end is near 1 - 3/300."""
    is_window = np.arange(600) % 2 == 0
    found = domain_auc(is_window.astype(float), is_window, np.zeros(600, dtype=int), np.arange(600))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 - 3 / 300, abs=0.001)  # the rule of three (Hanley and Lippman-Hand, 1983)
