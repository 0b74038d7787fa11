"""The node of trees over ONNX Runtime, against a walk by hand."""

from __future__ import annotations

import numpy as np
import onnx
from hypothesis import given, settings
from hypothesis import strategies as st
from onnxruntime import InferenceSession

from keepfit.training.tree_node import tree_node
from keepfit.training.trees import LEAF, Tree

WIDTH = 3


def grown(rng: np.random.Generator, depth: int, *, levels: bool) -> Tree:
    """Return a tree of random splits, whose leaves have few values, so that many are alike."""
    feature, threshold, left, right, value, is_level = [], [], [], [], [], []

    def grow(at: int) -> int:
        number = len(feature)
        blank = {"feature": LEAF, "threshold": 0.0, "left": 0, "right": 0, "value": 0.0, "is_level": False}
        parts = (feature, threshold, left, right, value, is_level)
        for part, one in zip(parts, blank.values(), strict=True):
            part.append(one)
        if at and rng.random() < 0.85:
            feature[number], threshold[number] = int(rng.integers(WIDTH)), float(rng.integers(-2, 3))
            is_level[number] = levels and bool(rng.random() < 0.4)
            left[number], right[number] = grow(at - 1), grow(at - 1)
        else:
            value[number] = float(rng.choice([0.0, 0.5, 1.0]))
        return number

    grow(depth)
    arrays = np.array(feature), np.array(threshold, np.float32), np.array(left), np.array(right), np.array(value)
    return Tree(*arrays, is_level=np.array(is_level) if levels else None)


def walked(tree: Tree, row: np.ndarray) -> float:
    node = 0
    while tree.feature[node] != LEAF:
        asked = row[tree.feature[node]]
        is_left = asked <= tree.threshold[node]
        if tree.is_level is not None and tree.is_level[node]:
            is_left = asked != tree.threshold[node]
        node = tree.left[node] if is_left else tree.right[node]
    return tree.value[node]


def answered(trees: list[Tree], rows: np.ndarray) -> tuple[np.ndarray, onnx.NodeProto]:
    node = tree_node([(0, 1.0, tree) for tree in trees], [0.25], "x", "y")
    tensor = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node],
        "trees",
        [tensor("x", onnx.TensorProto.FLOAT, [None, WIDTH])],
        [tensor("y", onnx.TensorProto.FLOAT, [None, 1])],
    )
    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("ai.onnx.ml", 3)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8)
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": rows})[0][:, 0], node


def leaves_of(node: onnx.NodeProto) -> int:
    (modes,) = [attribute.strings for attribute in node.attribute if attribute.name == "nodes_modes"]
    return sum(mode == b"LEAF" for mode in modes)


@given(st.integers(0, 2**32 - 1), st.integers(0, 7), st.integers(1, 4), st.booleans())
@settings(max_examples=60)
def test_leaves_that_stand_in_for_others_change_no_answer(seed, depth, count, levels):
    """Trees of any form, levels or not: each row gets the leaves that it gets by hand, and no leaf is stored twice."""
    rng = np.random.default_rng(seed)
    trees = [grown(rng, depth, levels=levels) for _ in range(count)]
    rows = rng.integers(-3, 4, (50, WIDTH)).astype(np.float32)
    found, node = answered(trees, rows)
    assert found.tolist() == [0.25 + sum(walked(tree, row) for tree in trees) for row in rows]
    assert leaves_of(node) <= sum(int((tree.feature == LEAF).sum()) for tree in trees)


def test_alike_leaves_on_the_left_are_one():
    """Of four leaves of one value, the two on the left of their nodes are stored once."""
    split, leaf = [0, 1, LEAF, LEAF, 2, LEAF, LEAF], [0, 0, 1, 1, 0, 1, 1]
    left, right = [1, 2, 0, 0, 5, 0, 0], [4, 3, 0, 0, 6, 0, 0]
    tree = Tree(np.array(split), np.zeros(7, np.float32), np.array(left), np.array(right), np.array(leaf, float))
    found, node = answered([tree], np.zeros((2, WIDTH), np.float32))
    assert found.tolist() == [1.25, 1.25]
    assert leaves_of(node) == 3
