"""The days from one date to another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, validate_data

from keepfit.arrays import Matrix
from keepfit.training.steps.graph_nodes import GraphNodes


class ElapsedDays(TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Returns the days from the first column to the second: below 0 where the second is earlier.

    Where one of the two is missing, so are the days. Whole days are exact in float32 up to 16,777,216.
    """

    def fit(self, matrix: Matrix, labels: object = None) -> ElapsedDays:  # noqa: ARG002 - scikit-learn's form
        """Learn nothing but the number of columns."""
        validate_data(self, matrix, dtype=np.float32, ensure_all_finite="allow-nan")
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the days, `(n_rows, 1)`, float32, of days since 1970-01-01, `(n_rows, 2)`."""
        matrix = validate_data(self, matrix, dtype=np.float32, reset=False, ensure_all_finite="allow-nan")
        days: Matrix = matrix[:, 1:] - matrix[:, :1]
        return days

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the name: `joined_to_left`."""
        return np.array(["_to_".join(_check_feature_names_in(self, input_features))], dtype=object)


def convert_elapsed_days(scope: Any, operator: Any, container: Any) -> None:
    """Write it as an ONNX node."""
    nodes = GraphNodes(scope, operator, container)
    nodes.end("Sub", [nodes.column(1), nodes.column(0)], 14)
