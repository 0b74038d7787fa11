"""A search in a space."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keepfit.errors import TrainingError
from keepfit.project.training_section import Candidate, TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.fits import Fitter
from keepfit.training.folds import cross_validation_folds
from keepfit.training.search_rows import SearchRows
from keepfit.training.tuning import declared_spaces, run_study

SIGNATURE = Signature(tuple(Column(f"x{at}", Kind.NUMBER) for at in range(4)), Outcome("y", "no", "yes"))
SPACE = {
    "n_estimators": [15],
    "num_leaves": {"low": 2, "high": 30},
    "learning_rate": {"low": 0.01, "high": 0.5, "log": True},
}


def fitter(seed: int = 3, rows: int = 300, **section) -> Fitter:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(rows, 4)).astype(np.float32)
    labels = (1.5 * matrix[:, 0] + rng.logistic(size=rows) > 0).astype(np.int8)
    declared = TrainingSection(**{"metric": "log_loss", "folds": 4, **section})
    return Fitter(SIGNATURE, SearchRows(matrix, labels, np.arange(rows), np.arange(0)), declared, seed)


def study(memory=None, *, told=None, space=SPACE, model="lightgbm", fits=None, **candidate):
    ((declared, found),) = declared_spaces(
        [Candidate.model_validate({"model": model, "space": space, "trials": 12, **candidate})]
    )
    fits = fits or fitter()
    folds = cross_validation_folds(fits.rows.labels, None, count=4, seed=3)
    return run_study(declared, found, fits, folds, memory=memory, on_trial=(told or (lambda best: None)))


def facts(result):
    return [(trial.parameters, trial.state, trial.score) for trial in result.trials]


def test_the_same_seed_gives_the_same_trials_on_any_number_of_workers():
    """What a trial draws depends on the seed, its number and those before it."""
    one, three = study(fits=fitter(jobs=1)), study(fits=fitter(jobs=3))
    assert facts(one) == facts(three)
    assert facts(one) != facts(study(fits=fitter(seed=4)))


def test_the_best_come_first_each_once():
    """Recipes are the settings of the best complete trials."""
    result = study(space={"num_leaves": [2, 4], "n_estimators": [5]}, trials=8)
    complete = sorted((trial for trial in result.trials if trial.state == "complete"), key=lambda trial: trial.score)
    assert result.recipes[0].parameters == complete[0].parameters
    assert len(result.recipes) == len({recipe.title for recipe in result.recipes}) <= 2


def test_hopeless_trials_end_early():
    """Some trials are pruned, none of which is a recipe."""
    result = study(trials=25)
    pruned = [trial for trial in result.trials if trial.state == "pruned"]
    assert pruned
    assert not [one for one in pruned for recipe in result.recipes if recipe.parameters == one.parameters]


def test_a_search_goes_on_where_an_earlier_one_ended(tmp_path):
    """Trials that are remembered are not tried again, and the whole is the search that was never interrupted."""
    assert study(tmp_path, trials=5).remembered == 0
    resumed = study(tmp_path, trials=12)  # another budget is the same search
    assert resumed.remembered == 5
    whole = study(trials=12)
    assert facts(resumed) == facts(whole)


def test_a_killed_search_goes_on_and_ends_as_one_that_was_not(tmp_path):
    """SIGKILL in mid-trial, twice; a half line at the end of the file is cut off."""
    for trials in (6, 12):
        with subprocess.Popen([sys.executable, __file__, str(tmp_path)], stdout=subprocess.PIPE) as process:
            for _ in range(trials):
                assert process.stdout.readline()
            process.kill()
    (log,) = tmp_path.glob("*.log")
    with log.open("ab") as file:
        file.write(b'{"op_code": 5, "half')
    resumed, whole = study(tmp_path, trials=20), study(trials=20)
    assert resumed.remembered >= 12
    assert facts(resumed)[:20] == facts(whole)


def test_another_table_is_another_search(tmp_path):
    """What is remembered belongs to these rows, folds and seed."""
    study(tmp_path, trials=3)
    assert study(tmp_path, trials=3, fits=fitter(seed=5)).remembered == 0
    assert study(tmp_path, trials=3, fits=fitter(rows=290)).remembered == 0
    assert study(tmp_path, trials=3).remembered == 3


def test_it_tells_the_best_so_far():
    """After each trial, never worse than before."""
    told: list[float] = []
    study(told=told.append, trials=10)
    assert len(told) == 10
    assert all(after <= before for before, after in itertools.pairwise(told))


def test_time_ends_a_search():
    """No further trial begins when the time is over."""
    result = study(trials=10_000, seconds=1.0)
    assert result.is_out_of_time
    assert 0 < len(result.trials) < 10_000


def test_a_budget_too_small_for_one_trial_is_an_error():
    """Said with what one trial took."""
    with pytest.raises(TrainingError, match=r"one trial of lightgbm took .* s, more than the 1e-06 s.*raise seconds"):
        study(seconds=1e-6)


def test_a_trial_that_the_estimator_refuses_is_left_out():
    """The others go on; when all fail, the first reason is told."""
    result = study(model="random_forest", space={"max_depth": [0, 3], "n_estimators": [5]}, trials=8)
    assert {trial.state for trial in result.trials} >= {"failed", "complete"}
    assert all(recipe.parameters["max_depth"] == 3 for recipe in result.recipes)
    with pytest.raises(TrainingError, match=r"every trial of random_forest failed; the first: .*max_depth"):
        study(model="random_forest", space={"max_depth": [0]}, trials=2)


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        ({"model": "lightgbm", "space": {"num_leafs": [3]}}, "lightgbm has no parameter num_leafs; .*num_leaves"),
        ({"model": "lightgbm", "space": {"num_leaves": []}}, "num_leaves has no values"),
        ({"model": "lightgbm", "space": {}}, "the space is empty"),
        ({"model": "xgboost", "space": {"booster": ["gblinear"]}}, "cannot be exported"),
        ({"model": "ensemble", "space": "default"}, "the ensemble has no space"),
    ],
)
def test_a_space_that_cannot_be_searched_is_an_error(candidate, message):
    """Told before anything is fitted, with the place in the file."""
    with pytest.raises(TrainingError, match=message) as caught:
        declared_spaces([Candidate.model_validate(candidate)])
    assert "candidates.0.space" in str(caught.value)


@pytest.mark.parametrize(
    "model", ["logistic_regression", "random_forest", "extra_trees", "lightgbm", "xgboost", "catboost"]
)
def test_every_family_has_a_space_of_its_own(model):
    """Settings from all over it can be fitted."""
    result = study(model=model, space="default", trials=2, fits=fitter(rows=150))
    assert len(result.recipes) == 2


def test_fewer_trials_are_the_first_of_those_that_are_remembered(tmp_path):
    """What an earlier run left behind changes nothing."""
    study(tmp_path, trials=9)
    fewer = study(tmp_path, trials=4)
    assert fewer.remembered == 4
    assert (facts(fewer), fewer.recipes) == (facts(study(trials=4)), study(trials=4).recipes)


def test_a_budget_that_is_too_small_stays_so(tmp_path):
    """The same command gives the same answer when the first trial is remembered; a single trial may take its time."""
    for _ in range(2):
        with pytest.raises(TrainingError, match="one trial of lightgbm took"):
            study(tmp_path, seconds=1e-6)
    assert len(study(seconds=1e-6, trials=1).trials) == 1


def test_two_processes_do_not_share_a_search(tmp_path):
    """The second is told, and the first is not disturbed."""
    fits = fitter()

    def meet(_best):
        with pytest.raises(TrainingError, match="another training is at work on this very search"):
            study(tmp_path, trials=3, fits=fits)

    assert len(study(tmp_path, trials=2, fits=fits, told=meet).trials) == 2


def test_the_same_space_twice_is_an_error():
    """It would count its trials twice."""
    candidate = Candidate(model="lightgbm", space="default")
    with pytest.raises(TrainingError, match=r"candidates.1.space: an earlier candidate searches lightgbm in the same"):
        declared_spaces([candidate, candidate])


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ("defualt", 'is "default", or a table of parameters'),
        ({"num_leaves": {"low": 3}}, "num_leaves.high: field required"),
        ({"num_leaves": {"low": 9, "high": 3}}, "num_leaves: low must be less than high"),
        ({"num_leaves": 3}, "num_leaves needs a list of values, or a range"),
        ({"reg_lambda": {"low": 0.0, "high": float("inf")}}, "reg_lambda.high: input should be a finite number"),
    ],
)
def test_a_space_is_refused_with_its_parameter(space, message):
    """Not with all the types that it might have been."""
    with pytest.raises(ValueError, match=re.escape(message)):
        Candidate.model_validate({"model": "lightgbm", "space": space})


if __name__ == "__main__":  # what the test of the kill runs
    study(Path(sys.argv[1]), trials=10_000, fits=fitter(jobs=1), told=lambda best: print(best, flush=True))  # noqa: T201
