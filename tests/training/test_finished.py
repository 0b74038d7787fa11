"""What a graph promises of its rows, and whether it is so."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from keepfit.bundle import Recipe
from keepfit.project.training_section import TrainingSection
from keepfit.scoring.graph import INDEPENDENT, ROWS, Graph
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import FittedModel
from keepfit.training.calibration import Calibration
from keepfit.training.families import FAMILIES
from keepfit.training.pipelines import build_pipeline

SIGNATURE = Signature(
    (
        *(Column(f"x{at}", Kind.NUMBER) for at in range(5)),
        Column("c", Kind.CATEGORY, categories=("a", "b", "d")),
        Column("e", Kind.CATEGORY, categories=("a", "b")),
    ),
    Outcome("y", "no", "yes"),
)
MAPS = [
    Calibration(),
    Calibration("sigmoid", 1.7, -0.4),
    Calibration("isotonic", scores=(0.05, 0.3, 0.6, 0.95), probabilities=(0.2, 0.25, 0.7, 0.8)),
]
TREES = [name for name, family in FAMILIES.items() if not family.is_linear]
FEATURES = [
    [],
    [{"step": "frequency", "columns": ["c"]}, {"step": "quantile", "columns": ["x0"]}],
    [{"step": "polynomial", "columns": ["x1", "x2"]}, {"step": "target", "columns": ["c"]}],
]


def rows(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([rng.normal(size=(count, 5)), rng.integers(0, 3, (count, 2))]).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    return matrix


def graph(model: str, calibration: Calibration, features: list[dict[str, object]]) -> bytes:
    matrix = rows(300, 0)
    labels = (np.nan_to_num(matrix[:, 0]) + np.random.default_rng(1).normal(size=300) > 0).astype(np.int8)
    section = TrainingSection(features=features)
    parameters = {"logistic_regression": {}, "catboost": {"iterations": 40}}.get(model, {"n_estimators": 40})
    pipeline = build_pipeline(Recipe(model, parameters), SIGNATURE, section, seed=0).fit(matrix, labels)
    return FittedModel(model, pipeline, 7, calibration).to_onnx()


def promises(model: bytes) -> bool:
    told = {prop.key: prop.value for prop in onnx.load_from_string(model).metadata_props}
    return told.get(ROWS) == INDEPENDENT


@pytest.mark.parametrize("calibration", MAPS, ids=lambda one: one.method)
@pytest.mark.parametrize("model", TREES)
def test_trees_promise_a_row_the_same_bits_in_any_company(model, calibration):
    """Without a map of the score and with one; and they keep it."""
    found, matrix = graph(model, calibration, []), rows(300, 2)
    assert promises(found)
    held(found, matrix)


@pytest.mark.parametrize("features", FEATURES, ids=str)
def test_what_is_promised_is_held_behind_any_front(features):
    """Where the front is not folded, the promise is made for what works on single numbers."""
    found = graph("lightgbm", Calibration(), features)
    if promises(found):
        held(found, rows(300, 2))


def test_a_linear_model_promises_nothing():
    """The runtime multiplies its rows in pairs."""
    assert not promises(graph("logistic_regression", Calibration(), []))
    assert not promises(graph("logistic_regression", MAPS[1], []))


def held(model: bytes, matrix: np.ndarray) -> None:
    """Assert that rows have the same bits in batches of any size."""
    graph = Graph(model, where="graph")
    whole = graph.probabilities(matrix)
    for size in (1, 2, 3, 7, 50, 51, 129):
        parts = [graph.probabilities(matrix[at : at + size]) for at in range(0, len(matrix), size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
