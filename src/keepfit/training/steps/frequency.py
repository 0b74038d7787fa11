"""A category as its share of the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from keepfit.arrays import Matrix
from keepfit.training.steps.graph_nodes import GraphNodes
from keepfit.training.steps.step import MISSING_CODE


class FrequencyEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Replaces the code of a category by the share of the training rows that have it.

    Codes are whole numbers from -1 (missing) upwards; a code that no training row has stands for 0.

    Attributes
    ----------
    shares_
        For each column the shares of the codes -1, 0, 1, … up to the largest, and a last one, 0, for all above.
    """

    def fit(self, matrix: Matrix, labels: object = None) -> FrequencyEncoder:  # noqa: ARG002 - scikit-learn's form
        """Count the codes of the training rows, `(n_rows, n_columns)`."""
        matrix = validate_data(self, matrix, dtype=np.float32)
        self.shares_ = [
            np.append(np.bincount((column - MISSING_CODE).astype(np.int64)) / len(column), 0.0).astype(np.float32)
            for column in matrix.T
        ]
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the shares, `(n_rows, n_columns)`, float32."""
        check_is_fitted(self)
        matrix = validate_data(self, matrix, dtype=np.float32, reset=False)
        columns = [
            shares[np.clip(column - MISSING_CODE, 0, len(shares) - 1).astype(np.int64)]
            for shares, column in zip(self.shares_, matrix.T, strict=True)
        ]
        return np.column_stack(columns)


def convert_frequency(scope: Any, operator: Any, container: Any) -> None:
    """Write the encoder as ONNX nodes: one lookup for each column, joined."""
    nodes = GraphNodes(scope, operator, container)
    shift = nodes.constant("shift", [-MISSING_CODE], np.float32)
    least = nodes.constant("least", 0.0, np.float32)
    found = []
    for at, shares in enumerate(operator.raw_operator.shares_):
        most = nodes.constant("most", float(len(shares) - 1), np.float32)
        code = nodes.node("Clip", [nodes.node("Add", [nodes.column(at), shift], 14), least, most])
        table = nodes.constant("shares", shares, np.float32)
        found.append(nodes.node("Gather", [table, nodes.cast(code, np.int64)], axis=0))
    nodes.end("Concat", found, axis=1)
