"""The folds of the cross-validation."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.errors import TrainingError
from keepfit.training.folds import cross_validation_folds

LABELS = np.array([0, 1, 1, 0, 1] * 20, np.int8)


@pytest.mark.parametrize("groups", [None, np.arange(100) // 4])
def test_every_row_is_asked_about_once(groups):
    """Each fold fits on the rest, every row is outside of one fold, and no group stands on both sides."""
    folds = cross_validation_folds(LABELS, groups, count=5, seed=0)
    assert sorted(np.concatenate([outside for _, outside in folds])) == list(range(100))
    for inside, outside in folds:
        assert len(inside) + len(outside) == 100
        assert set(LABELS[outside]) == {0, 1}
        if groups is not None:
            assert not set(groups[inside]) & set(groups[outside])


def test_a_class_that_is_too_rare_is_told():
    """The message names the key to change."""
    rare = np.zeros(50, np.int8)
    rare[:3] = 1
    with pytest.raises(TrainingError, match=r"\[training\] folds: the training rows hold 3 rows of a class"):
        cross_validation_folds(rare, None, count=5, seed=0)
