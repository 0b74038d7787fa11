"""Calibration on out-of-fold scores."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.evaluation import calibration_error
from keepfit.training.calibration import Calibration, choose_calibration, fit_isotonic, fit_sigmoid

SCORES = np.linspace(0, 1, 501)


def drawn(rows: int, power: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, and scores that are a power of the true probability."""
    rng = np.random.default_rng(seed)
    probability = rng.beta(1.5, 2.5, rows)
    return (rng.random(rows) < probability).astype(np.int8), probability**power


def squeezed(rows: int, slope: float, intercept: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, and scores whose logit must be multiplied and shifted to be the true one."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(0, 1.5, rows)
    labels = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int8)
    return labels, 1 / (1 + np.exp(-(logit - intercept) / slope))


@pytest.mark.parametrize("fit", [fit_sigmoid, fit_isotonic])
@given(seed=st.integers(0, 200), rows=st.integers(30, 400), power=st.sampled_from([0.3, 1.0, 3.0]))
def test_a_map_rises_and_stays_between_0_and_1(fit, seed, rows, power):
    """No map turns two scores round."""
    labels, score = drawn(rows, power, seed)
    found = fit(labels, score)(SCORES)
    assert (np.diff(found) >= -1e-12).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_the_sigmoid_finds_what_was_done_to_the_logit():
    """Slope and intercept come back within their standard errors."""
    found = fit_sigmoid(*squeezed(40_000, slope=2.0, intercept=-0.7))
    assert (found.slope, found.intercept) == pytest.approx((2.0, -0.7), abs=0.06)


@pytest.mark.parametrize("fit", [fit_sigmoid, fit_isotonic])
def test_a_map_mends_scores_that_are_wrong(fit):
    """On rows that it was not fitted on, the calibration error falls by far."""
    found = fit(*drawn(20_000, power=2.0))
    labels, score = drawn(20_000, power=2.0, seed=1)
    assert calibration_error(labels, found(score)) < 0.25 * calibration_error(labels, score)


def test_the_isotonic_map_is_never_steep():
    """What a float32 score is wrong by is multiplied by five at most, even where labels jump."""
    score = np.sort(np.random.default_rng(0).random(2000))
    found = fit_isotonic((score > 0.5).astype(np.int8), score)
    assert (np.diff(found.probabilities) <= 5.0 * np.diff(found.scores) + 1e-12).all()
    assert found(np.array([0.1]))[0] < 0.1
    assert found(np.array([0.9]))[0] > 0.9


@pytest.mark.parametrize("rows", [100, 3000])
def test_good_scores_are_left_alone(rows):
    """Where the scores are probabilities already, `auto` takes no map."""
    assert choose_calibration(*drawn(rows), method="auto", seed=0).method == "none"


def test_a_map_is_taken_where_it_helps():
    """A squeezed logit is a sigmoid's matter, a power an isotonic map's or a sigmoid's; a named one is taken anyway."""
    assert choose_calibration(*squeezed(3000, 2.5, 0.5), method="auto", seed=0).method == "sigmoid"
    assert choose_calibration(*drawn(3000, 3.0), method="auto", seed=0).method != "none"
    assert choose_calibration(*drawn(3000), method="isotonic", seed=0).method == "isotonic"
    assert choose_calibration(*drawn(3000, 3.0), method="none", seed=0) == Calibration()


def test_scores_that_rank_the_wrong_way_are_not_turned_round():
    """A model that is worse than chance is not mended by a map."""
    labels, score = drawn(2000)
    assert fit_sigmoid(labels, 1 - score) == Calibration()


@pytest.mark.parametrize(
    "found", [Calibration(), fit_sigmoid(*drawn(500, 2.0)), fit_isotonic(*drawn(500, 2.0))], ids=lambda one: one.method
)
def test_a_map_comes_back_from_json(found):
    """What is written into a bundle is the same map."""
    assert Calibration.from_dict(json.loads(json.dumps(found.to_dict()))) == found
