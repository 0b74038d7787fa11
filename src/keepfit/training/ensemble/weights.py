"""How much each member of an ensemble counts.

Members are averaged on the scale of the logit, with weights that are not negative and add up to one. The log-loss is
convex in them, so that the best ones do not depend on where the search begins.

References
----------
Breiman, L. (1996). Stacked regressions. Machine Learning 24, 49-64 (weights that are not negative).
Genest, C. and Zidek, J. V. (1986). Combining probability distributions. Statistical Science 1, 114-135 (the
logarithmic pool).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats

LEAST_WEIGHT = 0.05
_ITERATIONS = 300


def log_loss(logits: Floats, labels: NDArray[np.int8], weights: Floats | None = None) -> float:
    """Return the mean negative log-likelihood of logits, `(n_rows,)`."""
    losses = np.logaddexp(0, np.where(labels == 1, -logits, logits))
    return float(np.average(losses, weights=weights))


def pool_weights(
    logits: Floats, labels: NDArray[np.int8], weights: Floats | None = None, *, least: float = LEAST_WEIGHT
) -> Floats:
    """Return the weights of the members, `(n_members,)`; those that would count for little are left out.

    Parameters
    ----------
    logits
        Out-of-fold logits of the members, `(n_rows, n_members)`.
    labels
        Classes 0 or 1, `(n_rows,)`.
    weights
        Weights of the rows; None for equal ones.
    least
        A member with less is left out, the least first, and the others are weighed again.
    """
    kept = np.arange(logits.shape[1])
    while True:
        found = _simplex_weights(logits[:, kept], labels, weights)
        if len(kept) == 1 or found.min() >= least:
            break
        kept = np.delete(kept, found.argmin())
    whole = np.zeros(logits.shape[1])
    whole[kept] = found
    return whole


def _simplex_weights(logits: Floats, labels: NDArray[np.int8], weights: Floats | None) -> Floats:
    """Minimise the log-loss over weights that are not negative and add up to one."""
    from scipy.optimize import minimize  # noqa: PLC0415 - heavy, and only for those who train
    from scipy.special import expit  # noqa: PLC0415 - as above

    def loss(free: Floats) -> tuple[float, Floats]:
        share = _softmax(free)
        pooled = logits @ share
        slope = np.average(logits * (expit(pooled) - labels)[:, None], axis=0, weights=weights)
        return log_loss(pooled, labels, weights), share * (slope - share @ slope)

    start = np.zeros(logits.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    return _softmax(found.x)


def _softmax(free: Floats) -> Floats:
    raised = np.exp(free - free.max())
    share: Floats = raised / raised.sum()
    return share
