"""The export to ONNX, and the gate that it must pass: the graph answers as the pipeline does, or there is no bundle."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.errors import TrainingError
from keepfit.scoring.graph import OUTPUT, Graph
from keepfit.signature import Kind, Signature
from keepfit.training.finished import finished
from keepfit.training.tree_graph import converted, tree_graph
from keepfit.training.trees import Tree, forest_trees, is_forest

TOLERANCE = 1e-5
ReadTrees = Callable[[Any], tuple[Sequence[Tree], float]]
_STRESSED_ROWS = 200


def pipeline_graph(pipeline: Any, features: int, trees: ReadTrees | None = None) -> bytes:
    """Return the ONNX graph of a fitted pipeline: one float32 matrix in, `probabilities` `(n_rows, 2)` out.

    Parameters
    ----------
    pipeline
        A scikit-learn pipeline whose last step is the estimator.
    features
        Columns of the matrix.
    trees
        Reads the trees of a booster, and what their leaves add to.
    """
    front, estimator = pipeline[:-1], pipeline[-1]
    if trees is not None:
        return tree_graph(front, features, *trees(estimator), is_mean=False)
    if is_forest(estimator):
        return tree_graph(front, features, list(forest_trees(estimator)), 0.0, is_mean=True)
    model = converted(pipeline, features, {"zipmap": False})
    for output in [output for output in model.graph.output if output.name != OUTPUT]:
        model.graph.output.remove(output)
    return finished(model)


def pickled(model: Any) -> bytes:
    """Return a fitted model as it is kept where no graph can hold it.

    Raises
    ------
    TrainingError
        When a part of it cannot be pickled.
    """
    try:
        return pickle.dumps(model, protocol=5)
    except Exception as error:  # whatever another package's parts raise
        raise TrainingError(
            f"no graph can hold it, and it cannot be pickled ({error})",
            where="export",
            hint="define its classes and functions at the top of a module",
        ) from error


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
        When a probability differs by more than 1e-5, or a decision differs, or the runtime does not take the graph.
    """
    try:
        answered = Graph(model, where="exported model").probabilities(matrix)
    except Exception as error:  # ONNX Runtime raises classes of its own, with no common base
        raise TrainingError(
            f"the exported graph does not run ({error})", where="parity gate", hint="leave this candidate out"
        ) from error
    return check_answers(expected, answered, threshold)


def check_answers(expected: NDArray[np.float64], answered: NDArray[np.float64], threshold: float) -> float:
    """Hold what will be served to the pipeline's own answers; return the largest difference of a probability.

    Parameters
    ----------
    expected
        The pipeline's probabilities of the positive class, `(n_rows,)`.
    answered
        Those of the same rows as they will be served.
    threshold
        Probability from which on the decision is positive.

    Raises
    ------
    TrainingError
        When a probability differs by more than 1e-5, or a decision differs.
    """
    differences = np.abs(expected - answered)
    worst = int(differences.argmax())
    changed = int(((expected >= threshold) != (answered >= threshold)).sum())
    if not differences[worst] <= TOLERANCE or changed:
        raise TrainingError(
            f"what would be served differs from the pipeline by up to {differences[worst]:.2g} (row {worst} of "
            f"{len(expected)}), and {changed} decisions change",
            where="parity gate",
            hint="no bundle was written; leave this candidate out of keepfit.toml and report it",
        )
    return float(differences[worst])


def check_offers(expected: NDArray[np.float64], answered: NDArray[np.float64], thresholds: Sequence[float]) -> None:
    """Hold what will be recommended to the recommender's own answers.

    Parameters
    ----------
    expected, answered
        The probability of each product, `(n_rows, n_products)`; NaN for one that is owned.
    thresholds
        From which probability on each is recommended.

    Raises
    ------
    TrainingError
        When other products are owned, or one of them does not pass `check_answers`.
    """
    is_owned = np.isnan(expected)
    if not np.array_equal(is_owned, np.isnan(answered)):
        raise TrainingError(
            "what would be served takes other products for owned than the recommender",
            where="parity gate",
            hint="no bundle was written; report it",
        )
    for at, threshold in enumerate(thresholds):
        rows = ~is_owned[:, at]
        if rows.any():
            check_answers(expected[rows, at], answered[rows, at], threshold)


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
