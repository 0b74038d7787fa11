"""The choice among recommenders: by the last month that teaches, and by nothing that comes after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.errors import TrainingError
from keepfit.evaluation import frequency_baseline, recommendation_points, recommendation_scores
from keepfit.project.panel_section import PanelCandidate
from keepfit.project.training_section import FeatureStep
from keepfit.training.recommender.fitted import FittedRecommender
from keepfit.training.recommender.front import build_front
from keepfit.training.recommender.learners import learn
from keepfit.training.recommender.search import RecommenderRows, recommended, search_recommenders
from keepfit.training.thresholds import choose_threshold
from recommender_model import tiny_recommender

CANDIDATES = (PanelCandidate(model="ranker", rounds=3), PanelCandidate(model="per_product", rounds=3))


@pytest.fixture(scope="module")
def tiny():
    return tiny_recommender()


@pytest.fixture(scope="module")
def rows(tiny) -> RecommenderRows:
    return RecommenderRows(tiny.matrix, tiny.dataset.additions, tiny.dataset.split.train, tiny.dataset.split.holdout)


def search(tiny, rows, *, jobs=1, metric="map", candidates=CANDIDATES, **more):
    section = tiny.project.training.model_copy(update={"jobs": jobs, **more})
    signature = tiny.dataset.signature
    return search_recommenders(candidates, signature, signature.offers, rows, section=section, metric=metric, seed=0)


def facts_of(result):
    """Return all that a choice consists of, models as bytes."""
    return [
        (one.recipe, one.validation, one.threshold, one.any_threshold, one.model.to_onnx()) for one in result.candidates
    ]


@pytest.fixture(scope="module")
def result(tiny, rows):
    return search(tiny, rows)


@pytest.mark.parametrize("metric", ["map", "f1_micro", "roc_auc_macro"])
def test_the_best_of_the_month_that_chooses_comes_first(tiny, rows, metric):
    """In the declared metric."""
    found = search(tiny, rows, metric=metric)
    first, second = (one.validation[metric] for one in found.candidates)
    assert first >= second
    assert found.best is found.candidates[0]
    assert found.metric == metric


def test_the_choice_never_looks_at_held_out_rows(tiny, rows, result):
    """What they add is turned around, and what they are: candidates, their order, thresholds and models stay."""
    additions, holdout = rows.additions, rows.holdout
    added, matrix = additions.added.copy(), rows.matrix.copy()
    added[holdout] = additions.is_open[holdout] & ~added[holdout]
    numbers = [at for at, name in enumerate(tiny.dataset.signature.names) if name in ("age", "city", "months_known")]
    matrix[np.ix_(holdout, numbers)] = 1
    other = search(tiny, replace(rows, matrix=matrix, additions=replace(additions, added=added)))
    assert facts_of(other) == facts_of(result)
    assert other.best.holdout["map"] != result.best.holdout["map"]


def test_the_month_that_chooses_has_not_taught_what_it_judges(tiny, rows, result):
    """Validation and thresholds are those of a model of the months before, by hand."""
    months = rows.additions.months[rows.train]
    before, choosing = rows.train[months < months.max()], rows.train[months == months.max()]
    signature = tiny.dataset.signature
    for candidate in CANDIDATES:
        front = build_front(signature, tiny.project.training, seed=0)
        features = front.fit_transform(rows.matrix[before])
        added, is_open = rows.additions.added, rows.additions.is_open
        learned = learn(candidate, features, added[before], is_open[before], seed=0)
        owned = tuple(signature.names.index(product) for product in signature.offers.products)
        model = FittedRecommender(front, learned, owned, rows.matrix.shape[1])
        probability, offers = model.chances(rows.matrix[choosing])
        found = next(one for one in result.candidates if one.recipe.model == candidate.model)
        cells = is_open[choosing]
        assert found.threshold == choose_threshold(added[choosing][cells].astype(np.int8), offers[cells], "f1")
        anything = added[choosing].any(axis=1).astype(np.int8)
        assert found.any_threshold == choose_threshold(anything, probability, "f1")
        assert found.validation == recommendation_points(recommended(rows.additions, choosing, offers, found.threshold))


def test_what_is_reported_is_of_the_model_that_is_kept(tiny, rows, result):
    """On the held-out rows, with the threshold of the month that chose, over resampled entities."""
    best, holdout = result.best, rows.holdout
    said = recommended(rows.additions, holdout, best.model.offers(rows.matrix[holdout]), best.threshold)
    entities = np.unique(rows.additions.entities[holdout], return_inverse=True)[1]
    assert best.holdout == recommendation_scores(said, entities, seed=0)


def test_the_same_is_found_by_any_number_of_workers(tiny, rows, result):
    """To the last bit of each graph, and again."""
    assert facts_of(search(tiny, rows, jobs=2)) == facts_of(result)
    assert facts_of(search(tiny, rows, jobs=3)) == facts_of(result)


def test_baselines_know_only_what_taught(tiny, rows, result):
    """How often each product was added by those who could: of the rows that teach, and not of the report's."""
    shares = frequency_baseline(rows.additions.added[rows.train], rows.additions.is_open[rows.train])
    assert list(result.baselines) == list(shares) == ["frequency", "constant"]
    offers = np.where(rows.additions.is_open[rows.holdout], shares["frequency"], np.nan)
    said = recommended(rows.additions, rows.holdout, offers, 0.5)
    assert result.baselines["frequency"]["map"].value == pytest.approx(recommendation_points(said)["map"])
    assert result.best.holdout["map"].value > result.baselines["frequency"]["map"].value


