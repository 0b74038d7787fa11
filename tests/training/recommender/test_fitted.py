"""A fitted recommender, and its graph: it answers what LightGBM does."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.project.panel_section import PanelCandidate
from keepfit.scoring import Graph
from keepfit.scoring.probes import probe_rows
from keepfit.training import stress_rows
from keepfit.training.recommender.fitted import FittedRecommender
from keepfit.training.recommender.learners import learn
from recommender_model import tiny_recommender


@pytest.fixture(scope="module", params=["per_product", "ranker"])
def model(request, drawn, front) -> FittedRecommender:
    candidate = PanelCandidate(model=request.param, rounds=20)
    learned = learn(candidate, drawn.matrix, drawn.added, drawn.is_open, seed=0)
    return FittedRecommender(front, learned, drawn.owned, drawn.matrix.shape[1])


def test_the_graph_answers_what_lightgbm_does(drawn, model):
    """Within a hundred-thousandth, of every product and of any; missing values among them."""
    probability, offers = Graph(model.to_onnx(), where="graph").offers(drawn.matrix)
    np.testing.assert_allclose(offers, model.offers(drawn.matrix), atol=1e-6)
    np.testing.assert_allclose(probability, model.probability(drawn.matrix), atol=1e-5)


@pytest.mark.parametrize("place", [0, 1])
def test_the_graph_of_declared_features_answers_what_they_and_lightgbm_do(place):
    """Of rows with gaps, and with codes that no vocabulary has, in each column in turn; of rows that nobody has."""
    tiny = tiny_recommender()
    fitted, signature = tiny.result.candidates[place].model, tiny.dataset.signature
    rows = np.concatenate([tiny.matrix, stress_rows(tiny.matrix, signature), probe_rows(signature)])
    city = signature.names.index("city")
    assert np.nanmax(rows[:, city]) == len(signature.columns[city].categories)
    probability, offers = Graph(fitted.to_onnx(), where="graph").offers(rows)
    np.testing.assert_allclose(offers, fitted.offers(rows), atol=1e-5)
    np.testing.assert_allclose(probability, fitted.probability(rows), atol=1e-5)


@pytest.mark.parametrize("way", ["per_product", "ranker"])
@pytest.mark.parametrize("times", [0, 1])
def test_the_graph_knows_of_a_product_that_was_never_added_or_once(drawn, front, way, times):
    """Which has no tree, or none that asks anything: it begins where the learnt model does."""
    added = drawn.added.copy()
    added[:, 2] = False
    added[np.flatnonzero(drawn.is_open[:, 2])[:times], 2] = True
    learned = learn(PanelCandidate(model=way, rounds=5), drawn.matrix, added, drawn.is_open, seed=0)
    model = FittedRecommender(front, learned, drawn.owned, drawn.matrix.shape[1])
    _, offers = Graph(model.to_onnx(), where="graph").offers(drawn.matrix)
    np.testing.assert_allclose(offers, model.offers(drawn.matrix), atol=1e-6)
    assert np.nanmedian(offers[:, 2]) < 0.01  # not of who owns all others: if anything is added there, it is this one


def test_a_row_has_the_same_answer_in_any_company(drawn, model):
    """To the last bit: alone, among a few, among all."""
    graph, matrix = Graph(model.to_onnx(), where="graph"), drawn.matrix[:300]
    whole = graph.offers(matrix)
    for size in (1, 3, 64):
        parts = [graph.offers(matrix[at : at + size]) for at in range(0, len(matrix), size)]
        for found, expected in zip(zip(*parts, strict=True), whole, strict=True):
            np.testing.assert_array_equal(np.concatenate(found), expected)


def test_what_is_owned_has_no_probability(drawn, model):
    """A flag that is missing or 0 owns nothing."""
    np.testing.assert_array_equal(np.isnan(model.offers(drawn.matrix)), ~drawn.is_open)


def test_of_a_model_each_any_is_what_is_left_of_none(drawn, front):
    """As if each were for itself; what is owned has no say."""
    learned = learn(PanelCandidate(model="per_product", rounds=5), drawn.matrix, drawn.added, drawn.is_open, seed=0)
    model = FittedRecommender(front, learned, drawn.owned, drawn.matrix.shape[1])
    left = np.prod(1 - np.nan_to_num(model.offers(drawn.matrix)), axis=1)
    np.testing.assert_allclose(model.probability(drawn.matrix), 1 - left)
