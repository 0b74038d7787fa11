"""The logarithm of a number that may be negative."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import validate_data

from keepfit.arrays import Matrix
from keepfit.training.steps.graph_nodes import GraphNodes


class SignedLog(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Returns sign(x) ln(1 + |x|): as the logarithm far from zero, as the number itself near it.

    Computed in float64, here and in the graph, and rounded to float32 at its end: a tree that follows sees the very
    same number.

    References
    ----------
    John, J. A. and Draper, N. R. (1980). An alternative family of transformations. Applied Statistics 29, 190-197.
    """

    def fit(self, matrix: Matrix, labels: object = None) -> SignedLog:  # noqa: ARG002 - scikit-learn's form
        """Learn nothing but the number of columns."""
        validate_data(self, matrix, dtype=np.float32)
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the logarithms, `(n_rows, n_columns)`, float32."""
        wide = validate_data(self, matrix, dtype=np.float32, reset=False).astype(np.float64)
        found: Matrix = (np.sign(wide) * np.log(1 + np.abs(wide))).astype(np.float32)
        return found


def convert_signed_log(scope: Any, operator: Any, container: Any) -> None:
    """Write it as ONNX nodes."""
    nodes = GraphNodes(scope, operator, container)
    wide = nodes.cast(nodes.source, np.float64)
    above = nodes.node("Add", [nodes.node("Abs", [wide]), nodes.constant("one", [1.0], np.float64)], 14)
    found = nodes.node("Mul", [nodes.node("Sign", [wide]), nodes.node("Log", [above])], 14)
    nodes.end("Cast", [found], to=1)
