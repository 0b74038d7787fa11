"""What is added next, learnt for each product or for all together: the graph answers what LightGBM does."""

from __future__ import annotations

import lightgbm
import numpy as np
import onnxruntime
import pytest

from keepfit.evaluation.recommendations import Recommended, average_precision, frequency_baseline
from keepfit.scoring.graph import OUTPUT
from keepfit.training.nodes import INPUT
from keepfit.training.recommender.learners import one_per_product, ranker, without_gaps
from keepfit.training.recommender.output_trees import output_graph

PRODUCTS = ("card", "loan", "fund", "plan")
ROWS, WIDTH, ROUNDS = 6000, 6, 20


@pytest.fixture(scope="module")
def panel():
    """Rows whose first feature says which product comes next, if any does; a tenth of the values is missing."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(ROWS, WIDTH)).astype(np.float32)
    is_open = random.random((ROWS, len(PRODUCTS))) < 0.8
    chance = 0.02 + 0.3 * (np.digitize(matrix[:, 0], [-0.7, 0.0, 0.7])[:, None] == np.arange(len(PRODUCTS)))
    added = is_open & (random.random(is_open.shape) < chance)
    matrix[random.random(matrix.shape) < 0.1] = np.nan
    return matrix, added, is_open


@pytest.fixture(scope="module", params=["apart", "together"])
def learnt(request, panel):
    matrix, added, is_open = panel
    if request.param == "apart":
        return one_per_product(matrix, added, is_open, PRODUCTS, rounds=ROUNDS, seed=0)
    return ranker(matrix, added, PRODUCTS, rounds=ROUNDS, seed=0)


def session_of(model):
    """Return the graph on one thread, as the service has it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(output_graph(model, WIDTH), options, providers=["CPUExecutionProvider"])


def answers(model, matrix):
    return session_of(model).run([OUTPUT], {INPUT: matrix})[0]


def test_the_ranker_answers_what_lightgbm_does(panel):
    """Missing values among them: in learning they are the largest number, in the graph they are none."""
    matrix, added, _ = panel
    rows, outputs = np.nonzero(added)
    settings = {"objective": "multiclass", "num_class": 4, "num_leaves": 7, "min_data_in_leaf": 20, "verbose": -1}
    exact = {"deterministic": True, "force_row_wise": True, "num_threads": 1, "seed": 0, "use_missing": False}
    data = lightgbm.Dataset(without_gaps(matrix[rows]), outputs)
    booster = lightgbm.train({**settings, **exact}, data, ROUNDS)
    found = answers(ranker(matrix, added, PRODUCTS, rounds=ROUNDS, seed=0), matrix)
    np.testing.assert_allclose(found, booster.predict(without_gaps(matrix)), atol=1e-6)


def test_a_model_of_each_product_answers_what_lightgbm_does(panel):
    """Each from the rows that could add it."""
    matrix, added, is_open = panel
    found = answers(one_per_product(matrix, added, is_open, PRODUCTS, rounds=ROUNDS, seed=0), matrix)
    settings = {"objective": "binary", "num_leaves": 15, "min_data_in_leaf": 50, "verbose": -1, "use_missing": False}
    exact = {"deterministic": True, "force_row_wise": True, "num_threads": 1, "seed": 0}
    for output in range(len(PRODUCTS)):
        rows = is_open[:, output]
        data = lightgbm.Dataset(without_gaps(matrix[rows]), added[rows, output].astype(int))
        expected = lightgbm.train({**settings, **exact}, data, ROUNDS).predict(without_gaps(matrix))
        np.testing.assert_allclose(found[:, output], expected, atol=1e-6)


def test_a_row_has_the_same_answer_in_any_company(panel, learnt):
    """To the last bit: alone, among a few, among all."""
    matrix = panel[0][:500]
    whole = answers(learnt, matrix)
    session = session_of(learnt)
    for size in (1, 3, 64):
        parts = [session.run([OUTPUT], {INPUT: matrix[at : at + size]})[0] for at in range(0, 500, size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_it_says_more_than_frequencies(panel, learnt):
    """On rows that taught; it is no more than a sign of life."""
    matrix, added, is_open = panel
    nothing = np.zeros_like(added)
    shares = np.tile(frequency_baseline(added, is_open)["frequency"], (ROWS, 1))
    scores = [
        average_precision(Recommended(added, one.astype(np.float64), is_open, nothing)).mean()
        for one in (shares, answers(learnt, matrix))
    ]
    assert scores[1] > 1.3 * scores[0]


def test_probabilities_are_of_each_or_of_one(panel, learnt):
    """A softmax adds up to 1; those of models by themselves need not."""
    found = answers(learnt, panel[0][:100])
    assert ((found >= 0) & (found <= 1)).all()
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5) == (learnt.link == "softmax")


def test_learning_again_gives_the_same_graph(panel):
    """Bit for bit, with as many threads."""
    matrix, added, _ = panel
    first, second = (output_graph(ranker(matrix, added, PRODUCTS, rounds=3, seed=0), WIDTH) for _ in range(2))
    assert first == second
