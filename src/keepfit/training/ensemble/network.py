"""A small neural network over the linear view: several fits from different beginnings, averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.ensemble.members import Member
from keepfit.training.ensemble.rows import Rows
from keepfit.training.ensemble.views import Views

FITS = 3
LARGEST_INPUT = 4.0  # standard deviations: what lies beyond says no more
_SEEN_ROWS, _EPOCHS, _BATCH = 60_000, (8, 60), 64


@dataclass(frozen=True, slots=True)
class NetworkFit:
    """Fitted networks with one hidden layer of rectifiers, side by side.

    Attributes
    ----------
    hidden, hidden_bias
        Of all networks: weights `(n_inputs, n_units)` and biases `(n_units,)`.
    output, bias
        Weights `(n_units,)` and bias of their mean logit.
    """

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    bias: float

    def logits(self, views: Views, matrix: Matrix) -> Floats:
        """Return the mean logit of each row, `(n_rows, 1)`."""
        seen = _inputs(views, matrix).astype(np.float64)
        return (np.maximum(seen @ self.hidden + self.hidden_bias, 0) @ self.output + self.bias)[:, None]


def fit_network(member: Member, views: Views, rows: Rows, seed: int) -> NetworkFit:
    """Fit the networks for a number of epochs that falls with the number of rows."""
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415 - heavy, and only for those who train

    seen = _inputs(views, rows.matrix)
    epochs = int(np.clip(_SEEN_ROWS / len(seen), *_EPOCHS))
    fitted = [
        MLPClassifier(
            max_iter=epochs, batch_size=min(_BATCH, len(seen)), random_state=seed * FITS + at, **member.parameters
        ).fit(seen, rows.labels, sample_weight=rows.weights)
        for at in range(FITS)
    ]
    return NetworkFit(
        hidden=np.hstack([network.coefs_[0] for network in fitted]).astype(np.float64),
        hidden_bias=np.hstack([network.intercepts_[0] for network in fitted]).astype(np.float64),
        output=np.hstack([network.coefs_[1][:, 0] for network in fitted]).astype(np.float64) / FITS,
        bias=float(np.mean([network.intercepts_[1][0] for network in fitted])),
    )


def _inputs(views: Views, matrix: Matrix) -> Matrix:
    return np.clip(views.linear(matrix, with_knots=False), -LARGEST_INPUT, LARGEST_INPUT)
