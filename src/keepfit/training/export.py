"""The export to ONNX, and the gate that it must pass: the graph answers as the pipeline does, or there is no bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import TrainingError
from keepfit.scoring.graph import OUTPUT, Graph
from keepfit.signature import Kind, Signature
from keepfit.training.nodes import Nodes
from keepfit.training.steps import register_steps
from keepfit.training.trees import Tree, merged, tree_node

Matrix = NDArray[np.float32]
TOLERANCE = 1e-5
OPSET = {"": 18, "ai.onnx.ml": 3}
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
        Reads the trees of the estimator, and what their leaves add to, where skl2onnx does not convert it.
    """
    if trees is None:
        graph = _converted(pipeline, features, options={"zipmap": False})
        for output in [output for output in graph.graph.output if output.name != OUTPUT]:
            graph.graph.output.remove(output)
    else:
        graph = _converted(pipeline[:-1], features, options=None)
        _append_trees(graph.graph, *trees(pipeline[-1]))
    serialized: bytes = graph.SerializeToString()
    return serialized


def _converted(pipeline: Any, features: int, options: dict[str, Any] | None) -> Any:
    from skl2onnx import to_onnx  # noqa: PLC0415 - heavy, and only for those who train
    from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415 - as above

    register_steps()
    initial_types = [("features", FloatTensorType([None, features]))]
    return to_onnx(pipeline, initial_types=initial_types, options=options, target_opset=OPSET)


def _append_trees(graph: Any, trees: Sequence[Tree], base: float) -> None:
    """Let a booster follow on the columns that a graph ends with."""
    from onnx import TensorProto, helper  # noqa: PLC0415 - heavy, and only for those who train

    (columns,) = graph.output
    nodes = Nodes("booster")
    nodes.nodes.append(tree_node([(0, 1.0, merged(tree)) for tree in trees], [base], columns.name, "booster_logits"))
    nodes.both_classes(nodes.add("Sigmoid", "booster_logits"), OUTPUT)
    nodes.append_to(graph)
    graph.output.remove(columns)
    graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 2]))


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
    answered = Graph(model, where="exported model").probabilities(matrix)
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
