"""Some of the features that were made, after a selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data

from keepfit.arrays import Matrix
from keepfit.training.steps.graph_nodes import GraphNodes


class KeptFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Keeps the columns at some positions.

    Parameters
    ----------
    positions
        Which, in the order that they get.
    """

    def __init__(self, positions: Sequence[int]) -> None:
        self.positions = positions

    def fit(self, matrix: Matrix, labels: object = None) -> KeptFeatures:  # noqa: ARG002 - scikit-learn's form
        """Learn nothing but the number of columns."""
        validate_data(self, matrix)
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the columns, `(n_rows, n_positions)`."""
        kept: Matrix = validate_data(self, matrix, reset=False)[:, list(self.positions)]
        return kept


def convert_kept_features(scope: Any, operator: Any, container: Any) -> None:
    """Write it as an ONNX node."""
    nodes = GraphNodes(scope, operator, container)
    positions = nodes.constant("positions", list(operator.raw_operator.positions), np.int64)
    nodes.end("Gather", [nodes.source, positions], axis=1)


def shape_kept_features(operator: Any) -> None:
    """Say how wide the output is."""
    from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415 - heavy, and only for those who train

    operator.outputs[0].type = FloatTensorType([None, len(operator.raw_operator.positions)])
