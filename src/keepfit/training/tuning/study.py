"""One search in a space: trials that learn from each other, pruned when hopeless, remembered when the process ends.

Trials come one after the other, and the folds of each are spread over the workers; what a trial draws depends on the
seed, its number and the trials before it. So the digits are the same on any number of workers, and a search that goes
on after a kill ends as one that was never interrupted.

References
----------
Bergstra, J., Bardenet, R., Bengio, Y. and Kégl, B. (2011). Algorithms for hyper-parameter optimization. NeurIPS 24
(the tree-structured Parzen estimator).
Akiba, T. et al. (2019). Optuna: a next-generation hyperparameter optimization framework. KDD 2019.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.evaluation import METRICS
from keepfit.project.training_section import Candidate
from keepfit.training.fits import Fitter, in_threads, worker_count
from keepfit.training.folds import Fold
from keepfit.training.thresholds import decide
from keepfit.training.tuning.memory import open_study
from keepfit.training.tuning.spaces import Space, distributions

State = Literal["complete", "pruned", "failed"]
_KEPT = 3
_FIRST_FOLDS = 2  # a trial whose score on these is worse than the median of those before it ends there
_ERROR = "error"


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting that was tried.

    Attributes
    ----------
    parameters
        The setting.
    state
        `complete`; `pruned` after the first folds; `failed` where the estimator refused it.
    score
        The metric on out-of-fold predictions, of the first folds only where it was pruned; NaN where it failed.
    seconds
        Time it took.
    error
        Why it failed; else empty.
    """

    parameters: dict[str, Any]
    state: State
    score: float
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class StudyResult:
    """A search and what it found.

    Attributes
    ----------
    model
        The family.
    trials
        In their order.
    remembered
        How many of them an earlier run of the same search had done.
    is_out_of_time
        Whether `seconds` ended it before all its trials.
    recipes
        The best settings, the best first.
    """

    model: str
    trials: tuple[Trial, ...]
    remembered: int
    is_out_of_time: bool
    recipes: tuple[Recipe, ...]


def run_study(
    candidate: Candidate,
    space: Space,
    fitter: Fitter,
    folds: Sequence[Fold],
    *,
    features: tuple[str, ...] = (),
    memory: Path | None = None,
    on_trial: Callable[[float], None],
) -> StudyResult:
    """Try settings of a family until the trials or the time are used up.

    Parameters
    ----------
    candidate, space
        The family with its budgets, and where to look.
    fitter
        Fits a recipe on some of the training rows.
    folds
        Positions among the training rows.
    features
        Names of the features that are kept; empty for all.
    memory
        Folder in which a search is remembered, so that one that was killed goes on; None to forget it.
    on_trial
        Called after each trial, also of one that was remembered, with the best score so far.

    Raises
    ------
    TrainingError
        When no trial ends well, or none within `seconds`.
    """
    objective = _Objective(candidate, space, fitter, folds, features)
    is_maximised = METRICS[fitter.section.metric].higher_is_better
    with open_study(objective.key(), memory, is_maximised=is_maximised) as study:
        _give_up_killed(study)
        remembered = min(len(_ended(study)), candidate.trials)
        for done in range(remembered):
            on_trial(_best(study, done + 1))
        began, is_out_of_time = time.monotonic(), False
        while (done := len(_ended(study))) < candidate.trials and not is_out_of_time:
            objective.run(study)
            on_trial(_best(study, done + 1))
            is_out_of_time = candidate.seconds is not None and time.monotonic() - began >= candidate.seconds
        trials = tuple(_told(one) for one in _ended(study)[: candidate.trials])
    _require_time(candidate, trials)
    is_cut_short = is_out_of_time and len(trials) < candidate.trials
    return StudyResult(candidate.model, trials, remembered, is_cut_short, objective.best(trials))


def _require_time(candidate: Candidate, trials: Sequence[Trial]) -> None:
    """Refuse a budget that the first trial alone has used up, whether it ran now or is remembered."""
    if candidate.seconds is not None and candidate.trials > 1 and trials[0].seconds > candidate.seconds:
        took = f"{trials[0].seconds:.3g} s"
        raise TrainingError(
            f"one trial of {candidate.model} took {took}, more than the {candidate.seconds:g} s for all",
            where="keepfit.toml: [training] candidates",
            hint="raise seconds, or narrow its space to what is cheaper",
        )


