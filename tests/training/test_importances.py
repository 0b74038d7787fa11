"""What a model rests on, by what it loses without a column."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, importances

SIGNATURE = Signature(
    tuple(Column(name, Kind.NUMBER) for name in ("idle", "weak", "strong")), Outcome("y", "no", "yes")
)


def score(matrix: np.ndarray) -> np.ndarray:
    """Return the true probability."""
    return 1 / (1 + np.exp(-(2 * matrix[:, 2] + matrix[:, 1]).astype(np.float64)))


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "f1", "brier"])
def test_columns_are_ranked_by_what_is_lost_without_them(metric):
    """In metrics of either direction a loss is positive; a column that the model does not use costs nothing."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(3000, 3)).astype(np.float32)
    labels = (2 * matrix[:, 2] + matrix[:, 1] + rng.logistic(size=3000) > 0).astype(np.int8)
    rows = SearchRows(matrix, labels, np.arange(1000), np.arange(1000, 3000))
    strong, weak, idle = importances(score, 0.5, rows, SIGNATURE, metric=metric, seed=0)
    assert [one.column for one in (strong, weak, idle)] == ["strong", "weak", "idle"]
    assert strong.low > weak.high > 0
    assert (idle.loss, idle.low, idle.high) == (0.0, 0.0, 0.0)
