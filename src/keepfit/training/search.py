"""The choice among recipes: by cross-validation on the training rows, reported on rows that had no say in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Recipe
from keepfit.evaluation import METRICS, constant_baseline, score_intervals, scores
from keepfit.project.training_section import Candidate, SelectionSection, TrainingSection
from keepfit.signature import Signature
from keepfit.training.calibration import Calibration, choose_calibration
from keepfit.training.candidate_fits import FittedCandidate, fit_candidates
from keepfit.training.candidates import CandidateResult, MemberResult, SearchResult
from keepfit.training.class_weights import require_classes, row_weights
from keepfit.training.declared_features import require_features
from keepfit.training.ensemble import Ensemble
from keepfit.training.fits import Fitter
from keepfit.training.folds import Fold, draw_folds
from keepfit.training.model import FittedModel
from keepfit.training.monotone import require_monotone
from keepfit.training.protocol import decision_protocol, search_protocol
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.search_progress import OnProgress, SearchProgress
from keepfit.training.search_rows import SearchRows
from keepfit.training.selection import Selection, require_selection, select_features
from keepfit.training.thresholds import decide
from keepfit.training.tuning import Space, StudyResult, run_study


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
    rows = replace(rows, weights=row_weights(section.class_weight, signature.outcome, rows))
    fitter, progress = Fitter(signature, rows, section, seed), SearchProgress(on_progress)
    is_open = len(recipes) > 1 or bool(spaces) or selection is not None
    has_choice = is_open or section.threshold == "best" or section.calibration != "none"
    has_ensemble = any(recipe.model == ENSEMBLE for recipe in recipes)
    folds = draw_folds(rows, section, seed, has_ensemble=has_ensemble) if has_choice or has_ensemble else []
    chosen = _choose_features(selection, fitter, folds, progress)
    studies = _search_spaces(spaces, fitter, folds, progress, features=chosen.chosen if chosen else (), memory=memory)
    declared = [replace(recipe, features=chosen.chosen) for recipe in recipes] if chosen else recipes
    contenders = _each_once([*declared, *(recipe for study in studies for recipe in study.recipes)])
    fitted = fit_candidates(contenders, fitter, folds, progress, is_validated=has_choice)
    results = [_result(one, fitter, is_validated=bool(folds)) for one in fitted]
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
        members=_members(fitted, train_labels),
        selection=chosen,
        studies=tuple(studies),
    )


def _choose_features(
    declared: SelectionSection | None, fitter: Fitter, folds: Sequence[Sequence[Fold]], progress: SearchProgress
) -> Selection | None:
    if declared is None:
        return None
    chosen = select_features(declared, fitter, folds[0], on_fit=progress.counted("select features"))
    progress.ended("select features")
    return chosen


def _search_spaces(
    spaces: Sequence[tuple[Candidate, Space]],
    fitter: Fitter,
    folds: Sequence[Sequence[Fold]],
    progress: SearchProgress,
    *,
    features: tuple[str, ...],
    memory: Path | None,
) -> list[StudyResult]:
    metric = fitter.section.metric
    return [
        run_study(
            candidate,
            space,
            fitter,
            folds[0],
            features=features,
            memory=memory,
            on_trial=progress.best(f"search {candidate.model}", candidate.trials, metric),
        )
        for candidate, space in spaces
    ]


def _each_once(recipes: Sequence[Recipe]) -> list[Recipe]:
    """Return the recipes without repetitions: what a search finds may stand in a grid."""
    return [recipe for at, recipe in enumerate(recipes) if recipe not in recipes[:at]]


def _result(one: FittedCandidate, fitter: Fitter, *, is_validated: bool) -> CandidateResult:
    """Calibrate, choose the threshold, and score: all by out-of-fold scores, but for the report."""
    rows, section, seed, width = fitter.rows, fitter.section, fitter.seed, len(fitter.signature.columns)
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


def _members(asked: Sequence[FittedCandidate], labels: NDArray[np.int8]) -> tuple[MemberResult, ...]:
    """Return the members of the ensemble, those with most weight first."""
    reports = [report for one in asked if isinstance(one.estimator, Ensemble) for report in one.estimator.reports]
    found = []
    for report in reports:
        known = ~np.isnan(report.probability)
        validation = scores(labels[known], report.probability[known], 0.5)
        found.append(MemberResult(report.name, report.rounds, report.weight, validation))
    return tuple(sorted(found, key=lambda member: -member.weight))
