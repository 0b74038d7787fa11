"""The ensemble: every member fitted on the folds, weighed by what it said of the rows that it had not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.signature import Signature
from keepfit.training.ensemble.boosters import BoosterFit, fit_booster
from keepfit.training.ensemble.directions import directed
from keepfit.training.ensemble.forest import ForestFit, fit_forest
from keepfit.training.ensemble.linear import LinearFit, fit_linear
from keepfit.training.ensemble.members import Member
from keepfit.training.ensemble.network import NetworkFit, fit_network
from keepfit.training.ensemble.rows import Positions, Rows
from keepfit.training.ensemble.views import Views, learn_views
from keepfit.training.ensemble.weights import log_loss, pool_weights

Fit = LinearFit | NetworkFit | ForestFit | BoosterFit
Fold = tuple[Positions, Positions]
T = TypeVar("T")
FITTERS: dict[str, Callable[[Member, Views, Rows, int], Fit]] = {
    "linear": fit_linear,
    "network": fit_network,
    "forest": fit_forest,
    "lightgbm": fit_booster,
    "xgboost": fit_booster,
    "catboost": fit_booster,
}


@dataclass(frozen=True, slots=True)
class WeighedMember:
    """A member of a fitted ensemble: its weight and its models, which are averaged on the scale of the logit."""

    member: Member
    weight: float
    fits: tuple[Fit, ...]


@dataclass(frozen=True, slots=True)
class MemberReport:
    """What is known of a member after the fit.

    Attributes
    ----------
    name
        The member.
    rounds
        The number of rounds that was chosen; 0 where there is none.
    probability
        Its out-of-fold probabilities of the training rows, `(n_rows,)`.
    weight
        How much it counts; 0 for one that was left out.
    """

    name: str
    rounds: int
    probability: Floats
    weight: float


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A fitted ensemble.

    Attributes
    ----------
    views
        How a matrix from the door is looked at.
    members
        Those that count.
    reports
        All of them.
    out_of_fold
        Its own probabilities of the training rows by models that had not seen them, `(n_rows,)`; NaN for rows that no
        fold is asked about.
    """

    views: Views
    members: tuple[WeighedMember, ...]
    reports: tuple[MemberReport, ...]
    out_of_fold: Floats

    def logits(self, matrix: Matrix) -> Floats:
        """Return the weighed mean of the members' logits, `(n_rows,)`."""
        found = np.zeros(len(matrix))
        for one in self.members:
            share = one.weight / len(one.fits)
            for fit in one.fits:
                found += share * fit.logits(self.views, matrix)[:, 0]
        return found

    def predict_proba(self, matrix: Matrix) -> Floats:
        """Return the probabilities of the two classes, `(n_rows, 2)`."""
        probability = _expit(self.logits(matrix))
        return np.column_stack([1 - probability, probability])


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be fitted.

    Attributes
    ----------
    members
        The candidates of the ensemble.
    folds
        For each repetition the folds, each as the positions that are fitted on and those that are asked about; the
        same rows in every repetition.
    seed
        Seed of every member.
    directions
        For each column of the matrix 1 where the probability must never fall as it grows, -1 where it must never rise,
        else 0: all members must be of trees then. Empty for none.
    """

    members: Sequence[Member]
    folds: Sequence[Sequence[Fold]]
    seed: int
    directions: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class _Tried:
    """A member after the folds: its models, one for each fold, and what they said, `(n_repetitions, n_rows)`."""

    member: Member
    fits: tuple[Fit, ...]
    logits: Floats


def fit_ensemble(
    rows: Rows, signature: Signature, plan: Plan, *, jobs: int = 1, on_fit: Callable[[], None] | None = None
) -> Ensemble:
    """Fit every member on every fold, weigh them by their out-of-fold log-loss, and make the final models.

    Parameters
    ----------
    rows
        The training rows.
    signature
        Columns of their matrix.
    plan
        Members, folds and seed.
    jobs
        Threads; their number changes no digit.
    on_fit
        Called after the fit of a member on a fold.
    """
    views = learn_views(rows.matrix, signature)
    if any(plan.directions):
        plan = replace(plan, members=[directed(member, views, plan.directions) for member in plan.members])
    known = np.unique(np.concatenate([outside for _, outside in plan.folds[0]]))
    asked = rows.at(known)
    tried = _try_members(rows, views, plan, jobs, on_fit)
    logits = np.column_stack([one.logits[:, known].ravel() for one in tried])
    repetitions = len(plan.folds)
    repeated = None if asked.weights is None else np.tile(asked.weights, repetitions)
    weights = pool_weights(logits, np.tile(asked.labels, repetitions), repeated)
    out_of_fold = np.full(len(rows.labels), np.nan)
    out_of_fold[known] = _expit((logits @ weights).reshape(repetitions, -1).mean(axis=0))
    chosen = [(one, float(weight)) for one, weight in zip(tried, weights, strict=True) if weight > 0]
    return Ensemble(
        views=views,
        members=_final(rows, views, plan, chosen, jobs),
        reports=tuple(_report(one, float(weight)) for one, weight in zip(tried, weights, strict=True)),
        out_of_fold=out_of_fold,
    )


def _try_members(rows: Rows, views: Views, plan: Plan, jobs: int, on_fit: Callable[[], None] | None) -> list[_Tried]:
    """Fit every member on every fold, and ask it about the rest."""
    parts = [(at, *fold) for at, folds in enumerate(plan.folds) for fold in folds]

    def fit(member: Member, number: int, inside: Positions, outside: Positions) -> tuple[Fit, Floats]:
        fitted = FITTERS[member.kind](member, views, rows.at(inside), plan.seed + number)
        return fitted, fitted.logits(views, rows.matrix[outside])

    work = [(member, number, *part[1:]) for member in plan.members for number, part in enumerate(parts)]
    done = _in_parallel(fit, work, jobs, on_fit)
    tried = []
    for at, member in enumerate(plan.members):
        mine = done[at * len(parts) : (at + 1) * len(parts)]
        asked = np.full((len(plan.folds), len(rows.labels), max(len(member.rounds), 1)), np.nan)
        for (repetition, _, outside), (_, found) in zip(parts, mine, strict=True):
            asked[repetition, outside] = found
        best = _best_rounds(asked, rows)
        fits = tuple(one.cut(best) if isinstance(one, BoosterFit) else one for one, _ in mine)
        tried.append(_Tried(member, fits, asked[:, :, best]))
    return tried


def _final(
    rows: Rows, views: Views, plan: Plan, chosen: Sequence[tuple[_Tried, float]], jobs: int
) -> tuple[WeighedMember, ...]:
    """Return the members that count, with one model on all rows instead of those of the folds where they say so."""
    asked = sum(len(outside) for _, outside in plan.folds[0])
    is_in_time = asked < len(rows.labels)  # the models of early folds have seen little, and nothing of late

    def fits(one: _Tried) -> tuple[Fit, ...]:
        if not one.member.is_refitted and not is_in_time:
            return one.fits
        fitted, first = FITTERS[one.member.kind](one.member, views, rows, plan.seed), one.fits[0]
        if isinstance(fitted, BoosterFit) and isinstance(first, BoosterFit):
            fitted = fitted.cut(fitted.rounds.index(first.rounds[0]))
        return (fitted,)

    found = _in_parallel(fits, [(one,) for one, _ in chosen], jobs)
    return tuple(WeighedMember(one.member, weight, fit) for (one, weight), fit in zip(chosen, found, strict=True))


def _report(one: _Tried, weight: float) -> MemberReport:
    first = one.fits[0]
    rounds = first.rounds[0] if isinstance(first, BoosterFit) else 0
    return MemberReport(one.member.name, rounds, _expit(one.logits.mean(axis=0)), weight)


def _best_rounds(asked: Floats, rows: Rows) -> int:
    """Return which number of rounds has the least log-loss, of logits `(n_repetitions, n_rows, n_rounds)`."""
    known = np.flatnonzero(~np.isnan(asked[0, :, 0]))
    rows = rows.at(known)
    losses = [
        np.mean([log_loss(found[known, at], rows.labels, rows.weights) for found in asked])
        for at in range(asked.shape[2])
    ]
    return int(np.argmin(losses))


def _in_parallel(
    run: Callable[..., T], work: Sequence[tuple[Any, ...]], jobs: int, on_done: Callable[[], None] | None = None
) -> list[T]:
    """Return what comes of each piece of work, in order; each runs on one thread, so their number changes nothing."""
    import polars as pl  # noqa: F401, PLC0415 - boosters import it on first use: two threads at once would fail
    from joblib import Parallel, delayed  # noqa: PLC0415 - heavy, and only for those who train
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - as above
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - as above

    done = []
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # few epochs keep a network from learning by heart
        for found in Parallel(jobs, prefer="threads", return_as="generator")(delayed(run)(*piece) for piece in work):
            done.append(found)
            if on_done:
                on_done()
    return done


def _expit(logits: Floats) -> Floats:
    return 1 / (1 + np.exp(-logits))
