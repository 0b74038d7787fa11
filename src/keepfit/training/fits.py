"""The fits of pipelines: every recipe on every fold and on all training rows, spread over threads."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Signature
from keepfit.training.candidates import SearchRows
from keepfit.training.folds import Fold
from keepfit.training.nesting import Nest, cut, nests
from keepfit.training.pipelines import build_pipeline

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FittedPipelines:
    """What came of the fits.

    Attributes
    ----------
    pipelines
        One for each recipe, fitted on all training rows.
    answers
        Scores of the rows, `(n_recipes, n_rows)`: of a training row out of fold (NaN without folds), of a held-out one
        by the pipeline that is fitted on all training rows.
    seconds
        Processor seconds for each recipe.
    """

    pipelines: list[Any]
    answers: Floats
    seconds: list[float]


def fit_pipelines(
    recipes: Sequence[Recipe],
    signature: Signature,
    rows: SearchRows,
    folds: Sequence[Fold],
    *,
    section: TrainingSection,
    seed: int,
    on_fit: Callable[[int], None],
) -> FittedPipelines:
    """Fit every recipe on every fold, and on all training rows.

    Parameters
    ----------
    recipes, signature, rows, section, seed
        See `search`.
    folds
        Positions among the training rows; none where nothing has to be chosen.
    on_fit
        Called with the number of fits that are done, each time some are.

    Raises
    ------
    TrainingError
        When a recipe cannot be fitted.
    """
    parts = [(rows.train[inside], rows.train[outside], False) for inside, outside in folds]
    parts.append((rows.train, rows.holdout, True))
    work = [_Fit(nest, *part) for nest in nests(recipes) for part in parts]
    found = FittedPipelines(
        [None] * len(recipes), np.full((len(recipes), len(rows.labels)), np.nan), [0.0] * len(recipes)
    )
    for fitted in _spread(_Fitter(recipes, signature, rows, section, seed), work, worker_count(section)):
        for at, pipeline, answer in zip(fitted.fit.nest.members, fitted.pipelines, fitted.answers, strict=True):
            found.answers[at, fitted.fit.ask_rows] = answer
            found.seconds[at] += fitted.seconds / len(fitted.pipelines)
            if fitted.fit.is_final:
                found.pipelines[at] = pipeline
        on_fit(len(fitted.pipelines))
    return found


@dataclass(frozen=True, slots=True)
class _Fit:
    """One fit: the largest recipe of a nest on some rows, all of them asked about others."""

    nest: Nest
    fit_rows: NDArray[np.int64]
    ask_rows: NDArray[np.int64]
    is_final: bool


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What came of a fit: a pipeline and its answers on the asked rows for each member, and the seconds it took."""

    fit: _Fit
    pipelines: list[Any]
    answers: list[Floats]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Fitter:
    """Carries out fits, on any thread."""

    recipes: Sequence[Recipe]
    signature: Signature
    rows: SearchRows
    section: TrainingSection
    seed: int

    def __call__(self, fit: _Fit) -> _Fitted:
        """Fit the largest of a nest, cut the others from it, and ask all of them."""
        began, rows = time.thread_time(), self.rows
        largest = build_pipeline(fit.nest.largest, self.signature, self.section, seed=self.seed)
        weighted = {} if rows.weights is None else {"estimator__sample_weight": rows.weights[fit.fit_rows]}
        try:
            largest.fit(rows.matrix[fit.fit_rows], rows.labels[fit.fit_rows], **weighted)
        except ValueError as error:
            raise TrainingError(
                f"{fit.nest.largest.title} cannot be fitted: {error}",
                where="keepfit.toml: [training] candidates",
                hint="correct or remove this value of its grid",
            ) from error
        pipelines = [cut(largest, self.recipes[member]) for member in fit.nest.members]
        asked = rows.matrix[fit.ask_rows]
        answers = [pipeline.predict_proba(asked)[:, 1].astype(np.float64) for pipeline in pipelines]
        return _Fitted(fit, pipelines, answers, time.thread_time() - began)


def worker_count(section: TrainingSection) -> int:
    """Return how many threads fit: as declared, else one for each core."""
    return section.jobs or os.cpu_count() or 1


def _spread(run: Callable[[_Fit], _Fitted], fits: Sequence[_Fit], jobs: int) -> Iterator[_Fitted]:
    """Run the fits on threads (the estimators release the interpreter) and yield what came of them as they end."""
    from joblib import Parallel, delayed  # noqa: PLC0415 - heavy, and only for those who train

    results: Iterator[_Fitted] = Parallel(n_jobs=jobs, prefer="threads", return_as="generator_unordered")(
        delayed(run)(fit) for fit in fits
    )
    return results
