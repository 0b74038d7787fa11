"""Whether labels mean what they meant."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.monitoring.scored_rows import reference_of, scored_rows

from keepfit.errors import MonitoringError
from keepfit.evaluation import scores
from keepfit.monitoring import concept_shift


def shift_of(reference_rows, rows, seed=0, **draw):
    reference = reference_of(reference_rows, seed)
    return concept_shift(reference, reference.count(*scored_rows(rows, 1000 + seed, **draw)), seed=0)


@pytest.mark.parametrize("beta", [(1, 1), (2, 1)])
def test_chance_is_called_a_shift_as_often_as_the_level_says(beta):
    """Of 60 windows without a shift about three have a p-value below 0.05, also where the data have changed."""
    low = sum(shift_of(300, 400, seed, beta=beta).p_value < 0.05 for seed in range(60))
    assert low <= 9  # a binomial of 60 and 0.05 is above it once in 1500


def test_a_shift_is_found_with_its_size():
    """A tenth more positives at every score: next to impossible by chance, and a gap of a tenth."""
    shift = shift_of(5000, 5000, beta=(3, 3), change=lambda probability: np.minimum(probability + 0.1, 1))
    assert shift.p_value < 1e-9
    assert shift.excess == pytest.approx(0.1, abs=0.02)
    assert shift.excess < shift.gap == pytest.approx(0.1, abs=0.02)
    assert all(band.observed > band.expected for band in shift.bands)


def test_rows_against_themselves_have_no_gap():
    """The same labels at the same scores: no gap at all, and nothing less likely than that."""
    reference = reference_of(1000)
    shift = concept_shift(reference, reference, seed=0)
    assert (shift.gap, shift.excess, shift.p_value) == (pytest.approx(0), 0, pytest.approx(1))


def test_flipped_labels_show_how_wrong_the_estimate_was():
    """Where a third of the labels is turned over, the estimate for the same rows is far off, and the error says it."""
    reference = reference_of(3000)
    probability, labels = scored_rows(1000, 1)
    labels[::3] = 1 - labels[::3]
    shift = concept_shift(reference, reference.count(probability, labels), seed=0)
    error, truth = shift.errors["f1"], scores(labels, probability, 0.5)["f1"]
    assert error.realised == pytest.approx(truth)
    assert error.difference.value == pytest.approx(error.realised - error.estimated.value)
    assert error.difference.value < -0.1
    assert error.is_outside
    assert error.deviations < -3
    assert shift.p_value < 1e-9


def test_without_a_shift_the_estimate_is_right():
    """What turns out is within the interval."""
    shift = shift_of(3000, 1000)
    for error in shift.errors.values():
        assert abs(error.deviations) < 3
        assert error.is_outside == (not error.estimated.low <= error.realised <= error.estimated.high)


@pytest.mark.parametrize(
    ("reference_rows", "rows", "said"),
    [
        (30, 500, "the reference has 30 labelled rows, 20 more are needed"),
        (500, 3, "3 labels have come, too few at scores that the reference has labels of"),
        (500, 0, "0 labels have come, too few at scores that the reference has labels of"),
    ],
)
def test_too_little_is_told(reference_rows, rows, said):
    """Nothing is compared, and why."""
    shift = shift_of(reference_rows, rows)
    assert (shift.rows, shift.errors, shift.p_value, shift.bands, shift.reason) == (rows, {}, 1.0, (), said)
    assert math.isnan(shift.gap)


def test_other_bins_are_refused():
    """Scores in other bins are no rows of the same kind."""
    with pytest.raises(MonitoringError, match="other bins"):
        concept_shift(reference_of(100, 5), reference_of(100, 6), seed=0)
