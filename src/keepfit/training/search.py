"""The choice among recipes: by cross-validation on the training rows, reported on rows that had no say in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Recipe
from keepfit.evaluation import METRICS, constant_baseline, score_intervals, scores
from keepfit.project.training_section import Candidate, SelectionSection, TrainingSection
from keepfit.signature import Signature
from keepfit.training.calibration import Calibration, choose_calibration
from keepfit.training.candidates import CandidateResult, MemberResult, SearchResult
from keepfit.training.class_weights import require_classes, row_weights
from keepfit.training.declared_features import require_features
from keepfit.training.ensemble import Ensemble, Member, Plan, Rows, fit_ensemble
from keepfit.training.fits import Fitter, fit_pipelines, worker_count
from keepfit.training.folds import Fold, draw_folds
from keepfit.training.model import FittedModel
from keepfit.training.monotone import column_directions, ensemble_members, require_monotone
from keepfit.training.protocol import decision_protocol, search_protocol
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.search_rows import SearchRows
from keepfit.training.selection import require_selection, select_features
from keepfit.training.thresholds import decide
from keepfit.training.told import OnProgress, Told
from keepfit.training.tuning import Space, run_study

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A recipe after its fits: the estimator, out-of-fold scores of the training rows, scores of the held-out rows."""

    recipe: Recipe
    estimator: object
    out_of_fold: Floats
    held_out: Floats
    seconds: float


def require_searchable(
    recipes: Sequence[Recipe],
    signature: Signature,
    section: TrainingSection,
    spaces: Sequence[tuple[Candidate, Space]] = (),
    selection: SelectionSection | None = None,
) -> None:
    """Refuse, before anything is fitted, what the columns and the candidates do not take; see `search`.

    Raises
    ------
    TrainingError
        With the key.
    """
    wanted = [*recipes, *(Recipe(candidate.model, space) for candidate, space in spaces)]
    require_features(section, signature, wanted, is_selected=selection is not None)
    require_monotone(section, signature, wanted)
    require_classes(section.class_weight, signature.outcome)
    if selection is not None:
        require_selection(selection, signature, section)


def search(
    recipes: Sequence[Recipe],
    signature: Signature,
    rows: SearchRows,
    *,
    section: TrainingSection,
    seed: int,
    spaces: Sequence[tuple[Candidate, Space]] = (),
    selection: SelectionSection | None = None,
    memory: Path | None = None,
    on_progress: OnProgress | None = None,
) -> SearchResult:
    """Cross-validate every recipe on the training rows, fit it on all of them, and report it on the held-out rows.

    Before that, features are selected and spaces are searched, where that is asked for: what they find are recipes too.

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
    spaces
        Families whose settings are searched first.
    selection
        How features are selected first; None for all of them, or those that a recipe names.
    memory
        Folder in which searches are remembered; None to forget them.
    on_progress
        Called with what is done, how much of it is, how much there is to do, and the best score so far.

    Raises
    ------
    TrainingError
        When a fold would lack a class, or no recipe can be fitted.
    """
    require_searchable(recipes, signature, section, spaces, selection)
    has_ensemble = any(recipe.model == ENSEMBLE for recipe in recipes)
    rows = replace(rows, weights=row_weights(section.class_weight, signature.outcome, rows))
    is_open = len(recipes) > 1 or bool(spaces) or selection is not None
    has_choice = is_open or section.threshold == "best" or section.calibration != "none"
    folds = draw_folds(rows, section, seed, has_ensemble=has_ensemble) if has_choice or has_ensemble else []
    fitter, told = Fitter(signature, rows, section, seed), Told(on_progress)
    chosen = None
    if selection is not None:
        chosen = select_features(selection, fitter, folds[0], on_fit=told.counted("select features"))
        told.ended("select features")
        recipes = [replace(recipe, features=chosen.chosen) for recipe in recipes]
    studies = [
        run_study(
            candidate,
            space,
            fitter,
            folds[0],
            features=chosen.chosen if chosen else (),
            memory=memory,
            on_trial=told.best(f"search {candidate.model}", candidate.trials, section.metric),
        )
        for candidate, space in spaces
    ]
    recipes = _each_once([*recipes, *(recipe for study in studies for recipe in study.recipes)])
    pipelines = [recipe for recipe in recipes if recipe.model != ENSEMBLE]
    ensembles = [recipe for recipe in recipes if recipe.model == ENSEMBLE]
    members = ensemble_members(section) if ensembles else ()
    fold_count = section.folds if has_choice else 0
    on_fit = told.counted(
        "fit the candidates", len(pipelines) * (fold_count + 1) + len(members) * section.folds * len(folds)
    )
    asked: list[_Asked] = []
    if pipelines:
        found = fit_pipelines(pipelines, fitter, folds[0] if has_choice else [], on_fit=on_fit)
        asked += [
            _Asked(recipe, pipeline, answers[rows.train], answers[rows.holdout], seconds)
            for recipe, pipeline, answers, seconds in zip(
                pipelines, found.pipelines, found.answers, found.seconds, strict=True
            )
        ]
    asked += [_ask_ensemble(recipe, fitter, folds, members, on_fit) for recipe in ensembles]
    asked.sort(key=lambda one: recipes.index(one.recipe))
    results = [_result(one, rows, section, len(signature.columns), seed, is_validated=bool(folds)) for one in asked]
    if folds:
        sign = -1 if METRICS[section.metric].higher_is_better else 1
        results.sort(key=lambda result: sign * result.validation[section.metric])
    train_labels = rows.labels[rows.train]
    baseline = constant_baseline(
        float(train_labels.mean()), rows.labels[rows.holdout], results[0].threshold, section.costs
    )
    return SearchResult(
        candidates=tuple(results),
        metric=section.metric,
        baseline=baseline,
        measured=search_protocol(results, rows, section, chosen, studies),
        members=_members(asked, train_labels),
        selection=chosen,
        studies=tuple(studies),
    )


