"""The ONNX node that walks all trees of a model at once.

One node for the trees of all boosters costs a fraction of one node for each: a row is decoded once, and the weights
of the members are multiplied into the leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.training.trees import Tree

_PARTS = (
    *("nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_values", "nodes_modes"),
    *("nodes_truenodeids", "nodes_falsenodeids"),
    *("target_treeids", "target_nodeids", "target_ids", "target_weights"),
)


def tree_node(
    trees: Iterable[tuple[int, float, Tree]], base: Sequence[float], source: str, target: str, *, is_mean: bool = False
) -> Any:
    """Return the ONNX node that adds up the leaves of trees.

    Parameters
    ----------
    trees
        For each tree the output that it belongs to, the weight of its leaves, and the tree.
    base
        What each output begins with.
    source, target
        Names of the node's input `(n_rows, n_features)` and of its output `(n_rows, n_outputs)`.
    is_mean
        Whether the sum is divided by the number of trees.
    """
    from onnx import helper  # noqa: PLC0415 - heavy, and only for those who train

    told: dict[str, list[Any]] = {name: [] for name in _PARTS}
    for number, (output, weight, tree) in enumerate(trees):
        weights = (tree.value * weight).astype(np.float32)
        nodes, kept = _with_shared_leaves(_nodes(tree), weights)
        leaves = np.flatnonzero(nodes["nodes_modes"])
        nodes["nodes_treeids"] = np.full(len(kept), number)
        nodes["nodes_nodeids"] = np.arange(len(kept))
        nodes["target_treeids"] = np.full(len(leaves), number)
        nodes["target_nodeids"] = leaves
        nodes["target_ids"] = np.full(len(leaves), output)
        nodes["target_weights"] = weights[kept[leaves]]
        for name, values in nodes.items():
            told[name] += values.tolist()
    told["nodes_modes"] = ["LEAF" if is_leaf else "BRANCH_LEQ" for is_leaf in told["nodes_modes"]]
    return helper.make_node(
        "TreeEnsembleRegressor",
        [source],
        [target],
        domain="ai.onnx.ml",
        n_targets=len(base),
        aggregate_function="AVERAGE" if is_mean else "SUM",
        post_transform="NONE",
        base_values=[float(value) for value in base],
        **told,
    )


def _nodes(tree: Tree) -> dict[str, NDArray[Any]]:
    """Return the nodes of a tree, each of which asks whether a feature is at most a number.

    A node that asks for a level becomes two, the second behind all others: what is below the level goes left, and of
    the rest what is at most the level goes right. Both lead to the same left child. A node of another mode would be
    one, but the runtime walks trees of one mode faster.
    """
    is_leaf = tree.feature < 0
    levels = np.flatnonzero(tree.is_level & ~is_leaf) if tree.is_level is not None else np.zeros(0, np.int64)
    threshold, right = tree.threshold.copy(), tree.right.copy()
    threshold[levels] = np.nextafter(tree.threshold[levels], np.float32(-np.inf))
    right[levels] = len(tree.feature) + np.arange(len(levels))
    return {
        "nodes_featureids": np.append(np.where(is_leaf, 0, tree.feature), tree.feature[levels]),
        "nodes_values": np.append(np.where(is_leaf, 0, threshold), tree.threshold[levels]),
        "nodes_modes": np.append(is_leaf, is_leaf[levels]),
        "nodes_truenodeids": np.append(np.where(is_leaf, 0, tree.left), tree.right[levels]),
        "nodes_falsenodeids": np.append(np.where(is_leaf, 0, right), tree.left[levels]),
    }


def _with_shared_leaves(
    nodes: dict[str, NDArray[Any]], weights: NDArray[np.float32]
) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
    """Return the nodes without leaves that others can stand for, and the places where those that are left stood.

    Of the leaves on the left of nodes, those with one weight become one. The runtime wants the right child of a node
    behind it, so that one is kept; and no number beyond the count of all nodes, so what is left is numbered anew.
    """
    is_leaf, ids = nodes["nodes_modes"], np.arange(len(nodes["nodes_modes"]))
    is_right = np.zeros(len(ids), bool)
    is_right[nodes["nodes_falsenodeids"][~is_leaf]] = True
    shared = np.flatnonzero(is_leaf & ~is_right)
    shared = shared[shared > 0]  # a root that is a leaf is nobody's
    _, firsts, groups = np.unique(weights[shared], return_index=True, return_inverse=True)
    stand_in = ids.copy()
    stand_in[shared] = shared[firsts][groups]
    kept = np.flatnonzero(stand_in == ids)
    numbers = np.zeros(len(ids), np.int64)
    numbers[kept] = np.arange(len(kept))
    left = np.where(is_leaf, 0, numbers[stand_in[nodes["nodes_truenodeids"]]])
    right = np.where(is_leaf, 0, numbers[nodes["nodes_falsenodeids"]])
    joined = {**nodes, "nodes_truenodeids": left, "nodes_falsenodeids": right}
    return {name: values[kept] for name, values in joined.items()}, kept
