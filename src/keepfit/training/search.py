"""The choice among recipes: by cross-validation on the training rows, reported on rows that had no say in it."""

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
from keepfit.evaluation import METRICS, Estimate, constant_baseline, score_intervals, scores
from keepfit.project.declaration import TrainingSection
from keepfit.signature import Signature
from keepfit.training.nesting import Nest, cut, nests
from keepfit.training.pipelines import build_pipeline

Matrix = NDArray[np.float32]
Labels = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """What is known of one recipe.

    Attributes
    ----------
    recipe
        The candidate.
    validation
        Scores of its out-of-fold predictions on the training rows, by metric: what the choice is made by. Empty
        when there was a single recipe, and so no choice.
    holdout
        Scores on the held-out rows, with 95 % bootstrap intervals, by metric: what is reported.
    estimator
        The pipeline, fitted on all training rows.
    seconds
        Processor seconds spent on its fits; shared equally where several candidates came out of one fit.
    """

    recipe: Recipe
    validation: dict[str, float]
    holdout: dict[str, Estimate]
    estimator: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """All candidates, the best first.

    Attributes
    ----------
    candidates
        Ordered by the validation score of `metric`; ties keep the order of the file.
    metric
        What the choice was made by.
    baseline
        Scores on the held-out rows of always predicting the training share of positives.
    protocol
        How the scores were measured, in a sentence.
    """

    candidates: tuple[CandidateResult, ...]
    metric: str
    baseline: dict[str, float]
    protocol: str

    @property
    def best(self) -> CandidateResult:
        """The candidate that the training rows chose."""
        return self.candidates[0]

    @property
    def best_on_holdout(self) -> CandidateResult:
        """The candidate that the held-out rows would have chosen: a biased choice, reported as such only."""
        sign = 1 if METRICS[self.metric].higher_is_better else -1
        return max(self.candidates, key=lambda candidate: sign * candidate.holdout[self.metric].value)


@dataclass(frozen=True, slots=True)
class SearchRows:
    """The rows of a search.

    Attributes
    ----------
    matrix, labels
        Features from the door `(n_rows, n_features)` and classes 0 or 1 `(n_rows,)`.
    train, holdout
        Row numbers of the two parts, without overlap.
    groups
        Whom each row is about, `(n_rows,)`: rows of one group stay in one fold. None where each is about another.
    weights
        Weight of each row in fitting, `(n_rows,)`; scores are never weighted. None for equal weights.
    """

    matrix: Matrix
    labels: Labels
    train: NDArray[np.int64]
    holdout: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    weights: NDArray[np.float64] | None = None


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
    answers: list[NDArray[np.float64]]
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
        Metric, folds, threshold, treatment of columns, workers.
    seed
        Seed of folds, estimators and bootstrap: the same seed gives the same digits on any number of workers.
    on_progress
        Called with fits done and fits to do.

    Raises
    ------
    TrainingError
        When a fold would lack a class, or no recipe can be fitted.
    """
    folds = _folds(rows, section, seed) if len(recipes) > 1 else []
    parts = [*folds, (rows.train, rows.holdout, True)]
    fits = [_Fit(nest, *part) for nest in nests(recipes) for part in parts]
    answers = np.full((len(recipes), len(rows.labels)), np.nan)
    pipelines: list[Any] = [None] * len(recipes)
    seconds = [0.0] * len(recipes)
    done, to_do = 0, len(recipes) * len(parts)
    if on_progress:
        on_progress(done, to_do)
    for fitted in _spread(_Fitter(recipes, signature, rows, section, seed), fits, section.jobs):
        for at, pipeline, answer in zip(fitted.fit.nest.members, fitted.pipelines, fitted.answers, strict=True):
            answers[at, fitted.fit.ask_rows] = answer
            seconds[at] += fitted.seconds / len(fitted.pipelines)
            if fitted.fit.is_final:
                pipelines[at] = pipeline
        done += len(fitted.pipelines)
        if on_progress:
            on_progress(done, to_do)
    results = [
        CandidateResult(
            recipe,
            scores(rows.labels[rows.train], answers[at, rows.train], section.threshold) if folds else {},
            score_intervals(rows.labels[rows.holdout], answers[at, rows.holdout], section.threshold, seed=seed),
            pipelines[at],
            seconds[at],
        )
        for at, recipe in enumerate(recipes)
    ]
    if folds:
        sign = -1 if METRICS[section.metric].higher_is_better else 1
        results.sort(key=lambda result: sign * result.validation[section.metric])
    baseline = constant_baseline(float(rows.labels[rows.train].mean()), rows.labels[rows.holdout], section.threshold)
    return SearchResult(tuple(results), section.metric, baseline, _protocol(len(recipes), rows, section))


def _protocol(recipes: int, rows: SearchRows, section: TrainingSection) -> str:
    """Say how the scores were measured."""
    choice = f"one recipe, fitted on {len(rows.train)} training rows"
    if recipes > 1:
        choice = (
            f"chosen among {recipes} by {section.metric} of {section.folds}-fold out-of-fold predictions on "
            f"{len(rows.train)} training rows"
        )
    apart = "" if rows.groups is None else "; rows about the same entity are kept together in every split"
    return (
        f"{choice}; reported on {len(rows.holdout)} held-out rows that had no say in it, with 95 % bootstrap "
        f"intervals; threshold {section.threshold:g}{apart}"
    )


def _folds(
    rows: SearchRows, section: TrainingSection, seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], bool]]:
    """Return each fold: the training rows that are fitted on, those that are asked about, and that it is not final."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold  # noqa: PLC0415 - only for who trains

    train, classes = rows.train, rows.labels[rows.train]
    rarest = int(np.bincount(classes, minlength=2).min())
    if rarest < section.folds:
        raise TrainingError(
            f"the training rows hold {rarest} rows of a class, fewer than the {section.folds} folds",
            where="keepfit.toml: [training] folds",
            hint="lower folds, or bring more rows of that class",
        )
    if rows.groups is None:
        parts = StratifiedKFold(section.folds, shuffle=True, random_state=seed).split(train, classes)
    else:
        grouped = StratifiedGroupKFold(section.folds, shuffle=True, random_state=seed)
        parts = grouped.split(train, classes, rows.groups[train])
    return [(train[fit], train[ask], False) for fit, ask in parts]


def _spread(run: Callable[[_Fit], _Fitted], fits: Sequence[_Fit], jobs: int) -> Iterator[_Fitted]:
    """Run the fits on threads (the estimators release the interpreter) and yield what came of them as they end."""
    from joblib import Parallel, delayed  # noqa: PLC0415 - heavy, and only for those who train

    workers = jobs or os.cpu_count() or 1
    results: Iterator[_Fitted] = Parallel(n_jobs=workers, prefer="threads", return_as="generator_unordered")(
        delayed(run)(fit) for fit in fits
    )
    return results
