"""The choice among recipes: by cross-validation on the training rows, reported on rows that had no say in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Recipe
from keepfit.evaluation import METRICS, constant_baseline, score_intervals, scores
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Signature
from keepfit.training.calibration import choose_calibration
from keepfit.training.candidates import CandidateResult, MemberResult, SearchResult, SearchRows
from keepfit.training.declared_features import require_features
from keepfit.training.ensemble import MEMBERS, Ensemble, Plan, Rows, fit_ensemble
from keepfit.training.fits import fit_pipelines, worker_count
from keepfit.training.folds import Fold, cross_validation_folds
from keepfit.training.model import FittedModel
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.thresholds import choose_threshold

Floats = NDArray[np.float64]
_FEW_ROWS = 1000  # below, the folds are drawn twice: what one draw says is mostly chance
_REPETITIONS = 2


@dataclass(frozen=True, slots=True)
class _Asked:
    """A recipe after its fits: the estimator, out-of-fold scores of the training rows, scores of the held-out rows."""

    recipe: Recipe
    estimator: object
    out_of_fold: Floats
    held_out: Floats
    seconds: float


def search(
    recipes: Sequence[Recipe],
    signature: Signature,
    rows: SearchRows,
    *,
    section: TrainingSection,
    seed: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> SearchResult:
    """Cross-validate every recipe on the training rows, fit it on all of them, and report it on the held-out rows.

    Parameters
    ----------
    recipes
        The candidates.
    signature
        Columns of the matrix.
    rows
        Features, classes and the two parts.
    section
        Metric, folds, threshold, calibration, treatment of columns, workers.
    seed
        Seed of folds, estimators and bootstrap: the same seed gives the same digits on any number of workers.
    on_progress
        Called with fits done and fits to do.

    Raises
    ------
    TrainingError
        When a fold would lack a class, or no recipe can be fitted.
    """
    require_features(section, signature, recipes)
    pipelines = [recipe for recipe in recipes if recipe.model != ENSEMBLE]
    ensembles = [recipe for recipe in recipes if recipe.model == ENSEMBLE]
    has_choice = len(recipes) > 1 or section.threshold == "best" or section.calibration != "none"
    train_labels = rows.labels[rows.train]
    groups = None if rows.groups is None else rows.groups[rows.train]
    repetitions = _REPETITIONS if ensembles and len(rows.train) < _FEW_ROWS else 1
    folds = [
        cross_validation_folds(train_labels, groups, count=section.folds, seed=seed + at)
        for at in range(repetitions if has_choice or ensembles else 0)
    ]
    fold_count = section.folds if has_choice else 0
    count = _Count(
        len(pipelines) * (fold_count + 1) + len(ensembles) * len(MEMBERS) * section.folds * repetitions, on_progress
    )
    asked: list[_Asked] = []
    if pipelines:
        found = fit_pipelines(
            pipelines,
            signature,
            rows,
            folds[0] if has_choice else [],
            section=section,
            seed=seed,
            on_fit=count.add,
        )
        asked += [
            _Asked(recipe, pipeline, answers[rows.train], answers[rows.holdout], seconds)
            for recipe, pipeline, answers, seconds in zip(
                pipelines, found.pipelines, found.answers, found.seconds, strict=True
            )
        ]
    asked += [
        _ask_ensemble(recipe, signature, rows, folds, section=section, seed=seed, count=count) for recipe in ensembles
    ]
    asked.sort(key=lambda one: recipes.index(one.recipe))
    results = [_result(one, rows, section, len(signature.columns), seed, is_validated=bool(folds)) for one in asked]
    if folds:
        sign = -1 if METRICS[section.metric].higher_is_better else 1
        results.sort(key=lambda result: sign * result.validation[section.metric])
    baseline = constant_baseline(float(train_labels.mean()), rows.labels[rows.holdout], results[0].threshold)
    return SearchResult(
        candidates=tuple(results),
        metric=section.metric,
        baseline=baseline,
        protocol=_protocol(recipes, rows, section, results[0]),
        members=_members(asked, train_labels),
    )


def _ask_ensemble(
    recipe: Recipe,
    signature: Signature,
    rows: SearchRows,
    folds: list[list[Fold]],
    *,
    section: TrainingSection,
    seed: int,
    count: _Count,
) -> _Asked:
    """Fit the ensemble on the training rows, and ask it about the held-out ones."""
    began = time.process_time()
    weights = None if rows.weights is None else rows.weights[rows.train]
    ensemble = fit_ensemble(
        Rows(rows.matrix[rows.train], rows.labels[rows.train], weights),
        signature,
        Plan(MEMBERS, folds, seed),
        jobs=worker_count(section),
        on_fit=lambda: count.add(1),
    )
    held_out = ensemble.predict_proba(rows.matrix[rows.holdout])[:, 1]
    return _Asked(recipe, ensemble, ensemble.out_of_fold, held_out, time.process_time() - began)


def _result(
    one: _Asked, rows: SearchRows, section: TrainingSection, width: int, seed: int, *, is_validated: bool
) -> CandidateResult:
    """Calibrate, choose the threshold, and score: all by out-of-fold scores, but for the report."""
    labels = rows.labels[rows.train]
    method = section.calibration if is_validated else "none"
    calibration = choose_calibration(labels, one.out_of_fold, method=method, seed=seed)
    validated = calibration(one.out_of_fold)
    threshold = (
        choose_threshold(labels, validated, section.metric) if section.threshold == "best" else section.threshold
    )
    return CandidateResult(
        recipe=one.recipe,
        validation=scores(labels, validated, threshold) if is_validated else {},
        holdout=score_intervals(rows.labels[rows.holdout], calibration(one.held_out), threshold, seed=seed),
        model=FittedModel(one.recipe.model, one.estimator, width, calibration),
        threshold=threshold,
        seconds=one.seconds,
    )


def _members(asked: Sequence[_Asked], labels: NDArray[np.int8]) -> tuple[MemberResult, ...]:
    """Return the members of the ensemble, those with most weight first."""
    reports = [report for one in asked if isinstance(one.estimator, Ensemble) for report in one.estimator.reports]
    found = [
        MemberResult(report.name, report.rounds, report.weight, scores(labels, report.probability, 0.5))
        for report in reports
    ]
    return tuple(sorted(found, key=lambda member: -member.weight))


class _Count:
    """Counts fits, and tells it."""

    def __init__(self, to_do: int, on_progress: Callable[[int, int], None] | None) -> None:
        self._done, self._to_do, self._on_progress = 0, to_do, on_progress
        self.add(0)

    def add(self, fits: int) -> None:
        """Tell that so many more are done."""
        self._done += fits
        if self._on_progress:
            self._on_progress(self._done, self._to_do)


def _protocol(recipes: Sequence[Recipe], rows: SearchRows, section: TrainingSection, best: CandidateResult) -> str:
    """Say how the scores were measured."""
    choice = f"one recipe, fitted on {len(rows.train)} training rows"
    if len(recipes) > 1:
        choice = (
            f"chosen among {len(recipes)} by {section.metric} of {section.folds}-fold out-of-fold predictions on "
            f"{len(rows.train)} training rows"
        )
    parts = [
        choice,
        f"reported on {len(rows.holdout)} held-out rows that had no say in it, with 95 % bootstrap intervals",
    ]
    if any(recipe.model == ENSEMBLE for recipe in recipes):
        parts.append("the ensemble's weights minimise the log-loss of its members' out-of-fold predictions")
    if best.model.calibration.method != "none":
        parts.append(f"{best.model.calibration.method} calibration, fitted on out-of-fold predictions")
    is_best = section.threshold == "best"
    parts.append(f"threshold {best.threshold:.4g}" + (", chosen on out-of-fold predictions" if is_best else ""))
    if rows.groups is not None:
        parts.append("rows about the same entity are kept together in every split")
    return "; ".join(parts)