@dataclass(frozen=True, slots=True)
class _Objective:
    """What a trial is: fits on the folds, and the metric of their out-of-fold predictions."""

    candidate: Candidate
    space: Space
    fitter: Fitter
    folds: Sequence[Fold]
    features: tuple[str, ...]

    def key(self) -> list[Any]:
        """Return all that a trial's score depends on: a search with the same key is the same search."""
        fitter, rows = self.fitter, self.fitter.rows
        space = {
            name: values if isinstance(values, list) else values.model_dump() for name, values in self.space.items()
        }
        section = fitter.section.model_dump(exclude={"candidates", "jobs", "selection"}, mode="json")
        columns = [repr(column) for column in fitter.signature.columns]
        libraries = {name: _version(name) for name in ("keepfit", "scikit-learn", "optuna", self.candidate.model)}
        facts = [self.candidate.model, space, section, columns, fitter.seed, self.features, libraries]
        weights = [] if rows.weights is None else [rows.weights[rows.train]]
        return [facts, rows.matrix[rows.train], rows.labels[rows.train], *weights, *(one for one, _ in self.folds)]

    def run(self, study: Any) -> None:
        """Ask for a setting, fit it on the first folds, on the others too unless it is hopeless, and tell the score."""
        from optuna.samplers import TPESampler  # noqa: PLC0415 - heavy, and only for those who search
        from optuna.trial import TrialState  # noqa: PLC0415 - as above

        study.sampler = TPESampler(seed=self.fitter.seed + len(_ended(study)))
        trial = study.ask(distributions(self.space))
        recipe = Recipe(self.candidate.model, dict(trial.params), self.features)
        first, rest = self.folds[:_FIRST_FOLDS], self.folds[_FIRST_FOLDS:]
        answers = np.full(len(self.fitter.rows.train), np.nan)
        try:
            score = self._score(recipe, first, answers)
            trial.report(score, len(first))
            if rest and trial.should_prune():
                study.tell(trial, state=TrialState.PRUNED)
                return
            score = self._score(recipe, rest, answers) if rest else score
        except (TrainingError, ValueError) as error:  # the latter where answers are no probabilities
            trial.set_user_attr(_ERROR, str(error))
            study.tell(trial, state=TrialState.FAIL)
            return
        study.tell(trial, score)

    def _score(self, recipe: Recipe, folds: Sequence[Fold], answers: Floats) -> float:
        """Fit on some folds, write down what comes of them, and return the metric of all that is answered so far."""
        train, section = self.fitter.rows.train, self.fitter.section

        def answer(inside: NDArray[np.int64], outside: NDArray[np.int64]) -> Floats:
            pipeline = self.fitter.fit(recipe, train[inside])
            found: Floats = pipeline.predict_proba(self.fitter.rows.matrix[train[outside]])[:, 1].astype(np.float64)
            return found

        found = in_threads(answer, folds, worker_count(section))
        for (_, outside), values in zip(folds, found, strict=True):
            answers[outside] = values
        known = ~np.isnan(answers)
        labels = self.fitter.rows.labels[train]
        return decide(labels[known], answers[known], section)[1][section.metric]

    def best(self, trials: Sequence[Trial]) -> tuple[Recipe, ...]:
        """Return the recipes of the best trials, each once."""
        complete = [trial for trial in trials if trial.state == "complete"]
        if not complete:
            raise TrainingError(
                f"every trial of {self.candidate.model} failed; the first: {trials[0].error}",
                where="keepfit.toml: [training] candidates",
                hint="correct or narrow its space",
            )
        sign = -1 if METRICS[self.fitter.section.metric].higher_is_better else 1
        recipes: list[Recipe] = []
        for trial in sorted(complete, key=lambda one: sign * one.score):
            recipe = Recipe(self.candidate.model, trial.parameters, self.features)
            recipes += [] if recipe in recipes else [recipe]
        return tuple(recipes[:_KEPT])


def _give_up_killed(study: Any) -> None:
    """End the trials that were under way when their process was killed."""
    from optuna.trial import TrialState  # noqa: PLC0415 - as above

    for trial in study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
        study.tell(trial.number, state=TrialState.FAIL)


def _ended(study: Any) -> list[Any]:
    """Return the trials that came to an end of their own, well or with an error: not those that a kill ended."""
    return [one for one in study.get_trials(deepcopy=False) if _state(one) != "failed" or _ERROR in one.user_attrs]


def _state(trial: Any) -> State:
    return {"COMPLETE": "complete", "PRUNED": "pruned"}.get(trial.state.name, "failed")  # type: ignore[return-value]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:  # a family of scikit-learn's, or another distribution's name
        return ""


def _told(trial: Any) -> Trial:
    score = math.nan if trial.value is None else float(trial.value)
    if _state(trial) == "pruned":
        score = float(next(iter(trial.intermediate_values.values())))
    seconds = trial.duration.total_seconds() if trial.duration else 0.0
    return Trial(dict(trial.params), _state(trial), score, seconds, trial.user_attrs.get(_ERROR, ""))


def _best(study: Any, count: int) -> float:
    """Return the best score of the first trials; NaN before there is one."""
    complete = [one.value for one in _ended(study)[:count] if _state(one) == "complete"]
    if not complete:
        return math.nan
    return float(max(complete) if study.direction.name == "MAXIMIZE" else min(complete))
