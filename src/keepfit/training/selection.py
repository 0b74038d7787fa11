"""The choice of features: which of those that are made are kept, by cross-validation on the training rows.

References
----------
Guyon, I. and Elisseeff, A. (2003). An introduction to variable and feature selection. JMLR 3, 1157-1182.
Guyon, I., Weston, J., Barnhill, S. and Vapnik, V. (2002). Gene selection for cancer classification using support vector
machines. Machine Learning 46, 389-422 (recursive feature elimination).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.evaluation import METRICS, scores
from keepfit.project.training_section import SelectionSection, TrainingSection
from keepfit.signature import Signature
from keepfit.training.families import FAMILIES, parameter_names
from keepfit.training.fits import Fitter, in_threads, worker_count
from keepfit.training.folds import Fold
from keepfit.training.pipelines import build_pipeline, feature_positions
from keepfit.training.thresholds import decide
from keepfit.training.treatments import feature_names

_WHERE = "keepfit.toml: [training.selection]"
_PATIENCE = 5  # forward selection ends when so many features in a row were no gain


@dataclass(frozen=True, slots=True)
class SelectionStep:
    """A set of features on the way.

    Attributes
    ----------
    features
        Their names; in forward selection in the order in which they came.
    score
        The metric on out-of-fold predictions.
    error
        Its standard error over the folds.
    """

    features: tuple[str, ...]
    score: float
    error: float


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, and on which grounds.

    Attributes
    ----------
    method, model, metric
        As declared.
    steps
        By the number of their features, the fewest first; none where features were named.
    chosen
        Names of the features that are kept, in the order of the made matrix.
    considered
        Names of all that are made.
    """

    method: str
    model: str
    metric: str
    steps: tuple[SelectionStep, ...]
    chosen: tuple[str, ...]
    considered: tuple[str, ...]


def select_features(
    declared: SelectionSection, fitter: Fitter, folds: Sequence[Fold], *, on_fit: Callable[[int], None]
) -> Selection:
    """Choose features by out-of-fold predictions of the training rows.

    The rows that choose are those that fit later on, so out-of-fold scores of the chosen set are a little too good;
    held-out rows have no say.

    Parameters
    ----------
    declared
        Method, number, and the family that judges.
    fitter
        Rows, and how columns are treated.
    folds
        Positions among the training rows.
    on_fit
        Called with the number of fits that are done, each time some are.

    Raises
    ------
    TrainingError
        When more are wanted than are made, one is named that is not made, or the family cannot be fitted.
    """
    require_selection(declared, fitter.signature, fitter.section)
    names = feature_names(fitter.signature, fitter.section)
    if declared.method == "named":
        kept = sorted(names.index(name) for name in declared.names)
        return Selection(
            "named", declared.model, fitter.section.metric, (), tuple(names[at] for at in kept), tuple(names)
        )
    judge = _Judge(declared, fitter, folds, on_fit)
    walk = {"forward": _forward, "rfe": _backward, "importance": _ranked}[declared.method]
    sign = 1 if METRICS[fitter.section.metric].higher_is_better else -1
    steps = sorted(walk(judge, declared, len(names), sign), key=lambda one: len(one[0]))
    chosen = _chosen(steps, declared.features, sign)
    return Selection(
        method=declared.method,
        model=declared.model,
        metric=fitter.section.metric,
        steps=tuple(SelectionStep(tuple(names[at] for at in kept), score, error) for kept, score, error in steps),
        chosen=tuple(names[at] for at in sorted(chosen)),
        considered=tuple(names),
    )


def require_selection(declared: SelectionSection, signature: Signature, section: TrainingSection) -> None:
    """Refuse a selection that the features that are made, or the family that judges them, do not allow.

    Raises
    ------
    TrainingError
        When more features are wanted than are made, one is named that is not made, or a parameter is unknown.
    """
    names = feature_names(signature, section)
    if isinstance(declared.features, int) and declared.features > len(names):
        raise TrainingError(
            f"{declared.features} are wanted of {len(names)} that are made",
            where=f"{_WHERE} features",
            hint='lower the number, or write "best"',
        )
    feature_positions(declared.names, signature, section, f"{_WHERE} names")
    known = sorted(parameter_names(declared.model))
    for name in declared.parameters:
        if name not in known:
            raise TrainingError(
                f"{declared.model} has no parameter {name}", where=f"{_WHERE} parameters", hint=nearest(name, known)
            )


_Judged = tuple[tuple[int, ...], float, float]
"""Positions of features, their score, and its standard error."""


class _Judge:
    """Scores sets of features: everything before the estimator is fitted once for each fold.

    Its estimator keeps no declared directions: they bind what is served, not what looks for it.
    """

    def __init__(
        self, declared: SelectionSection, fitter: Fitter, folds: Sequence[Fold], on_fit: Callable[[int], None]
    ) -> None:
        self._declared, self._fitter, self._folds, self._on_fit = declared, fitter, folds, on_fit
        self._labels = fitter.rows.labels[fitter.rows.train]
        self._made = [self._make(*fold) for fold in folds]

    def scores(self, sets: Sequence[tuple[int, ...]]) -> list[_Judged]:
        """Score sets of features, spread over the workers."""
        found = []
        for kept, (score, error, _) in zip(sets, self._spread(sets), strict=True):
            found.append((kept, score, error))
            self._on_fit(len(self._folds))
        return found

    def importances(self, kept: tuple[int, ...]) -> tuple[_Judged, Floats]:
        """Score one set, and tell how important each of its features is to the fits: the mean share over the folds."""
        ((score, error, importances),) = self._spread([kept])
        self._on_fit(len(self._folds))
        return (kept, score, error), importances

    def _spread(self, sets: Sequence[tuple[int, ...]]) -> list[tuple[float, float, Floats]]:
        return list(in_threads(self._judge, [(kept,) for kept in sets], worker_count(self._fitter.section)))

    def _make(self, inside: NDArray[np.int64], outside: NDArray[np.int64]) -> tuple[Any, Any]:
        fitter, train = self._fitter, self._fitter.rows.train
        whole = build_pipeline(Recipe(self._declared.model), fitter.signature, fitter.section, seed=fitter.seed)[:-1]
        try:
            made = whole.fit_transform(fitter.rows.matrix[train[inside]], fitter.rows.labels[train[inside]])
        except ValueError as error:
            raise TrainingError(
                f"the features cannot be made: {error}",
                where="keepfit.toml: [training] features",
                hint="correct the parameters of the step",
            ) from error
        return made, whole.transform(fitter.rows.matrix[train[outside]])

    def _judge(self, kept: tuple[int, ...]) -> tuple[float, float, Floats]:
        """Fit the family on the features in each fold; return score, standard error and importances."""
        try:
            return self._fit(kept)
        except Exception as error:  # each library has exceptions of its own
            raise TrainingError(
                f"{self._declared.model} cannot judge features: {error}",
                where=f"{_WHERE} parameters",
                hint="correct or remove what it refuses",
            ) from error

    def _fit(self, kept: tuple[int, ...]) -> tuple[float, float, Floats]:
        section, answers = self._fitter.section, np.full(len(self._labels), np.nan)
        importances = np.zeros(len(kept))
        weights = self._fitter.rows.weights
        for (inside, outside), (made, asked) in zip(self._folds, self._made, strict=True):
            estimator = FAMILIES[self._declared.model].build(self._declared.parameters, self._fitter.seed)
            weighted = {} if weights is None else {"sample_weight": weights[self._fitter.rows.train[inside]]}
            estimator.fit(made[:, kept], self._labels[inside], **weighted)
            answers[outside] = estimator.predict_proba(asked[:, kept])[:, 1]
            importances += _importances(estimator) / len(self._folds)
        known = ~np.isnan(answers)
        threshold, found = decide(self._labels[known], answers[known], section)
        by_fold = [
            scores(self._labels[outside], answers[outside], threshold, section.costs)[section.metric]
            for _, outside in self._folds
        ]
        return found[section.metric], float(np.nanstd(by_fold, ddof=1) / np.sqrt(len(by_fold))), importances


def _forward(judge: _Judge, declared: SelectionSection, count: int, sign: int) -> list[_Judged]:
    """Add the feature that helps most, one after the other."""
    most = declared.features if isinstance(declared.features, int) else count
    steps: list[_Judged] = []
    kept: tuple[int, ...] = ()
    while len(kept) < most:
        tried = judge.scores([(*kept, at) for at in range(count) if at not in kept])
        steps.append(max(tried, key=lambda one: sign * one[1]))
        kept = steps[-1][0]
        best = max(range(len(steps)), key=lambda at: sign * steps[at][1])
        if not isinstance(declared.features, int) and len(steps) - 1 - best >= _PATIENCE:
            break
    return steps


def _backward(judge: _Judge, declared: SelectionSection, count: int, sign: int) -> list[_Judged]:  # noqa: ARG001 - one form for all
    """Leave out the least important feature, again and again."""
    least = declared.features if isinstance(declared.features, int) else 1
    kept = tuple(range(count))
    steps = []
    while True:
        step, importances = judge.importances(kept)
        steps.append(step)
        if len(kept) <= least:
            return steps
        dropped = int(np.argmin(importances))
        kept = (*kept[:dropped], *kept[dropped + 1 :])


def _ranked(judge: _Judge, declared: SelectionSection, count: int, sign: int) -> list[_Judged]:  # noqa: ARG001 - as above
    """Rank the features once, and score the first one, the first two and so on."""
    whole, importances = judge.importances(tuple(range(count)))
    order = np.argsort(-importances, kind="stable")
    most = declared.features if isinstance(declared.features, int) else count
    sets = [tuple(sorted(int(at) for at in order[:kept])) for kept in range(1, most + 1) if kept < count]
    return judge.scores(sets) + ([whole] if most == count else [])


def _chosen(steps: Sequence[_Judged], wanted: int | str, sign: int) -> tuple[int, ...]:
    """Return the positions of the features that are kept: so many, the best set, or the fewest that do as well."""
    if isinstance(wanted, int):
        return min(steps, key=lambda one: abs(len(one[0]) - wanted))[0]
    best = max(steps, key=lambda one: sign * one[1])
    if wanted == "best":
        return best[0]
    return next(kept for kept, score, _ in steps if sign * score >= sign * best[1] - best[2])


def _importances(estimator: Any) -> Floats:
    """Return the share of each feature in what an estimator has learnt."""
    found = np.abs(estimator.coef_[0]) if hasattr(estimator, "coef_") else estimator.feature_importances_
    found = np.asarray(found, dtype=np.float64)
    return found / found.sum() if found.sum() else found
