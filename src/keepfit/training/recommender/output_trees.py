"""Trees for many outputs, and the one graph that answers all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from keepfit.scoring.graph import OUTPUT
from keepfit.training.finished import finished
from keepfit.training.nodes import INPUT, ROW_BY_ROW, Nodes
from keepfit.training.tree_node import tree_node
from keepfit.training.trees import Tree, merged


@dataclass(frozen=True, slots=True)
class OutputTrees:
    """What was learnt of many outputs.

    Attributes
    ----------
    outputs
        Their names.
    trees
        Each with the number of the output that its leaves add to.
    link
        What makes probabilities of the sums: `sigmoid`, each output by itself, or `softmax`, that one of them is next.
    """

    outputs: tuple[str, ...]
    trees: tuple[tuple[int, Tree], ...]
    link: Literal["sigmoid", "softmax"]


def output_graph(model: OutputTrees, width: int) -> bytes:
    """Return the graph of many outputs: float32 rows in, probabilities `(n_rows, n_outputs)` out.

    All trees are one node, however many outputs there are: a row is decoded once. A row's answer has the same bits in
    any company.

    Parameters
    ----------
    model
        The trees; they take a missing value to the right.
    width
        Columns of the matrix.
    """
    from onnx import helper  # noqa: PLC0415 - heavy, and only for those who train

    nodes = Nodes("outputs")
    trees = [(output, 1.0, merged(tree)) for output, tree in model.trees]
    nodes.nodes.append(tree_node(trees, [0.0] * len(model.outputs), INPUT, "sums"))
    kind, how = ("Sigmoid", {}) if model.link == "sigmoid" else ("Softmax", {"axis": 1})
    nodes.nodes.append(helper.make_node(kind, ["sums"], [OUTPUT], name=f"{ROW_BY_ROW}_link", **how))
    return finished(_with_outputs(nodes.model(width), len(model.outputs)))


def _with_outputs(model: Any, outputs: int) -> Any:
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = outputs
    return model
