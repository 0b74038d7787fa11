"""Which of the kept rows still teach what is true now, after a change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.evaluation.metrics import row_losses
from keepfit.training.incremental.kept_rows import KeptRows

Fit = Callable[[Matrix, Labels], Callable[[Matrix], Floats]]
"""Fits a model on rows with both classes, and returns what asks it for probabilities."""
_LEAST = 1e-4  # probabilities nearer to 0 or 1 are taken for it: no single row decides
_HALVES = 2


def present_rows(rows: KeptRows, batch_rows: int, fit: Fit) -> KeptRows:
    """Return the newest of the rows, as many as teach best what the last batch holds.

    Windows of one batch, two, four and so on, and all rows: from each, without half of the last batch, a model is
    fitted and asked about that half; then the other way round. That of the least log-loss stays; of equals the larger.

    Parameters
    ----------
    rows
        What is kept, the last batch at its end.
    batch_rows
        How many rows that batch has.
    fit
        Fits what is to be learnt with.

    References
    ----------
    Klinkenberg, R. and Joachims, T. (2000). Detecting concept drift with support vector machines. Proceedings of the
    17th International Conference on Machine Learning, 487-494: the window is that of the least estimated error on the
    newest batch. There the estimate comes from the support vectors, here from halves of the batch.
    """
    sizes = [batch_rows]
    while sizes[-1] < len(rows):
        sizes.append(min(2 * sizes[-1], len(rows)))
    losses = [_loss(rows.newest(size), batch_rows, fit) for size in sizes]
    best = max(at for at, loss in enumerate(losses) if loss == min(losses))
    return rows.newest(sizes[best])


def _loss(rows: KeptRows, batch_rows: int, fit: Fit) -> float:
    """Return the log-loss of the last batch's halves, each asked of a model of the other rows; infinite for none."""
    numbers = np.arange(len(rows)) - (len(rows) - batch_rows)
    total = 0.0
    for half in range(_HALVES):
        asked = (numbers >= 0) & (numbers % _HALVES == half)
        if not asked.any():  # of a batch of one row
            continue
        labels = rows.labels[~asked]
        if len(np.unique(labels)) < _HALVES:
            return float("inf")
        answers = fit(rows.matrix[~asked], labels)(rows.matrix[asked])
        total += float(row_losses(rows.labels[asked], answers, _LEAST).sum())
    return total
