"""The export to ONNX, and the gate that it must pass: the graph answers as the pipeline does, or there is no bundle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import TrainingError
from keepfit.scoring.scorer import OUTPUT, open_session
from keepfit.signature import Kind, Signature

Matrix = NDArray[np.float32]
TOLERANCE = 1e-5
_OPSET = {"": 18, "ai.onnx.ml": 3}
_STRESSED_ROWS = 200


def export_model(estimator: Any, features: int) -> bytes:
    """Return the ONNX graph of a fitted pipeline: one float32 matrix in, `probabilities` `(n_rows, 2)` out."""
    from skl2onnx import to_onnx  # noqa: PLC0415 - heavy, and only for those who train
    from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415 - as above

    _register_boosters()
    graph = to_onnx(
        estimator,
        initial_types=[("features", FloatTensorType([None, features]))],
        options={"zipmap": False},
        target_opset=_OPSET,
    )
    outputs = [output for output in graph.graph.output if output.name != OUTPUT]
    for output in outputs:
        graph.graph.output.remove(output)
    serialized: bytes = graph.SerializeToString()
    return serialized


def check_parity(expected: NDArray[np.float64], model: bytes, matrix: Matrix, threshold: float) -> float:
    """Hold an exported graph to the pipeline's own answers; return the largest difference of a probability.

    Parameters
    ----------
    expected
        The pipeline's probabilities of the positive class, `(n_rows,)`.
    model
        The graph.
    matrix
        The rows that were asked, `(n_rows, n_features)`.
    threshold
        Probability from which on the decision is positive.

    Raises
    ------
    TrainingError
        When a probability differs by more than 1e-5, or a decision differs.
    """
    session = open_session(model, where="exported model")
    answered = session.run([OUTPUT], {session.get_inputs()[0].name: matrix})[0][:, 1].astype(np.float64)
    differences = np.abs(expected - answered)
    worst = int(differences.argmax())
    changed = int(((expected >= threshold) != (answered >= threshold)).sum())
    if not differences[worst] <= TOLERANCE or changed:
        raise TrainingError(
            f"the exported graph differs from the pipeline by up to {differences[worst]:.2g} (row {worst} of "
            f"{len(matrix)}), and {changed} decisions change",
            where="parity gate",
            hint="no bundle was written; leave this candidate out of keepfit.toml and report it",
        )
    return float(differences[worst])


def settle_threshold(threshold: float, probability: NDArray[np.float64]) -> float:
    """Return a threshold that decides alike, but lies in a gap between probabilities.

    Votes of a forest fall on exact fractions such as 0.5, and a graph that sums in float32 puts them a hair to either
    side. Half-way to the next smaller probability, and at most 5e-6 below, every tie falls on the positive side as
    declared.
    """
    below = probability[probability < threshold]
    gap = threshold - float(below.max()) if len(below) else 1.0
    return threshold - min(gap / 2, TOLERANCE / 2)


def stress_rows(matrix: Matrix, signature: Signature) -> Matrix:
    """Return rows with a missing value, and with an unseen category, planted in each column in turn."""
    few = matrix[:_STRESSED_ROWS]
    planted = []
    for at, column in enumerate(signature.columns):
        values = [np.nan] + ([float(len(column.categories))] if column.kind is Kind.CATEGORY else [])
        for value in values:
            rows = few.copy()
            rows[:, at] = value
            planted.append(rows)
    return np.concatenate(planted)


def _register_boosters() -> None:
    """Teach skl2onnx the boosters' converters; doing it again changes nothing."""
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost  # noqa: PLC0415 - as above
    from skl2onnx import update_registered_converter  # noqa: PLC0415 - as above
    from skl2onnx.common.shape_calculator import (  # noqa: PLC0415 - as above
        calculate_linear_classifier_output_shapes,
    )
    from xgboost import XGBClassifier  # noqa: PLC0415 - as above

    update_registered_converter(
        XGBClassifier,
        "XGBoostXGBClassifier",
        calculate_linear_classifier_output_shapes,
        convert_xgboost,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )
