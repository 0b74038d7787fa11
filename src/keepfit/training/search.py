"""The choice among recipes: by cross-validation on the training rows, reported on rows that had no say in it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
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
class _Fit:
    """One fit: the largest recipe of a nest on some rows, all of them asked about others."""

    nest: Nest
    fit_rows: NDArray[np.int64]
    ask_rows: NDArray[np.int64]
    is_final: bool


def search(
    recipes: Sequence[Recipe],
    signature: Signature,
    matrix: Matrix,
    labels: Labels,
    *,
    train: NDArray[np.int64],
    holdout: NDArray[np.int64],
    section: TrainingSection,
    seed: int,
    weights: NDArray[np.float64] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> SearchResult:
    """Cross-validate every recipe on the training rows, fit it on all of them, and report it on the held-out rows.

    Parameters
    ----------
    recipes
        The candidates.
    signature
        Columns of the matrix.
    matrix, labels
        Features from the door `(n_rows, n_features)` and classes 0 or 1 `(n_rows,)`.
    train, holdout
        Row numbers of the two parts, without overlap.
    section
        Metric, folds, threshold, treatment of columns, workers.
    seed
        Seed of folds, estimators and bootstrap: the same seed gives the same digits on any number of workers.
    weights
        Weight of each row in fitting, `(n_rows,)`; scores are never weighted.
    on_progress
        Called with fits done and fits to do.

    Raises
    ------
    TrainingError
        When a fold would lack a class, or no recipe can be fitted.
    """
    folds = _folds(labels, train, section, seed) if len(recipes) > 1 else []
    parts = [*folds, (train, holdout, True)]
    fits = [_Fit(nest, *part) for nest in nests(recipes) for part in parts]
    out_of_fold = np.full((len(recipes), len(labels)), np.nan)
    estimators: list[Any] = [None] * len(recipes)
    seconds = [0.0] * len(recipes)

    def run(fit: _Fit) -> tuple[_Fit, list[Any], list[NDArray[np.float64]], float]:
        began = time.thread_time()
        estimator = build_pipeline(fit.nest.largest, signature, section, seed=seed)
        weighted = {} if weights is None else {"estimator__sample_weight": weights[fit.fit_rows]}
        estimator.fit(matrix[fit.fit_rows], labels[fit.fit_rows], **weighted)
        cuts = [cut(estimator, recipes[member]) for member in fit.nest.members]
        answers = [one.predict_proba(matrix[fit.ask_rows])[:, 1].astype(np.float64) for one in cuts]
        return fit, cuts, answers, time.thread_time() - began

    done, to_do = 0, len(recipes) * len(parts)
    if on_progress:
        on_progress(done, to_do)
    for fit, cuts, answers, spent in _spread(run, fits, section.jobs):
        for member, one, answer in zip(fit.nest.members, cuts, answers, strict=True):
            out_of_fold[member, fit.ask_rows] = answer
            seconds[member] += spent / len(cuts)
            if fit.is_final:
                estimators[member] = one
        done += len(cuts)
        if on_progress:
            on_progress(done, to_do)

    results = [
        CandidateResult(
            recipe,
            scores(labels[train], out_of_fold[at, train], section.threshold) if folds else {},
            score_intervals(labels[holdout], out_of_fold[at, holdout], section.threshold, seed=seed),
            estimators[at],
            seconds[at],
        )
        for at, recipe in enumerate(recipes)
    ]
    if folds:
        sign = -1 if METRICS[section.metric].higher_is_better else 1
        results.sort(key=lambda result: sign * result.validation[section.metric])
    share = float(labels[train].mean())
    baseline = constant_baseline(share, labels[holdout], section.threshold)
    return SearchResult(tuple(results), section.metric, baseline, _protocol(len(recipes), train, holdout, section))


def _protocol(recipes: int, train: NDArray[np.int64], holdout: NDArray[np.int64], section: TrainingSection) -> str:
    """Say how the scores were measured."""
    choice = f"one recipe, fitted on {len(train)} training rows"
    if recipes > 1:
        choice = (
            f"chosen among {recipes} by {section.metric} of {section.folds}-fold out-of-fold predictions on "
            f"{len(train)} training rows"
        )
    return (
        f"{choice}; reported on {len(holdout)} held-out rows that had no say in it, with 95 % bootstrap intervals; "
        f"threshold {section.threshold:g}"
    )


def _folds(
    labels: Labels, train: NDArray[np.int64], section: TrainingSection, seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], bool]]:
    """Return each fold: the training rows that are fitted on, those that are asked about, and that it is not final."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - heavy, and only for those who train

    rarest = int(np.bincount(labels[train], minlength=2).min())
    if rarest < section.folds:
        raise TrainingError(
            f"the training rows hold {rarest} rows of a class, fewer than the {section.folds} folds",
            where="keepfit.toml: [training] folds",
            hint="lower folds, or bring more rows of that class",
        )
    folds = StratifiedKFold(section.folds, shuffle=True, random_state=seed).split(train, labels[train])
    return [(train[fit], train[ask], False) for fit, ask in folds]


def _spread(run: Callable[[_Fit], Any], fits: Sequence[_Fit], jobs: int) -> Any:
    """Run the fits on threads (the estimators release the interpreter) and yield them as they end."""
    from joblib import Parallel, delayed  # noqa: PLC0415 - as above

    def told(fit: _Fit) -> Any:
        try:
            return run(fit)
        except ValueError as error:
            raise TrainingError(
                f"{fit.nest.largest.title} cannot be fitted: {error}",
                where="keepfit.toml: [training] candidates",
                hint="correct or remove this value of its grid",
            ) from error

    workers = jobs or os.cpu_count() or 1
    return Parallel(n_jobs=workers, prefer="threads", return_as="generator_unordered")(
        delayed(told)(fit) for fit in fits
    )
