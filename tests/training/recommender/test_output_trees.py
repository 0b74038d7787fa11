"""Trees of many outputs in one graph: known leaves give known probabilities."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from keepfit.scoring.graph import INDEPENDENT, OUTPUT, ROWS
from keepfit.training.nodes import INPUT
from keepfit.training.recommender.output_trees import OutputTrees, output_graph
from keepfit.training.trees import LEAF, Tree


def stump(threshold, below, above):
    """Return a tree that asks the first feature once."""
    nodes = (np.array([0, LEAF, LEAF]), np.array([threshold, 0, 0], np.float32))
    return Tree(*nodes, np.array([1, 0, 0]), np.array([2, 0, 0]), np.array([0.0, below, above]))


# card: 1 below 10 and -1 above, twice; loan: 2 below 5; fund has no tree
TREES = ((0, stump(10, 1.0, -1.0)), (1, stump(5, 2.0, 0.0)), (0, stump(10, 1.0, -1.0)))
SUMS = np.array([[2.0, 2.0, 0.0], [2.0, 0.0, 0.0], [-2.0, 0.0, 0.0], [-2.0, 0.0, 0.0]])
ROWS_ASKED = np.array([[3.0], [7.0], [70.0], [np.nan]], dtype=np.float32)


def asked(link):
    model = output_graph(OutputTrees(("card", "loan", "fund"), TREES, link), 1)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return model, session.run([OUTPUT], {INPUT: ROWS_ASKED})[0]


def test_each_output_by_itself_is_a_sigmoid_of_its_leaves():
    """An output without a tree is at one half; what is missing goes to the right."""
    _, found = asked("sigmoid")
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-SUMS)), rtol=1e-6)


def test_one_of_all_outputs_is_a_softmax_of_their_leaves():
    """They add up to one."""
    _, found = asked("softmax")
    np.testing.assert_allclose(found, np.exp(SUMS) / np.exp(SUMS).sum(axis=1, keepdims=True), rtol=1e-6)


@pytest.mark.parametrize("link", ["sigmoid", "softmax"])
def test_all_trees_are_one_node(link):
    """However many outputs there are; the graph promises that a row's answer does not depend on others."""
    model = onnx.load_model_from_string(asked(link)[0])
    onnx.checker.check_model(model)
    assert [node.op_type for node in model.graph.node] == ["TreeEnsembleRegressor", link.capitalize()]
    assert {prop.key: prop.value for prop in model.metadata_props}[ROWS] == INDEPENDENT
    assert model.graph.output[0].type.tensor_type.shape.dim[1].dim_value == 3
