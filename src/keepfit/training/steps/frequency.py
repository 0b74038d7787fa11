"""A category as its share of the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from keepfit.training.steps.step import MISSING_CODE

Matrix = NDArray[np.float32]


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
    from onnx import TensorProto  # noqa: PLC0415 - heavy, and only for those who train

    encoder = operator.raw_operator

    def constant(name: str, kind: int, shape: list[int], values: list[float] | list[int]) -> str:
        unique: str = scope.get_unique_variable_name(name)
        container.add_initializer(unique, kind, shape, values)
        return unique

    def node(kind: str, inputs: list[str], name: str, version: int, **attributes: Any) -> str:
        unique: str = scope.get_unique_variable_name(name)
        container.add_node(
            kind, inputs, unique, op_version=version, name=scope.get_unique_operator_name(kind), **attributes
        )
        return unique

    shift = constant("shift", TensorProto.FLOAT, [1], [-MISSING_CODE])
    least = constant("least", TensorProto.FLOAT, [], [0.0])
    found = []
    for at, shares in enumerate(encoder.shares_):
        position = constant("position", TensorProto.INT64, [1], [at])
        table = constant("shares", TensorProto.FLOAT, [len(shares)], shares.tolist())
        most = constant("most", TensorProto.FLOAT, [], [float(len(shares) - 1)])
        column = node("Gather", [operator.inputs[0].full_name, position], "column", 13, axis=1)
        code = node("Clip", [node("Add", [column, shift], "shifted", 14), least, most], "code", 13)
        index = node("Cast", [code], "index", 13, to=TensorProto.INT64)
        found.append(node("Gather", [table, index], "share", 13, axis=0))
    container.add_node(
        "Concat",
        found,
        operator.outputs[0].full_name,
        op_version=13,
        name=scope.get_unique_operator_name("Concat"),
        axis=1,
    )
