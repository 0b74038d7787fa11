"""Graphs of trees: with what stands before them, and with the trees over the matrix itself."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.bundle import Recipe
from keepfit.project.training_section import TrainingSection
from keepfit.scoring.graph import Graph
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import FittedModel, tree_graph
from keepfit.training.pipelines import build_pipeline

SIGNATURE = Signature(
    (
        Column("a", Kind.NUMBER),
        Column("b", Kind.INTEGER),
        Column("c", Kind.CATEGORY, categories=("x", "y", "z")),
        Column("f", Kind.FLAG),
        Column("g", Kind.CATEGORY, categories=("p", "q")),
        Column("day", Kind.DATE),
    ),
    Outcome("y", "no", "yes"),
    accepts_unseen=True,
)
COUNTS = {"random_forest": 5, "extra_trees": 5, "lightgbm": 8, "xgboost": 8, "catboost": 8}
FOLDED = ["TreeEnsembleRegressor"], ["Imputer", "TreeEnsembleRegressor"]


def rows(count: int, seed: int) -> np.ndarray:
    """Return rows with missing values, unseen categories and far numbers."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack(
        [
            rng.normal(size=count) * rng.choice([1, 1e4], count),
            rng.integers(-3, 30, count),
            rng.integers(0, 4, count),
            rng.integers(0, 2, count),
            rng.integers(0, 3, count),
            rng.integers(-9000, 20_000, count),
        ]
    ).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.15] = np.nan
    return matrix


def fitted(model: str, section: TrainingSection, seed: int, features: tuple[str, ...] = ()) -> FittedModel:
    matrix, rng = rows(160, seed), np.random.default_rng(seed)
    told = np.nan_to_num(matrix[:, 1]) / 10 + (matrix[:, 2] == 1) - (matrix[:, 4] == 0) + rng.normal(size=160)
    parameters = {"iterations" if model == "catboost" else "n_estimators": COUNTS[model]}
    pipeline = build_pipeline(Recipe(model, parameters, features), SIGNATURE, section, seed=seed)
    return FittedModel(model, pipeline.fit(matrix, (told > np.median(told)).astype(np.int8)), 6)


def with_front(model: FittedModel) -> bytes:
    """Return the graph as it is where nothing can be folded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree_graph, "pipeline_sources", lambda front: None)
        return model.to_onnx()


def kinds(model: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_from_string(model).graph.node]


steps = st.fixed_dictionaries(
    {"step": st.sampled_from(["log", "quantile", "k_bins", "keep"]), "columns": st.just(["a", "b"])},
    optional={"missing": st.sampled_from(["mean", "most_frequent", "zero", "own_level"])},
) | st.fixed_dictionaries(
    {"step": st.sampled_from(["one_hot", "ordinal"]), "columns": st.sampled_from([["c", "f"], ["f"], ["g"]])},
    optional={"missing": st.sampled_from(["most_frequent", "zero", "own_level"])},
)
sections = st.builds(
    lambda missing, categories, declared: TrainingSection(missing=missing, categories=categories, features=declared),
    st.sampled_from(["median", "zero"]),
    st.sampled_from(["one-hot", "ordinal"]),
    st.lists(steps, max_size=2, unique_by=lambda step: tuple(step["columns"])[-1]),
)


@pytest.mark.filterwarnings("ignore:Bins whose width")
@settings(max_examples=25)
@given(st.sampled_from(list(COUNTS)), sections, st.integers(0, 1000))
def test_trees_over_the_matrix_answer_to_the_bit_as_behind_their_front(model, section, seed):
    """On rows with missing values, unseen categories and numbers out of range."""
    found, asked = fitted(model, section, seed), rows(300, seed + 1)
    folded = found.to_onnx()
    assert kinds(folded)[:-2] in FOLDED
    answers = Graph(folded, where="folded").probabilities(asked)
    np.testing.assert_array_equal(answers, Graph(with_front(found), where="front").probabilities(asked))
    np.testing.assert_allclose(answers, found.probability(asked), rtol=0, atol=1e-5)


def test_chosen_features_are_folded_too():
    """Those that are left, in their order."""
    found = fitted("lightgbm", TrainingSection(), 0, ("g=q", "b", "c=y", "c=missing", "a"))
    assert kinds(found.to_onnx())[:-2] in FOLDED
    asked = rows(300, 1)
    np.testing.assert_allclose(
        Graph(found.to_onnx(), where="folded").probabilities(asked), found.probability(asked), rtol=0, atol=1e-5
    )


@pytest.mark.filterwarnings("ignore:Found unknown categories")
def test_a_dropped_level_is_no_feature():
    """The rest are."""
    one_hot = {"step": "one_hot", "columns": ["c", "g"], "parameters": {"drop": "first"}}
    found, asked = fitted("xgboost", TrainingSection(features=[one_hot]), 0), rows(300, 1)
    assert kinds(found.to_onnx())[:-2] in FOLDED
    np.testing.assert_allclose(
        Graph(found.to_onnx(), where="folded").probabilities(asked), found.probability(asked), rtol=0, atol=1e-5
    )


@pytest.mark.parametrize(
    "features",
    [
        [{"step": "polynomial", "columns": ["a", "b"]}],
        [{"step": "target", "columns": ["c"]}],
        [{"step": "frequency", "columns": ["c"]}],
        [{"step": "date_parts", "columns": ["day"]}],
        [{"step": "group_median_log", "columns": ["a", "c"]}],
        [{"step": "keep", "columns": ["f"]}, {"step": "one_hot", "columns": ["f"]}],
    ],
    ids=str,
)
def test_what_is_more_than_a_threshold_on_a_column_keeps_its_front(features):
    """Products, shares, parts of a date, and two fillers for one column."""
    found, asked = fitted("lightgbm", TrainingSection(features=features), 0), rows(300, 1)
    assert kinds(found.to_onnx())[:-2] not in FOLDED
    np.testing.assert_allclose(
        Graph(found.to_onnx(), where="front").probabilities(asked), found.probability(asked), rtol=0, atol=1e-5
    )
