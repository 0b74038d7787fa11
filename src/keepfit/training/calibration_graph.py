"""A calibration map as nodes at the end of a model's graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.scoring.graph import OUTPUT
from keepfit.training.calibration import LEAST, Calibration
from keepfit.training.finished import finished
from keepfit.training.nodes import Nodes, rename_output

_SCORES = "uncalibrated"


def calibrated_graph(model: bytes, calibration: Calibration) -> bytes:
    """Return a graph whose probabilities `(n_rows, 2)` are mapped; the same bytes where there is no map."""
    if calibration.method == "none":
        return model
    from onnx import load_model_from_string  # noqa: PLC0415 - heavy, and only for those who train

    whole = load_model_from_string(model)
    rename_output(whole.graph, OUTPUT, _SCORES)
    nodes = Nodes("calibration")
    score = nodes.columns(_SCORES, np.array([1]))
    mapped = (_sigmoid if calibration.method == "sigmoid" else _lines)(nodes, score, calibration)
    nodes.both_classes(mapped, OUTPUT)
    nodes.append_to(whole.graph)
    return finished(whole)


def _sigmoid(nodes: Nodes, score: str, calibration: Calibration) -> str:
    """Map the logit of the score by slope and intercept."""
    bounded = nodes.add("Clip", score, nodes.constant(LEAST), nodes.constant(1 - LEAST))
    stretched = nodes.add("Mul", nodes.logit(bounded), nodes.number(calibration.slope))
    return nodes.add("Sigmoid", nodes.add("Add", stretched, nodes.number(calibration.intercept)))


def _lines(nodes: Nodes, score: str, calibration: Calibration) -> str:
    """Map the score by lines between points: at each point a rectifier begins with the change of the slope there."""
    x, y = np.array(calibration.scores), np.array(calibration.probabilities)
    slopes = np.concatenate([[0.0], np.diff(y) / np.diff(x), [0.0]])
    changes: NDArray[np.float64] = np.diff(slopes)
    above = nodes.add("Relu", nodes.add("Sub", nodes.with_spare(score), nodes.constant(x[None])))
    climbed = nodes.without_spare(nodes.product("MatMul", above, changes[:, None]))
    mapped = nodes.add("Add", climbed, nodes.number(float(y[0])))
    return nodes.add("Clip", mapped, nodes.constant(0.0), nodes.constant(1.0))
