"""Calibration: a small monotone map from a model's score to a probability, fitted on out-of-fold scores.

A map of two numbers (sigmoid) or a line through a few points (isotonic) is enough, and is written into the exported
graph as nodes of its own. It is taken only where it helps on rows that it was not fitted on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from keepfit.arrays import Floats, Labels

Method = Literal["none", "sigmoid", "isotonic", "auto"]
LEAST = 1e-6  # scores nearer to 0 or 1 are taken for it
_FOLDS = 5
_STEEPEST = 5.0  # a float32 score is right to 1e-6: what is made of it must be right to 1e-5
_LEAST_BLOCK = 20
_PRIOR = 12.0  # rows' worth of pull towards the identity


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone map from score to probability.

    Attributes
    ----------
    method
        `none`, `sigmoid` or `isotonic`.
    slope, intercept
        Of the sigmoid: the probability is `1 / (1 + exp(-(slope * logit(score) + intercept)))`.
    scores, probabilities
        Of the isotonic map: points that are joined by lines, ascending; constant beyond the first and the last.
    """

    method: Literal["none", "sigmoid", "isotonic"] = "none"
    slope: float = 1.0
    intercept: float = 0.0
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()

    def __call__(self, score: Floats) -> Floats:
        """Return the probabilities of scores, `(n_rows,)`, both between 0 and 1."""
        if self.method == "sigmoid":
            return _expit(self.slope * _logit(score) + self.intercept)
        if self.method == "isotonic":
            return np.interp(score, self.scores, self.probabilities)
        return score

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types, only what the method has."""
        if self.method == "sigmoid":
            return {"method": self.method, "slope": self.slope, "intercept": self.intercept}
        if self.method == "isotonic":
            return {"method": self.method, "scores": list(self.scores), "probabilities": list(self.probabilities)}
        return {"method": self.method}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Calibration:
        """Rebuild a map from `to_dict`'s form."""
        points = {name: tuple(facts[name]) for name in ("scores", "probabilities") if name in facts}
        return cls(**{**facts, **points})


def fit_sigmoid(labels: Labels, score: Floats) -> Calibration:
    """Fit slope and intercept by maximum likelihood, with a small pull towards the identity.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines. Advances in Large Margin Classifiers, 61-74.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - heavy, and only for those who train

    logits, identity, pull = _logit(score), np.array([1.0, 0.0]), _PRIOR / len(score)

    def loss(weights: Floats) -> tuple[float, Floats]:
        away = weights - identity
        errors = _expit(weights[0] * logits + weights[1]) - labels
        value = float(_losses(labels, errors + labels).mean()) + pull / 2 * float(away @ away)
        return value, np.array([(errors * logits).mean(), errors.mean()]) + pull * away

    weights = minimize(loss, identity, jac=True, method="BFGS").x
    if weights[0] <= 0:  # scores that rank the wrong way are not turned round
        return Calibration()
    return Calibration("sigmoid", slope=float(weights[0]), intercept=float(weights[1]))


def fit_isotonic(labels: Labels, score: Floats) -> Calibration:
    """Fit a rising line through the centres of the blocks of an isotonic regression.

    References
    ----------
    Oron, A. P. and Flournoy, N. (2017). Centered isotonic regression: point and interval estimation for dose-response
    studies. Statistics in Biopharmaceutical Research 9, 258-267.
    """
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - heavy, and only for those who train

    order = np.argsort(score, kind="stable")
    rising = IsotonicRegression().fit_transform(score[order], labels[order])
    blocks = np.cumsum(np.append(0, np.diff(rising) > 0))
    points: list[tuple[float, float]] = []
    begin = 0
    for block in range(int(blocks[-1]) + 1):  # small blocks are joined with the next
        end = int(np.searchsorted(blocks, block, side="right"))
        if end - begin >= _LEAST_BLOCK or end == len(order):
            rows = order[begin:end]
            points.append((float(score[rows].mean()), float((labels[rows].sum() + 0.5) / (len(rows) + 1))))
            begin = end
    kept = _not_too_steep(points)
    return Calibration("isotonic", scores=tuple(x for x, _ in kept), probabilities=tuple(y for _, y in kept))


def choose_calibration(labels: Labels, score: Floats, *, method: Method, seed: int) -> Calibration:
    """Return the map of a method; `auto` takes the one that helps out of fold, or none.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    score
        Out-of-fold scores of the model, between 0 and 1, `(n_rows,)`.
    method
        `auto` compares the log-loss of each map, cross-fitted on these scores, with that of the scores themselves: the
        gain must be more than twice its standard error.
    seed
        Seed of the folds.
    """
    fits: dict[str, Callable[[Labels, Floats], Calibration]] = {"sigmoid": fit_sigmoid, "isotonic": fit_isotonic}
    if method == "none":
        return Calibration()
    if method != "auto":
        return fits[method](labels, score)
    folds = np.random.default_rng(seed).permutation(len(labels)) % _FOLDS
    plain = _losses(labels, score)
    best, most = Calibration(), 0.0
    for fit in fits.values():
        mapped = np.empty(len(score))
        for fold in range(_FOLDS):
            inside = folds != fold
            mapped[~inside] = fit(labels[inside], score[inside])(score[~inside])
        gains = plain - _losses(labels, mapped)
        gain, error = float(gains.mean()), float(gains.std() / np.sqrt(len(gains)))
        if gain > max(2 * error, most):
            best, most = fit(labels, score), gain
    return best


def _not_too_steep(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join neighbouring points until no line between two of them is steeper than can be held in float32."""
    kept: list[tuple[float, float]] = []
    for x, y in points:
        if kept and y <= kept[-1][1]:
            continue
        if kept and y - kept[-1][1] > _STEEPEST * (x - kept[-1][0]):
            last = kept.pop()
            x, y = (last[0] + x) / 2, (last[1] + y) / 2  # noqa: PLW2901 - the point in their middle
            if kept and y - kept[-1][1] > _STEEPEST * (x - kept[-1][0]):
                continue
        kept.append((x, y))
    return kept


def _losses(labels: Labels, probability: Floats) -> Floats:
    bounded = np.clip(probability, LEAST, 1 - LEAST)
    return -np.log(np.where(labels == 1, bounded, 1 - bounded))


def _logit(score: Floats) -> Floats:
    bounded = np.clip(score, LEAST, 1 - LEAST)
    return np.log(bounded / (1 - bounded))


def _expit(value: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(value, -50, 50)))
