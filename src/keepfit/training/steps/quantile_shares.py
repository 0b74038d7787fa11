"""A number as its place among those of the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.preprocessing import QuantileTransformer
from sklearn.utils.validation import check_is_fitted, validate_data

from keepfit.arrays import Floats, Matrix
from keepfit.training.steps.graph_nodes import GraphNodes


class QuantileShares(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Returns the share of the training rows below a value, as scikit-learn's QuantileTransformer does.

    The interpolation is done in float64, here and in the graph by the same formula, and rounded to float32 at its end:
    a tree that follows sees the very same number.

    Parameters
    ----------
    n_quantiles
        How many points the curve has, at most one for each training row.
    random_state
        Seed of the sample that a long table is measured on.

    Attributes
    ----------
    curves_
        For each column `(knots, starts, slopes, middles)`, each `(n_knots,)`: distinct quantiles of the training rows,
        the share just above each, its growth up to the next, and the share at the knot itself.
    """

    def __init__(self, n_quantiles: int = 100, random_state: int = 0) -> None:
        self.n_quantiles = n_quantiles
        self.random_state = random_state

    def fit(self, matrix: Matrix, labels: object = None) -> QuantileShares:  # noqa: ARG002 - scikit-learn's form
        """Measure the quantiles of the training rows, `(n_rows, n_columns)`."""
        matrix = validate_data(self, matrix, dtype=np.float32)
        count = min(self.n_quantiles, len(matrix))
        stock = QuantileTransformer(n_quantiles=count, random_state=self.random_state).fit(matrix)
        self.curves_ = [_curve(column.astype(np.float64), stock.references_) for column in stock.quantiles_.T]
        return self

    def transform(self, matrix: Matrix) -> Matrix:
        """Return the shares, `(n_rows, n_columns)`, float32."""
        check_is_fitted(self)
        matrix = validate_data(self, matrix, dtype=np.float32, reset=False)
        shares = [
            _share(column.astype(np.float64), *curve) for column, curve in zip(matrix.T, self.curves_, strict=True)
        ]
        return np.column_stack(shares).astype(np.float32)


def _curve(quantiles: Floats, references: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the curve through quantiles that may repeat: where they do, it jumps."""
    knots, first = np.unique(quantiles, return_index=True)
    last = np.append(first[1:], len(quantiles)) - 1
    starts, ends = references[last], references[first]
    slopes = np.append((ends[1:] - starts[:-1]) / np.diff(knots), 0.0)
    middles = (starts + ends) / 2
    middles[-1], middles[0] = 1.0, 0.0
    starts[-1] = 1.0
    return knots, starts, slopes, middles


def _share(values: Floats, knots: Floats, starts: Floats, slopes: Floats, middles: Floats) -> Floats:
    at = np.maximum(np.searchsorted(knots, values, side="right") - 1, 0)
    between = starts[at] + slopes[at] * (values - knots[at])
    share: Floats = np.where(values == knots[at], middles[at], between)
    return np.where(values < knots[0], 0.0, share)


def convert_quantile_shares(scope: Any, operator: Any, container: Any) -> None:
    """Write it as ONNX nodes: for each column a lookup on the curve, joined."""
    nodes = GraphNodes(scope, operator, container)
    zero, one = nodes.constant("zero", 0.0, np.float64), nodes.constant("one", 1, np.int64)
    least, axis = nodes.constant("least", 0, np.int64), nodes.constant("axis", [1], np.int64)
    found = []
    for position, (knots, *tables) in enumerate(operator.raw_operator.curves_):
        values = nodes.cast(nodes.column(position), np.float64)
        known = nodes.constant("knots", knots, np.float64)
        passed = nodes.cast(nodes.node("LessOrEqual", [known, values], 16), np.int64)
        count = nodes.node("ReduceSum", [passed, axis], 13, keepdims=1)
        at = nodes.node("Max", [nodes.node("Sub", [count, one], 14), least])
        knot = nodes.node("Gather", [known, at], axis=0)
        start, slope, middle = (
            nodes.node("Gather", [nodes.constant("table", table, np.float64), at], axis=0) for table in tables
        )
        beyond = nodes.node("Mul", [slope, nodes.node("Sub", [values, knot], 14)], 14)
        between = nodes.node("Add", [start, beyond], 14)
        share = nodes.node("Where", [nodes.node("Equal", [values, knot]), middle, between], 16)
        below = nodes.node("Less", [values, nodes.constant("first", knots[0], np.float64)])
        found.append(nodes.node("Where", [below, zero, share], 16))
    nodes.end("Cast", [nodes.node("Concat", found, axis=1)], to=1)