def _each_once(recipes: Sequence[Recipe]) -> list[Recipe]:
    """Return the recipes without repetitions: what a search finds may stand in a grid."""
    return [recipe for at, recipe in enumerate(recipes) if recipe not in recipes[:at]]


def _ask_ensemble(
    recipe: Recipe,
    fitter: Fitter,
    folds: Sequence[Sequence[Fold]],
    members: Sequence[Member],
    on_fit: Callable[[int], None],
) -> _Asked:
    """Fit the ensemble on the training rows, and ask it about the held-out ones."""
    began, rows = time.process_time(), fitter.rows
    weights = None if rows.weights is None else rows.weights[rows.train]
    ensemble = fit_ensemble(
        Rows(rows.matrix[rows.train], rows.labels[rows.train], weights),
        fitter.signature,
        Plan(members, folds, fitter.seed, column_directions(fitter.section, fitter.signature)),
        jobs=worker_count(fitter.section),
        on_fit=lambda: on_fit(1),
    )
    held_out = ensemble.predict_proba(rows.matrix[rows.holdout])[:, 1]
    return _Asked(recipe, ensemble, ensemble.out_of_fold, held_out, time.process_time() - began)


def _result(
    one: _Asked, rows: SearchRows, section: TrainingSection, width: int, seed: int, *, is_validated: bool
) -> CandidateResult:
    """Calibrate, choose the threshold, and score: all by out-of-fold scores, but for the report."""
    threshold = 0.5 if section.threshold == "best" else section.threshold
    validation: dict[str, float] = {}
    calibration = Calibration()
    if is_validated:
        known = ~np.isnan(one.out_of_fold)
        labels, answers = rows.labels[rows.train][known], one.out_of_fold[known]
        calibration = choose_calibration(labels, answers, method=section.calibration, seed=seed)
        threshold, validation = decide(labels, calibration(answers), section)
    return CandidateResult(
        recipe=one.recipe,
        validation=validation,
        holdout=score_intervals(
            rows.labels[rows.holdout], calibration(one.held_out), threshold, seed=seed, costs=section.costs
        ),
        model=FittedModel(one.recipe.model, one.estimator, width, calibration),
        threshold=threshold,
        decided=decision_protocol(calibration.method, threshold, section),
        seconds=one.seconds,
    )


def _members(asked: Sequence[_Asked], labels: NDArray[np.int8]) -> tuple[MemberResult, ...]:
    """Return the members of the ensemble, those with most weight first."""
    reports = [report for one in asked if isinstance(one.estimator, Ensemble) for report in one.estimator.reports]
    found = []
    for report in reports:
        known = ~np.isnan(report.probability)
        validation = scores(labels[known], report.probability[known], 0.5)
        found.append(MemberResult(report.name, report.rounds, report.weight, validation))
    return tuple(sorted(found, key=lambda member: -member.weight))
