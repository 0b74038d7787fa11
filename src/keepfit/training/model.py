"""A candidate after its fit, as it will be served."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.calibration import Calibration
from keepfit.training.calibration_graph import calibrated_graph
from keepfit.training.ensemble import Ensemble, ensemble_graph
from keepfit.training.export import pipeline_graph
from keepfit.training.families import FAMILIES


@dataclass(frozen=True, slots=True)
class FittedModel:
    """An estimator and the map from its score to a probability.

    Attributes
    ----------
    family
        Name of its family, or `ensemble`.
    estimator
        A fitted scikit-learn pipeline, or an ensemble.
    width
        Columns of the matrix that it takes.
    calibration
        Fitted on out-of-fold scores; by default the score is the probability.
    """

    family: str
    estimator: Any
    width: int
    calibration: Calibration = field(default_factory=Calibration)

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of the positive class of each row, `(n_rows,)`."""
        return self.calibration(self.estimator.predict_proba(matrix)[:, 1].astype(np.float64))

    def to_onnx(self) -> bytes:
        """Return the graph: float32 rows `(n_rows, width)` in, `probabilities` `(n_rows, 2)` out."""
        if isinstance(self.estimator, Ensemble):
            graph = ensemble_graph(self.estimator)
        else:
            graph = pipeline_graph(self.estimator, self.width, FAMILIES[self.family].trees)
        return calibrated_graph(graph, self.calibration)
