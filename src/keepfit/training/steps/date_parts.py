"""A date as its year, month, day and weekday, or other parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, validate_data

from keepfit.arrays import Matrix
from keepfit.training.steps.civil_date import PARTS, CivilDate
from keepfit.training.steps.graph_nodes import GraphNodes

DEFAULT_PARTS = ("year", "month", "day", "weekday")


class DateParts(TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Returns parts of the calendar for days since 1970-01-01; a fraction of a day is cut off.

    Parameters
    ----------
    parts
        Names of `PARTS`; the matrix has the first part of every column, then the second, and so on.
    """

    def __init__(self, parts: Sequence[str] = DEFAULT_PARTS) -> None:
        self.parts = parts

    def fit(self, matrix: Matrix, labels: object = None) -> DateParts:  # noqa: ARG002 - scikit-learn's form
        """Learn nothing but the number of columns."""
        validate_data(self, matrix, dtype=np.float32)
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the parts, `(n_rows, n_columns * n_parts)`, float32."""
        matrix = validate_data(self, matrix, dtype=np.float32, reset=False)
        date = CivilDate(np.floor(matrix).astype(np.int64))
        return np.hstack([PARTS[part](date) for part in self.parts]).astype(np.float32)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names: `joined_year`."""
        names = _check_feature_names_in(self, input_features)
        return np.array([f"{name}_{part}" for part in self.parts for name in names], dtype=object)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A tensor of int64 in a graph in the making; what is done to it becomes a node."""

    nodes: GraphNodes
    name: str

    def __add__(self, other: _Whole | int) -> _Whole:
        return self._with("Add", other)

    def __sub__(self, other: _Whole | int) -> _Whole:
        return self._with("Sub", other)

    def __mul__(self, other: _Whole | int) -> _Whole:
        return self._with("Mul", other)

    def __floordiv__(self, other: _Whole | int) -> _Whole:
        """Divide; ONNX rounds towards 0, which is down where nothing is below 0."""
        return self._with("Div", other)

    def _with(self, kind: str, other: _Whole | int) -> _Whole:
        second = self.nodes.constant("whole", [other], np.int64) if isinstance(other, int) else other.name
        return _Whole(self.nodes, self.nodes.node(kind, [self.name, second], 14))


def shape_date_parts(operator: Any) -> None:
    """Say that the output is float32, and has each column once for each part."""
    from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415 - heavy, and only for those who train

    columns, parts = operator.inputs[0].type.shape[1], len(operator.raw_operator.parts)
    operator.outputs[0].type = FloatTensorType([None, columns * parts])


def convert_date_parts(scope: Any, operator: Any, container: Any) -> None:
    """Write the parts as ONNX nodes: the same arithmetic, over all columns at once."""
    nodes = GraphNodes(scope, operator, container)
    date = CivilDate(_Whole(nodes, nodes.cast(nodes.node("Floor", [nodes.source]), np.int64)))
    parts = [nodes.cast(PARTS[part](date).name, np.float32) for part in operator.raw_operator.parts]
    nodes.end("Concat", parts, axis=1)
