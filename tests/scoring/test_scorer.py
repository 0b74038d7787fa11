"""The scorer: a row alone, in a batch and in a table, to the last bit."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from keepfit.bundle import BundleFacts, Lineage, Probe, Recipe, read_bundle, write_bundle
from keepfit.errors import BundleError
from keepfit.project.training_section import TrainingSection
from keepfit.scoring import Scorer
from keepfit.scoring.probes import probe_rows
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, search

SIGNATURE = Signature(
    (
        *(Column(f"x{at}", Kind.NUMBER, minimum=-3, maximum=3) for at in range(5)),
        Column("c", Kind.CATEGORY, categories=("a", "b", "d")),
    ),
    Outcome("y", "no", "yes"),
    accepts_unseen=True,
)
RECIPES = [
    Recipe("ensemble"),
    Recipe("logistic_regression", {"C": 1.0}),
    Recipe("random_forest", {"n_estimators": 120, "max_depth": 6}),
    Recipe("xgboost", {"n_estimators": 60}),
]


def rows(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([rng.normal(size=(count, 5)), rng.integers(0, 4, count)]).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    return matrix


@pytest.fixture(scope="module", params=RECIPES, ids=lambda recipe: recipe.model)
def scorer(request, tmp_path_factory):
    matrix = rows(500)
    labels = (np.nan_to_num(matrix[:, 0]) + np.random.default_rng(1).normal(size=500) > 0).astype(np.int8)
    parts = SearchRows(matrix, labels, np.arange(300), np.arange(300, 500))
    fitted = search([request.param], SIGNATURE, parts, section=TrainingSection(folds=2), seed=0).best.model
    lineage = Lineage("t", "file", "t.csv", "f", 500, request.param, 0, "0", "e")
    facts = BundleFacts("t", 1, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {}, "", lineage)
    path = tmp_path_factory.mktemp("bundles") / "v1"
    write_bundle(path, facts, model=fitted.to_onnx(), profile={}, card="")
    return Scorer(read_bundle(path))


def test_a_row_alone_gets_exactly_what_it_gets_in_any_batch(scorer):
    """The same row has the same bits alone and in batches of any size, at any place in them."""
    matrix = rows(300, seed=2)
    whole = scorer.probabilities(matrix)
    alone = np.concatenate([scorer.probabilities(matrix[at : at + 1]) for at in range(len(matrix))])
    np.testing.assert_array_equal(alone, whole)
    for size in (2, 3, 7, 50, 51, 129):
        parts = [scorer.probabilities(matrix[at : at + size]) for at in range(0, len(matrix), size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_a_decision_is_positive_from_the_threshold_on(scorer):
    """The threshold itself decides positive."""
    assert [scorer.decision(value) for value in (0.49999, 0.5, 1.0)] == ["no", "yes", "yes"]


def test_a_graph_of_other_width_is_refused(scorer):
    """A bundle whose graph takes another number of columns than its signature says is not used."""
    narrow = replace(scorer.bundle.facts, signature=replace(SIGNATURE, columns=SIGNATURE.columns[:3]))
    with pytest.raises(BundleError, match=r"its model does not score 3 features"):
        Scorer(replace(read_bundle(scorer.bundle.path), facts=narrow))


def test_a_graph_that_answers_otherwise_is_refused(scorer):
    """Made-up rows with the pipeline's answers travel with a bundle; whoever loads it asks them again."""
    matrix = probe_rows(SIGNATURE)
    answers = scorer.probabilities(matrix).tolist()
    given = [tuple(None if np.isnan(value) else value for value in row) for row in matrix.tolist()]
    probes = tuple(Probe(row, answer) for row, answer in zip(given, answers, strict=True))
    facts = replace(scorer.bundle.facts, probes=probes)
    assert BundleFacts.from_dict(json.loads(facts.to_json())) == facts
    Scorer(replace(read_bundle(scorer.bundle.path), facts=facts))
    wrong = (*probes[:-1], Probe(probes[-1].row, probes[-1].probability + 2e-5))
    with pytest.raises(BundleError, match=r"answers otherwise here than the pipeline did, by up to 2e-05; train again"):
        Scorer(replace(read_bundle(scorer.bundle.path), facts=replace(facts, probes=wrong)))


def test_probes_are_nobodys_rows_and_always_the_same():
    """They keep to the vocabularies, come near the ranges, and miss values where these may be missing."""
    first = probe_rows(SIGNATURE)
    np.testing.assert_array_equal(first, probe_rows(SIGNATURE))
    assert set(np.unique(first[:, -1][~np.isnan(first[:, -1])])) <= {0.0, 1.0, 2.0, 3.0}
    assert np.nanmax(np.abs(first[:, :5])) <= 3.3
    assert np.isnan(first).any()
    strict = replace(SIGNATURE, columns=tuple(replace(one, optional=False) for one in SIGNATURE.columns))
    assert not np.isnan(probe_rows(strict)).any()


def test_what_is_no_graph_is_refused(scorer):
    """A file that ONNX Runtime does not know is refused in words."""
    with pytest.raises(BundleError, match=r"model\.onnx cannot be loaded"):
        Scorer(replace(read_bundle(scorer.bundle.path), model=b"no graph"))
