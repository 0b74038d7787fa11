"""Scores of answers by bin."""

from __future__ import annotations

import numpy as np
import pytest
from tests.monitoring.scored_rows import scored_rows

from keepfit.evaluation import scores
from keepfit.monitoring.binned_scores import ScoreBins, binned_scores, score_bins
from keepfit.profiles.output import output_profile


def test_answers_in_bins_of_their_own_have_the_scores_of_training():
    """Where nothing is rounded to a bin, both arithmetics are one."""
    probability, labels = scored_rows(150, 0)
    profile = output_profile("good", probability, labels, threshold=0.4)
    assert max(profile.score.counts) == 1
    positives = np.array([profile.positives], dtype=np.float64)
    found = binned_scores(positives, np.array(profile.labelled) - positives, score_bins(profile, 0.4))
    expected = scores(labels, probability, 0.4)
    assert {name: float(values[0]) for name, values in found.items()} == pytest.approx(
        {name: expected[name] for name in found}
    )


def test_a_class_that_is_absent_has_no_area():
    """ROC AUC is unknown, what is a ratio of nothing is nil, and no score of 0 or 1 makes a loss infinite."""
    found = binned_scores(np.zeros((1, 2)), np.array([[3.0, 0.0]]), ScoreBins(np.array([0.0, 1.0]), 1))
    assert np.isnan(found["roc_auc"][0])
    assert (found["f1"][0], found["precision"][0], found["recall"][0], found["accuracy"][0]) == (0, 0, 0, 1)
    assert found["log_loss"][0] == pytest.approx(0, abs=1e-12)
