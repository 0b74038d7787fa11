"""The logarithm of a number that may be negative."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import validate_data

Matrix = NDArray[np.float32]


class SignedLog(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Returns sign(x) ln(1 + |x|): as the logarithm far from zero, as the number itself near it.

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
        matrix = validate_data(self, matrix, dtype=np.float32, reset=False)
        found: Matrix = np.sign(matrix) * np.log(1 + np.abs(matrix))
        return found


def convert_signed_log(scope: Any, operator: Any, container: Any) -> None:
    """Write it as ONNX nodes."""
    from onnx import TensorProto  # noqa: PLC0415 - heavy, and only for those who train

    one: str = scope.get_unique_variable_name("one")
    container.add_initializer(one, TensorProto.FLOAT, [1], [1.0])
    source = operator.inputs[0].full_name
    sign, size, above, log = (scope.get_unique_variable_name(name) for name in ("sign", "size", "above", "log"))
    for kind, inputs, output, version in (
        ("Sign", [source], sign, 13),
        ("Abs", [source], size, 13),
        ("Add", [size, one], above, 14),
        ("Log", [above], log, 13),
        ("Mul", [sign, log], operator.outputs[0].full_name, 14),
    ):
        container.add_node(kind, inputs, output, op_version=version, name=scope.get_unique_operator_name(kind))
