"""The candidates after their fits: what each says of rows that it has not seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from keepfit.arrays import Floats
from keepfit.bundle import Recipe
from keepfit.training.ensemble import Ensemble, Member, Plan, Rows, fit_ensemble
from keepfit.training.fits import Fitter, fit_pipelines, worker_count
from keepfit.training.folds import Fold
from keepfit.training.monotone import column_directions, ensemble_members
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.search_progress import SearchProgress


@dataclass(frozen=True, slots=True)
class FittedCandidate:
    """A recipe after its fits.

    Attributes
    ----------
    recipe
        What was fitted.
    estimator
        A pipeline or an ensemble, fitted on all training rows.
    out_of_fold
        Scores of the training rows by models that had not seen them, `(n_training_rows,)`; NaN for rows that no fold
        was asked about.
    held_out
        Scores of the held-out rows, `(n_held_out_rows,)`.
    seconds
        Processor seconds of its fits.
    """

    recipe: Recipe
    estimator: object
    out_of_fold: Floats
    held_out: Floats
    seconds: float


def fit_candidates(
    recipes: Sequence[Recipe],
    fitter: Fitter,
    folds: Sequence[Sequence[Fold]],
    progress: SearchProgress,
    *,
    is_validated: bool,
) -> list[FittedCandidate]:
    """Fit every recipe on the folds and on all training rows, and ask it about the others; in the order of the recipes.

    Parameters
    ----------
    recipes
        Each once.
    fitter
        Rows, and how they are treated.
    folds
        For each repetition the folds; pipelines take the first.
    progress
        Told of each fit.
    is_validated
        Whether pipelines are fitted on the folds too: not where nothing has to be chosen. An ensemble always is.
    """
    pipelines = [recipe for recipe in recipes if recipe.model != ENSEMBLE]
    members = ensemble_members(fitter.section) if len(pipelines) < len(recipes) else ()
    of_pipelines: Sequence[Fold] = folds[0] if is_validated else ()
    to_do = len(pipelines) * (len(of_pipelines) + 1) + len(members) * sum(map(len, folds))
    on_fit = progress.counted("fit the candidates", to_do)
    found = {id(one.recipe): one for one in _fit_pipelines(pipelines, fitter, of_pipelines, on_fit)}
    return [
        found[id(recipe)] if id(recipe) in found else _fit_ensemble(recipe, fitter, folds, members, on_fit)
        for recipe in recipes
    ]


def _fit_pipelines(
    recipes: Sequence[Recipe], fitter: Fitter, folds: Sequence[Fold], on_fit: Callable[[int], None]
) -> Iterator[FittedCandidate]:
    if not recipes:
        return
    rows, found = fitter.rows, fit_pipelines(recipes, fitter, folds, on_fit=on_fit)
    fitted = zip(recipes, found.pipelines, found.answers, found.seconds, strict=True)
    for recipe, pipeline, answers, seconds in fitted:
        yield FittedCandidate(recipe, pipeline, answers[rows.train], answers[rows.holdout], seconds)


def _fit_ensemble(
    recipe: Recipe,
    fitter: Fitter,
    folds: Sequence[Sequence[Fold]],
    members: Sequence[Member],
    on_fit: Callable[[int], None],
) -> FittedCandidate:
    began, rows = time.process_time(), fitter.rows
    weights = None if rows.weights is None else rows.weights[rows.train]
    ensemble: Ensemble = fit_ensemble(
        Rows(rows.matrix[rows.train], rows.labels[rows.train], weights),
        fitter.signature,
        Plan(members, folds, fitter.seed, column_directions(fitter.section, fitter.signature)),
        jobs=worker_count(fitter.section),
        on_fit=lambda: on_fit(1),
    )
    held_out = ensemble.predict_proba(rows.matrix[rows.holdout])[:, 1]
    return FittedCandidate(recipe, ensemble, ensemble.out_of_fold, held_out, time.process_time() - began)
