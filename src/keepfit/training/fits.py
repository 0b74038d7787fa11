"""The fits of pipelines: every recipe on every fold and on all training rows, spread over threads."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Signature
from keepfit.training.folds import Fold
from keepfit.training.nesting import Nest, cut, nests
from keepfit.training.pipelines import build_pipeline
from keepfit.training.search_rows import SearchRows

T = TypeVar("T")


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
    recipes: Sequence[Recipe], fitter: Fitter, folds: Sequence[Fold], *, on_fit: Callable[[int], None]
) -> FittedPipelines:
    """Fit every recipe on every fold, and on all training rows.

    Parameters
    ----------
    recipes
        What to fit.
    fitter
        Rows and how they are treated.
    folds
        Positions among the training rows; none where nothing has to be chosen.
    on_fit
        Called with the number of fits that are done, each time some are.

    Raises
    ------
    TrainingError
        When a recipe cannot be fitted.
    """
    rows = fitter.rows
    parts = [(rows.train[inside], rows.train[outside], False) for inside, outside in folds]
    parts.append((rows.train, rows.holdout, True))
    work = [_Fit(nest, *part) for nest in nests(recipes) for part in parts]
    found = FittedPipelines(
        [None] * len(recipes), np.full((len(recipes), len(rows.labels)), np.nan), [0.0] * len(recipes)
    )
    pieces = ((fitter, recipes, fit) for fit in work)
    for fitted in in_threads(_carry_out, pieces, worker_count(fitter.section)):
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
class Fitter:
    """Fits recipes on rows of a search, on any thread.

    Attributes
    ----------
    signature, rows, section, seed
        See `search`.
    """

    signature: Signature
    rows: SearchRows
    section: TrainingSection
    seed: int

    def fit(self, recipe: Recipe, fit_rows: NDArray[np.int64]) -> Any:
        """Return the fitted pipeline.

        Parameters
        ----------
        recipe
            What to fit.
        fit_rows
            Numbers of the rows to fit on.

        Raises
        ------
        TrainingError
            When the estimator refuses a parameter.
        """
        rows = self.rows
        pipeline = build_pipeline(recipe, self.signature, self.section, seed=self.seed)
        weighted = {} if rows.weights is None else {"estimator__sample_weight": rows.weights[fit_rows]}
        try:
            return pipeline.fit(rows.matrix[fit_rows], rows.labels[fit_rows], **weighted)
        except Exception as error:  # each library has exceptions of its own
            raise TrainingError(
                f"{recipe.title} cannot be fitted: {error}",
                where="keepfit.toml: [training] candidates",
                hint="correct or remove this value",
            ) from error


def _carry_out(fitter: Fitter, recipes: Sequence[Recipe], fit: _Fit) -> _Fitted:
    """Fit the largest of a nest, cut the others from it, and ask all of them."""
    began = time.thread_time()
    largest = fitter.fit(fit.nest.largest, fit.fit_rows)
    pipelines = [cut(largest, recipes[member]) for member in fit.nest.members]
    asked = fitter.rows.matrix[fit.ask_rows]
    answers = [pipeline.predict_proba(asked)[:, 1].astype(np.float64) for pipeline in pipelines]
    return _Fitted(fit, pipelines, answers, time.thread_time() - began)


def worker_count(section: TrainingSection) -> int:
    """Return how many threads fit: as declared, else one for each core."""
    return section.jobs or os.cpu_count() or 1


def in_threads(run: Callable[..., T], work: Iterable[tuple[Any, ...]], jobs: int) -> Iterator[T]:
    """Run pieces of work on threads (the estimators release the interpreter); yield what comes of them in order."""
    from joblib import Parallel, delayed  # noqa: PLC0415 - heavy, and only for those who train

    found: Iterator[T] = Parallel(n_jobs=jobs, prefer="threads", return_as="generator")(
        delayed(run)(*piece) for piece in work
    )
    return found
