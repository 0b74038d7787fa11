"""The graph of a recommender: known leaves give known probabilities."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from sklearn.compose import ColumnTransformer

from keepfit.scoring import Graph
from keepfit.scoring.graph import INDEPENDENT, ROWS
from keepfit.training.recommender.graph import recommender_graph
from keepfit.training.trees import LEAF, Tree

# the first column is asked; the others say whether card, loan and fund are owned
ASKED = np.array(
    [[3, 0, 0, 0], [7, 0, np.nan, 0], [70, 0, 0, 0], [np.nan, 0, 0, 0], [3, 1, 0, 0], [3, 1, 1, 1]], np.float32
)
OWNED = (1, 2, 3)


def stump(threshold, below, above):
    """Return a tree that asks the first feature once."""
    nodes = (np.array([0, LEAF, LEAF]), np.array([threshold, 0, 0], np.float32))
    return Tree(*nodes, np.array([1, 0, 0]), np.array([2, 0, 0]), np.array([0.0, below, above]))


# card: 1 below 10 and -1 above, twice; loan: 2 below 5; fund has no tree; whether: 1 below 10
TREES = [(0, stump(10, 1.0, -1.0)), (1, stump(5, 2.0, 0.0)), (0, stump(10, 1.0, -1.0))]
WHETHER = (3, stump(10, 1.0, 0.0))
SUMS = np.array([[2, 2, 0.5], [2, 0, 0.5], [-2, 0, 0.5], [-2, 0, 0.5], [2, 2, 0.5], [2, 2, 0.5]])
ANY = np.array([1, 1, 0, 0, 1, 1]) - 0.25


def graph_of(link):
    if link == "each":
        learned = SimpleNamespace(trees=lambda: TREES, base=np.array([0, 0, 0.5]), link=link)
    else:
        learned = SimpleNamespace(
            trees=lambda: [*TREES, WHETHER], base=np.array([0, 0, 0.5, -0.25]), link=link, additions=1.1
        )
    front = ColumnTransformer([("as_they_are", "passthrough", [0, 1, 2, 3])]).fit(ASKED)
    return recommender_graph(front, learned, OWNED, 4)


def expected(link):
    each = 1 / (1 + np.exp(-SUMS))
    if link != "each":
        open_sums = np.where(ASKED[:, 1:] == 1, 0, np.exp(SUMS))
        total = np.maximum(open_sums.sum(axis=1, keepdims=True), 1e-9)
        each = 1.1 * (1 / (1 + np.exp(-ANY)))[:, None] * open_sums / total
    return np.where(ASKED[:, 1:] == 1, np.nan, each)


@pytest.mark.parametrize("link", ["each", "whether_and_which"])
def test_known_leaves_give_known_probabilities(link):
    """What is missing goes to the right; an output without a tree has its beginning; what is owned has none."""
    _, offers = Graph(graph_of(link), where="graph").offers(ASKED)
    np.testing.assert_allclose(offers, expected(link), rtol=1e-6)


@pytest.mark.parametrize("link", ["each", "whether_and_which"])
def test_whether_anything_is_added_is_of_what_is_not_owned(link):
    """1 less the product of what each is not, or as it was learnt; nothing of who owns everything."""
    probability, _ = Graph(graph_of(link), where="graph").offers(ASKED)
    if link == "each":
        by_hand = 1 - np.prod(1 - np.nan_to_num(expected(link)), axis=1)
    else:
        by_hand = 1 / (1 + np.exp(-ANY)) * (ASKED[:, 1:] != 1).any(axis=1)
    np.testing.assert_allclose(probability, by_hand, atol=1e-6)
    assert probability[-1] == 0


@pytest.mark.parametrize("link", ["each", "whether_and_which"])
def test_all_trees_are_one_node(link):
    """However many products there are; the graph promises that a row's answer does not depend on others."""
    model = onnx.load_model_from_string(graph_of(link))
    onnx.checker.check_model(model)
    assert [node.op_type for node in model.graph.node].count("TreeEnsembleRegressor") == 1
    assert {prop.key: prop.value for prop in model.metadata_props}[ROWS] == INDEPENDENT
    shapes = {output.name: output.type.tensor_type.shape.dim[1].dim_value for output in model.graph.output}
    assert shapes == {"probabilities": 2, "offers": 3}
