"""Numbers counted from the least of the training rows.

Day numbers and years are large, and near each other: standardised as they are, a graph's float32 mean would be off by
some part of a deviation. Counted from a whole number, which is taken away exactly, they are as small as they differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from keepfit.arrays import Matrix
from keepfit.training.steps.graph_nodes import GraphNodes


class FromFirst(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Takes the least value of the training rows, rounded down, away from each column.

    Attributes
    ----------
    first_
        What is taken away, `(n_columns,)`, float32.
    """

    def fit(self, matrix: Matrix, labels: object = None) -> FromFirst:  # noqa: ARG002 - scikit-learn's form
        """Look for the least of the training rows, `(n_rows, n_columns)`."""
        matrix = validate_data(self, matrix, dtype=np.float32)
        self.first_ = np.floor(matrix.min(axis=0))
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the differences, `(n_rows, n_columns)`, float32."""
        check_is_fitted(self)
        matrix = validate_data(self, matrix, dtype=np.float32, reset=False)
        found: Matrix = matrix - self.first_
        return found


def convert_from_first(scope: Any, operator: Any, container: Any) -> None:
    """Write it as an ONNX node."""
    nodes = GraphNodes(scope, operator, container)
    first = nodes.constant("first", [operator.raw_operator.first_], np.float32)
    nodes.end("Sub", [nodes.source, first], 14)
