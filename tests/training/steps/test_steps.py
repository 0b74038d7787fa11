"""The contract of every feature step: it can be exported, and the graph makes what scikit-learn makes."""

from __future__ import annotations

import numpy as np
import pytest
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline

from keepfit.signature import Column, Kind
from keepfit.training.steps import FILLERS, STEPS, register_steps

ROWS = 500
EXACT = set(STEPS) - {"target", "polynomial"}  # the last bit of these two is the runtime's own
NUMBERS = tuple(Column(name, Kind.NUMBER) for name in ("income", "balance"))
CATEGORIES = tuple(Column(name, Kind.CATEGORY, categories=tuple("abcde")) for name in ("job", "home"))
DATES = tuple(Column(name, Kind.DATE) for name in ("joined", "left"))
COLUMNS = (*NUMBERS, *CATEGORIES, *DATES)


def rows(seed: int) -> np.ndarray:
    """Return rows with missing values, negative and large numbers, unknown codes, and days before and after 1970."""
    rng = np.random.default_rng(seed)
    numbers = np.column_stack([rng.lognormal(5, 1, ROWS), rng.normal(0, 2000, ROWS)])
    codes = rng.integers(0, 6, (ROWS, 2)).astype(float)
    matrix = np.column_stack([numbers, codes, rng.integers(-30_000, 30_000, (ROWS, 2))]).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    return matrix


def positions_of(name: str) -> list[int]:
    """Return columns for a step: the first for each of its places, or all of the first kind that it takes."""
    free = list(range(len(COLUMNS)))
    if places := STEPS[name].places:
        return [free.pop(next(n for n, at in enumerate(free) if COLUMNS[at].kind in kinds)) for kinds in places]
    kinds = [kind for kind in (Kind.NUMBER, Kind.CATEGORY, Kind.DATE) if kind in STEPS[name].takes]
    return [at for at, column in enumerate(COLUMNS) if column.kind is kinds[0]]


def fitted(name: str, missing: str = "") -> ColumnTransformer:
    """Return a step behind its filler, or another, fitted on rows of its own."""
    step, positions = STEPS[name], positions_of(name)
    columns = [COLUMNS[at] for at in positions]
    built = step.build(columns, {}, 0)
    filler = FILLERS[missing or step.filler].build()
    whole = filler if built == "passthrough" else make_pipeline(filler, built)
    matrix = rows(0)
    labels = (np.nan_to_num(matrix[:, 2]) + np.random.default_rng(1).normal(size=ROWS) > 2).astype(np.int8)
    transformer = ColumnTransformer([(name, whole, positions)])
    transformer.fit(matrix, labels)
    return transformer


def exported(transformer: ColumnTransformer, matrix: np.ndarray) -> np.ndarray:
    """Return what the graph of a fitted step makes of rows."""
    register_steps()
    graph = to_onnx(
        transformer,
        initial_types=[("features", FloatTensorType([None, len(COLUMNS)]))],
        target_opset={"": 18, "ai.onnx.ml": 3},
    )
    (found,) = InferenceSession(graph.SerializeToString()).run(None, {"features": matrix})
    return found


@pytest.mark.parametrize("name", STEPS)
def test_the_graph_makes_what_scikit_learn_makes(name):
    """On rows that it was not fitted on, with missing values and unseen categories, float32 to the last digits."""
    transformer, matrix = fitted(name), rows(2)
    expected, found = transformer.transform(matrix), exported(transformer, matrix)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    if name in EXACT:
        np.testing.assert_array_equal(found, expected)
    assert found == pytest.approx(expected, rel=2e-6, abs=2e-6)


@pytest.mark.parametrize("name", STEPS)
def test_a_row_alone_is_as_in_a_table(name):
    """What a step makes of a row does not depend on the rows around it."""
    transformer, matrix = fitted(name), rows(3)[:20]
    alone = np.concatenate([transformer.transform(matrix[at : at + 1]) for at in range(len(matrix))])
    assert np.array_equal(alone, transformer.transform(matrix))


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_missing_after_a_step(name):
    """A missing value and an unseen category have a number."""
    assert np.isfinite(fitted(name).transform(rows(4))).all()


@pytest.mark.parametrize("name", STEPS)
def test_every_feature_has_a_name(name):
    """There is one name for each column that a step makes, and it says from what."""
    transformer = fitted(name)
    names = transformer.get_feature_names_out([column.name for column in COLUMNS])
    assert len(set(names)) == transformer.transform(rows(0)).shape[1]
    origins = [COLUMNS[at].name for at in positions_of(name)]
    assert all(any(origin in feature for origin in origins) for feature in names)


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.is_monotone])
def test_what_a_monotone_step_makes_never_falls(name):
    """One feature of each column, that rises with it, from the least to the largest number and beyond."""
    transformer, matrix, asked = fitted(name), rows(5), rows(6)[:1]
    for place, at in enumerate(positions_of(name)):
        values = np.sort(np.append(matrix[~np.isnan(matrix[:, at]), at], [-1e6, 1e6]).astype(np.float32))
        swept = np.repeat(asked, len(values), axis=0)
        swept[:, at] = values
        found = transformer.transform(swept)
        assert STEPS[name].is_one_to_one
        assert found.shape[1] == len(positions_of(name))
        assert (np.diff(found[:, place]) >= 0).all()
        assert found[-1, place] > found[0, place]


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.places])
def test_a_step_of_places_takes_the_kinds_of_all(name):
    """What it takes is what its places take together."""
    assert set(STEPS[name].takes) == {kind for kinds in STEPS[name].places for kind in kinds}


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.missing != "refused"])
def test_a_step_that_takes_missing_values_is_exported_with_them(name):
    """The graph makes the same of rows in which nothing was filled; a missing value stays one only where it says so."""
    transformer, matrix = fitted(name, "as_is"), rows(2)
    expected = transformer.transform(matrix)
    np.testing.assert_array_equal(exported(transformer, matrix), expected)
    assert np.isnan(expected).any() == (STEPS[name].missing == "kept")


def test_a_step_that_fills_missing_values_gets_them():
    """Its filler leaves them, and no other step's does."""
    assert {name for name, step in STEPS.items() if step.filler == "as_is"} == {
        name for name, step in STEPS.items() if step.missing == "filled"
    }


def test_a_filler_that_fills_nothing_leaves_missing_values():
    """What comes is what goes, and keeps its name."""
    matrix, names = rows(0), [column.name for column in COLUMNS]
    filler = FILLERS["as_is"].build().fit(matrix)
    np.testing.assert_array_equal(filler.transform(matrix), matrix)
    assert list(filler.get_feature_names_out(names)) == names


@pytest.mark.parametrize("filler", sorted(set(FILLERS) - {"as_is"}))
def test_a_column_that_is_empty_in_a_fold_is_kept(filler):
    """Where a fold has no value of a column, its rows still have as many columns as all others."""
    matrix = np.array([[1.0, np.nan], [2.0, np.nan]], dtype=np.float32)
    found = FILLERS[filler].build().fit(matrix).transform(matrix)
    assert found.shape == (2, 2)
    assert np.isfinite(found).all()
