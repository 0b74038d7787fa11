"""The choice of features."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import FeatureStep, SelectionSection, TrainingSection
from keepfit.scoring.graph import Graph
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, search
from keepfit.training.fits import Fitter
from keepfit.training.folds import cross_validation_folds
from keepfit.training.selection import select_features

COLUMNS = [
    *(Column(f"x{at}", Kind.NUMBER) for at in range(6)),
    Column("job", Kind.CATEGORY, categories=("a", "b", "c")),
]
SIGNATURE = Signature(tuple(COLUMNS), Outcome("y", "no", "yes"))
TOLD = {"x1", "x4"}
METHODS = ("forward", "rfe", "importance")


def table(seed: int = 0, rows: int = 400):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 7)).astype(np.float32)
    matrix[:, 6] = rng.integers(0, 3, rows)
    labels = (2 * matrix[:, 1] - 2 * matrix[:, 4] + rng.logistic(size=rows) > 0).astype(np.int8)
    return matrix, labels


def select(method, *, model="logistic_regression", features="best", told=None, section=None, **changed):
    matrix, labels = table()
    declared = SelectionSection(method=method, model=model, features=features, parameters=changed)
    fitted = TrainingSection(**{"metric": "roc_auc", "folds": 3, **(section or {})})
    fitter = Fitter(SIGNATURE, SearchRows(matrix, labels, np.arange(300), np.arange(300, 400)), fitted, 1)
    folds = cross_validation_folds(labels[:300], None, count=3, seed=1)
    return select_features(declared, fitter, folds, on_fit=told or (lambda count: None))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("model", "changed"), [("logistic_regression", {}), ("lightgbm", {"n_estimators": 20})])
def test_what_tells_of_the_target_is_found(method, model, changed):
    """Two features decide, the others are noise."""
    found = select(method, model=model, features=2, **changed)
    assert set(found.chosen) == TOLD
    assert set(found.considered) >= {"x0", "job=a", "job=missing"}


@pytest.mark.parametrize("method", METHODS)
def test_the_fewest_that_do_as_well_are_those_that_tell(method):
    """Within a standard error of the best score."""
    assert set(select(method, features="fewest").chosen) == TOLD
    assert set(select(method, features="best").chosen) >= TOLD


@pytest.mark.parametrize("method", METHODS)
def test_steps_grow_by_one_feature_and_the_chosen_is_one_of_them(method):
    """What is drawn as a curve."""
    found = select(method)
    counts = [len(step.features) for step in found.steps]
    assert counts == list(range(counts[0], counts[-1] + 1))
    assert set(found.chosen) in [set(step.features) for step in found.steps]
    best = max(step.score for step in found.steps)
    assert best == next(step.score for step in found.steps if set(step.features) == set(found.chosen))


def test_the_same_seed_gives_the_same_on_any_number_of_workers():
    """Workers share the sets among them, no more."""
    one, three = (select("forward", model="random_forest", n_estimators=5, section={"jobs": jobs}) for jobs in (1, 3))
    assert one == three


def test_a_number_beyond_what_is_made_is_an_error():
    """Said with how many there are."""
    with pytest.raises(TrainingError, match=r"\[training.selection\] features: 11 are wanted of 10 that are made"):
        select("rfe", features=11)


def test_recipes_take_the_chosen_features_only_and_the_graph_does_too():
    """The columns that were not chosen may hold anything."""
    matrix, labels = table()
    section = TrainingSection(metric="roc_auc", folds=3, features=[FeatureStep(step="quantile", columns=["x0", "x1"])])
    for recipe in (Recipe("logistic_regression"), Recipe("lightgbm", {"n_estimators": 20}), Recipe("extra_trees")):
        result = search(
            [recipe],
            SIGNATURE,
            SearchRows(matrix, labels, np.arange(300), np.arange(300, 400)),
            section=section,
            seed=1,
            selection=SelectionSection(method="forward", features=2, model="logistic_regression"),
        )
        best = result.best
        assert best.recipe.features == ("quantile__x1", "x4")
        assert best.recipe.title.endswith("(2 features)")
        assert "2 of 10 features selected (forward) on the same training rows" in result.protocol
        changed = matrix.copy()
        changed[:, [0, 2, 3, 5, 6]] = 7
        graph = Graph(best.model.to_onnx(), where="test")
        answers = [graph.probabilities(rows) for rows in (matrix, changed)]
        np.testing.assert_array_equal(*answers)
        np.testing.assert_allclose(answers[0], best.model.probability(matrix), atol=1e-5)


def test_held_out_labels_have_no_say():
    """Other labels on the held-out rows leave the choice as it is."""
    matrix, labels = table()
    other = labels.copy()
    other[300:] = 1 - other[300:]
    chosen = [
        search(
            [Recipe("logistic_regression")],
            SIGNATURE,
            SearchRows(matrix, known, np.arange(300), np.arange(300, 400)),
            section=TrainingSection(metric="roc_auc", folds=3),
            seed=1,
            selection=SelectionSection(method="forward"),
        ).selection
        for known in (labels, other)
    ]
    assert chosen[0] == chosen[1]


def test_the_ensemble_takes_no_selection():
    """It prepares the columns by itself."""
    matrix, labels = table()
    with pytest.raises(TrainingError, match=r"\[training\] selection: the ensemble prepares the columns by itself"):
        search(
            [Recipe("ensemble")],
            SIGNATURE,
            SearchRows(matrix, labels, np.arange(300), np.arange(300, 400)),
            section=TrainingSection(),
            seed=1,
            selection=SelectionSection(method="forward"),
        )


def test_features_may_be_named():
    """They are kept in the order of the made matrix, without a fit; a wrong name has its nearest."""
    matrix, labels = table()

    def named(*names):
        return search(
            [Recipe("logistic_regression")],
            SIGNATURE,
            SearchRows(matrix, labels, np.arange(300), np.arange(300, 400)),
            section=TrainingSection(folds=3),
            seed=1,
            selection=SelectionSection(method="named", names=list(names)),
        )

    result = named("job=b", "x1")
    assert result.best.recipe.features == ("x1", "job=b")
    assert "2 of 10 features named by the project" in result.protocol
    with pytest.raises(TrainingError, match=r"no feature is called job=d.*job="):
        named("job=d")


def test_names_belong_to_the_method_that_takes_them():
    """Neither without the other."""
    for wrong in ({"method": "named"}, {"method": "rfe", "names": ["x1"]}):
        with pytest.raises(ValueError, match="needs names, and the others take none"):
            SelectionSection(**wrong)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"method": "named", "names": ["x1", "x1"]}, "names a feature twice"),
        ({"method": "named", "names": ["x1"], "features": 3}, "takes names only"),
    ],
)
def test_a_selection_that_contradicts_itself_is_an_error(declared, message):
    """When the project is read."""
    with pytest.raises(ValueError, match=message):
        SelectionSection(**declared)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"n_estimatorz": 5},
            r"\[training.selection\] parameters: lightgbm has no parameter n_estimatorz; .*n_estimators",
        ),
        ({"num_leaves": -5}, r"lightgbm cannot judge features: "),
        ({"objective": "regression"}, r"lightgbm cannot judge features: probabilities lie between 0 and 1"),
    ],
)
def test_parameters_that_the_judge_refuses_are_told(parameters, message):
    """Names before anything is fitted, values when it refuses them."""
    with pytest.raises(TrainingError, match=message):
        select("forward", model="lightgbm", **parameters)


def test_a_step_that_refuses_its_parameters_is_named():
    """Before anything is fitted."""
    steps = [FeatureStep(step="polynomial", columns=["x0"], parameters={"degree": "two"})]
    with pytest.raises(TrainingError, match=r"features \(polynomial\): polynomial refuses its parameters"):
        select("forward", section={"features": steps})
