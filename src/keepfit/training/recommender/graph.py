"""The graph of a recommender: features, all trees of all products as one node, and what is owned left out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from keepfit.arrays import Floats
from keepfit.scoring.graph import OFFERS, OUTPUT
from keepfit.training.finished import finished
from keepfit.training.nodes import INPUT, ROW_BY_ROW, Nodes, probabilities_output
from keepfit.training.recommender.learned import CLOSED, Learned
from keepfit.training.tree_graph import converted
from keepfit.training.tree_node import tree_node
from keepfit.training.trees import LEAF, Tree, merged


def recommender_graph(front: Any, learned: Learned, owned: tuple[int, ...], width: int) -> bytes:
    """Return the graph: the door's rows in, `probabilities` `(n_rows, 2)` and `offers` `(n_rows, n_products)` out.

    All trees are one node, however many products there are: a row is decoded once.

    Parameters
    ----------
    front
        A fitted transformer from the door's matrix to features.
    learned
        Of the features; its trees take a missing value to the right.
    owned
        For each product the column of the door's matrix that says whether it is owned.
    width
        Columns of the door's matrix.
    """
    from onnx import TensorProto, helper  # noqa: PLC0415 - heavy, and only for those who train

    model = converted(front, width)
    (made,) = (output.name for output in model.graph.output)
    nodes = Nodes("recommender")
    trees = [(output, 1.0, merged(tree)) for output, tree in learned.trees()]
    trees += _beginnings(learned.base, {output for output, _, _ in trees})
    nodes.nodes.append(tree_node(trees, [0.0] * len(learned.base), made, "sums"))
    is_owned = nodes.add("Equal", nodes.columns(INPUT, np.array(owned)), nodes.number(1.0))
    if learned.link == "each":
        products = nodes.add("Sigmoid", "sums")
        anything = _any(nodes, is_owned, products)
    else:
        anything, products = _whether_and_which(nodes, is_owned, len(owned), learned.additions)
    nodes.nodes.append(helper.make_node("Where", [is_owned, nodes.number(np.nan), products], [OFFERS]))
    nodes.both_classes(anything, OUTPUT)
    nodes.append_to(model.graph)
    del model.graph.output[:]
    offers = helper.make_tensor_value_info(OFFERS, TensorProto.FLOAT, [None, len(owned)])
    model.graph.output.extend([probabilities_output(), offers])
    return finished(model)


def _beginnings(base: Floats, grown: Collection[int]) -> list[tuple[int, float, Tree]]:
    """Return what sums begin with, as a tree of one leaf each; a sum that has no tree always has one.

    The runtime leaves such a sum at 0, whatever it is told that it begins with.
    """
    root = np.zeros(1, np.int64)
    leaf = Tree(root + LEAF, root.astype(np.float32), root, root, np.ones(1))
    return [(output, start, leaf) for output, start in enumerate(base.tolist()) if start or output not in grown]


def _whether_and_which(nodes: Nodes, is_owned: str, products: int, additions: float) -> tuple[str, str]:
    """Return the probability that anything is added, `(n_rows, 1)`, and that each product is."""
    owns_all = nodes.add("ReduceMin", nodes.floats(is_owned), nodes.constant([1], np.int64), keepdims=1)
    nodes.nodes[-1].name = f"{ROW_BY_ROW}_{owns_all}"
    whether = nodes.add("Sigmoid", nodes.columns("sums", np.array([products])))
    whether = nodes.add("Mul", whether, nodes.add("Sub", nodes.number(1.0), owns_all))
    logits = nodes.columns("sums", np.arange(products))
    which = nodes.add("Softmax", nodes.add("Where", is_owned, nodes.number(CLOSED), logits), axis=1)
    nodes.nodes[-1].name = f"{ROW_BY_ROW}_{which}"
    expected = nodes.add("Mul", nodes.add("Mul", whether, nodes.number(additions)), which)
    return whether, nodes.add("Clip", expected, nodes.constant(0.0), nodes.constant(1.0))


def _any(nodes: Nodes, is_owned: str, probabilities: str) -> str:
    """Return the probability that any product is added that is not owned, `(n_rows, 1)`."""
    unowned = nodes.add("Where", is_owned, nodes.number(0.0), probabilities)
    not_added = nodes.add("Sub", nodes.number(1.0), unowned)
    none = nodes.add("ReduceProd", not_added, nodes.constant([1], np.int64), keepdims=1)
    nodes.nodes[-1].name = f"{ROW_BY_ROW}_{none}"
    return nodes.add("Sub", nodes.number(1.0), none)