def test_a_product_that_came_in_the_last_month_only(tiny, rows):
    """The model that chooses has never seen it, and the one that is kept has."""
    additions = rows.additions
    months, added = additions.months, additions.added.copy()
    added[months < months[rows.train].max(), 3] = False
    found = search(tiny, replace(rows, additions=replace(additions, added=added)))
    for one in found.candidates:
        assert np.isfinite([one.threshold, one.any_threshold, *one.validation.values()]).all()
        offers = one.model.offers(rows.matrix[rows.holdout])
        assert np.nanmean(offers[:, 3]) > 1 / (2 * len(rows.train))


def test_one_month_does_not_teach_and_choose(tiny, rows):
    """There is nothing that it could choose among."""
    months = rows.additions.months[rows.train]
    with pytest.raises(TrainingError) as caught:
        search(tiny, replace(rows, train=rows.train[months == months.max()]))
    assert str(caught.value) == (
        "keepfit.toml: [panel] train_from: only 2015-11 teaches; the last month that teaches chooses; teach from an "
        "earlier month, or hold out later ones"
    )


def test_a_step_that_does_not_fit_is_refused_before_anything_is_learnt(tiny, rows):
    """With its key."""
    step = FeatureStep(step="frequency", columns=["town"])
    with pytest.raises(TrainingError, match=r"\[training\] features.0 \(frequency\): no such feature: town"):
        search(tiny, rows, features=[step])


def test_how_it_was_measured_is_said_in_a_sentence(result):
    """Which months taught, chose and were reported on."""
    assert result.protocol.startswith(
        "learnt of the rows of 2015-07 to 2015-11; chosen, and its thresholds set, on 2015-11"
    )
    assert "reported on 2015-12, which had no say in it" in result.protocol


def test_a_recipe_says_how_it_was_learnt(result):
    """With the parameters of its candidate; leaves that nobody declared are the way's own."""
    recipes = {one.recipe.model: one.recipe.parameters for one in result.candidates}
    assert recipes["ranker"] == {"rounds": 3, "learning_rate": 0.1, "l2": 10.0}
    assert set(recipes) == {"ranker", "per_product"}


def test_who_waits_is_told_what_is_done(tiny, rows):
    """Each step to its end."""
    told = []
    signature = tiny.dataset.signature
    search_recommenders(
        CANDIDATES[:1],
        signature,
        signature.offers,
        rows,
        section=tiny.project.training,
        metric="map",
        seed=0,
        on_progress=lambda *one: told.append(one),
    )
    steps = list(dict.fromkeys(step for step, _, _ in told))
    assert steps == ["choose ranker", "learn ranker", "score ranker", "score the baselines"]
    last = {step: (done, total) for step, done, total in told}
    assert all(done == total for done, total in last.values())


def test_what_is_owned_is_not_recommended(rows):
    """Each product from its own threshold on, or all from one."""
    offers = np.array([[0.5, np.nan, 0.2, 0.9], [0.1, 0.3, np.nan, 0.3]])
    additions = replace(rows.additions, added=np.zeros((2, 4), dtype=np.bool_), is_open=~np.isnan(offers))
    every = recommended(additions, np.arange(2), offers, 0.3)
    assert every.decided.tolist() == [[True, False, False, True], [False, True, False, True]]
    each = recommended(additions, np.arange(2), offers, np.array([0.6, 0.1, 0.1, 0.9]))
    assert each.decided.tolist() == [[False, False, True, True], [False, True, False, False]]
    assert np.isfinite(each.probability).all()
