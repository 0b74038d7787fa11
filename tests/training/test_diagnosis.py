"""What the held-out rows say of the best."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.errors import ProjectError
from keepfit.project.declaration import EvaluationSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, diagnose

SIGNATURE = Signature(
    tuple(Column(name, Kind.NUMBER) for name in ("strong", "weak", "idle")), Outcome("y", "no", "yes")
)
SLICED = EvaluationSection(slices=["weak"], bands={"weak": [0.0]})


def rows() -> SearchRows:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(3000, 3)).astype(np.float32)
    labels = (2 * matrix[:, 0] + matrix[:, 1] + rng.logistic(size=3000) > 0).astype(np.int8)
    return SearchRows(matrix, labels, np.arange(1000), np.arange(1000, 3000))


def score(matrix: np.ndarray) -> np.ndarray:
    """Return the true probability."""
    return 1 / (1 + np.exp(-(2 * matrix[:, 0] + matrix[:, 1]).astype(np.float64)))


def found(metric="roc_auc", section=SLICED):
    return diagnose(score, 0.5, rows(), SIGNATURE, metric=metric, section=section, seed=0)


def test_all_of_it_is_about_the_held_out_rows():
    """Counts of decisions, bins and slices add up to them."""
    told = found()
    counts = told.confusion
    assert counts.true_negative + counts.false_positive + counts.false_negative + counts.true_positive == 2000
    assert sum(one.rows for one in told.reliability) == 2000
    assert sum(one.rows for one in told.slices) == 2000
    assert told.calibration_error < 0.03
    assert list(told.weights) == ["strong", "weak", "idle"]


def test_a_slice_of_no_feature_is_refused():
    """The message names the key and the nearest feature."""
    with pytest.raises(ProjectError, match=r"\[evaluation\] slices: no such feature: wek; did you mean \"weak\""):
        found(section=EvaluationSection(slices=["wek"]))
