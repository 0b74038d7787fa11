"""The logarithm of a number, or the median of those of its category where it is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data

from keepfit.arrays import Floats, Matrix
from keepfit.training.steps.graph_nodes import GraphNodes


class GroupMedianLog(TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Returns ln(1 + x) of the first column, and of a missing x the median over the second column's category.

    A number below 0 counts as 0; a code below 0 is missing, as NaN is. Computed in float64, here and in the graph, and
    rounded to float32 at its end: a tree that follows sees the very same number.

    Attributes
    ----------
    medians_
        Medians of the logarithms of the training rows for the codes 0, 1, … of the category, and a last one, that of
        all rows: for missing and unseen categories, and for those without a known number. `(n_codes + 1,)`, float32.
    """

    def fit(self, matrix: Matrix, labels: object = None) -> GroupMedianLog:  # noqa: ARG002 - scikit-learn's form
        """Measure the medians of the training rows, `(n_rows, 2)`: a number and a category's code."""
        matrix = validate_data(self, matrix, dtype=np.float32, ensure_all_finite="allow-nan")
        number, code = matrix[~np.isnan(matrix[:, 0])].T
        logs, has_code = _log(number), code >= 0
        overall = np.median(logs) if len(logs) else 0.0  # a fold may have no number at all
        groups = _groups(logs[has_code], code[has_code].astype(np.int64))
        self.medians_ = np.array([*(np.median(group) if len(group) else overall for group in groups), overall])
        self.medians_ = self.medians_.astype(np.float32)
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the logarithms, `(n_rows, 1)`, float32."""
        check_is_fitted(self)
        matrix = validate_data(self, matrix, dtype=np.float32, reset=False, ensure_all_finite="allow-nan")
        number, code = matrix.T
        last = len(self.medians_) - 1
        medians = self.medians_[np.where(code >= 0, np.minimum(code, last), last).astype(np.int64)]
        return np.where(np.isnan(number), medians, _log(number).astype(np.float32))[:, None]

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the name: that of the number."""
        return np.array(_check_feature_names_in(self, input_features)[:1], dtype=object)


def _log(number: Matrix) -> Floats:
    logs: Floats = np.log(1 + np.maximum(number.astype(np.float64), 0))
    return logs


def _groups(logs: Floats, codes: NDArray[np.int64]) -> list[Floats]:
    """Return the logarithms of each code from 0 to the largest: sorted once, however many codes there are."""
    order = np.argsort(codes, kind="stable")
    return np.split(logs[order], np.cumsum(np.bincount(codes)))[:-1]


def convert_group_median_log(scope: Any, operator: Any, container: Any) -> None:
    """Write it as ONNX nodes: the logarithm, and a lookup for where it is missing."""
    nodes = GraphNodes(scope, operator, container)
    table = operator.raw_operator.medians_
    medians, last = nodes.constant("medians", table, np.float32), nodes.constant("last", len(table) - 1, np.float32)
    number, code = nodes.column(0), nodes.column(1)
    wide = nodes.cast(number, np.float64)
    first, zero = nodes.constant("first", 0.0, np.float32), nodes.constant("zero", 0.0, np.float64)
    one = nodes.constant("one", 1.0, np.float64)
    log = nodes.cast(nodes.node("Log", [nodes.node("Add", [nodes.node("Max", [wide, zero]), one], 14)]), np.float32)
    has_code = nodes.node("GreaterOrEqual", [code, first], 16)
    at = nodes.node("Where", [has_code, nodes.node("Min", [code, last]), last], 16)
    median = nodes.node("Gather", [medians, nodes.cast(at, np.int64)], axis=0)
    nodes.end("Where", [nodes.node("IsNaN", [number]), median, log], 16)
