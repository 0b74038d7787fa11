"""Which combinations of features are scored for the reasons of a score, and what their scores are multiplied with.

A *coalition* is a set of features that have the record's values; the others have those of the reference. The effect of
a feature is its Shapley value: what it changes when it joins, averaged over all orders in which the features can join.
Up to six features all coalitions are scored, and the effects are these averages. Of more features 96 are (two for each
and 66, where those are more), always the same ones, in pairs of a coalition and all the others: nobody and everybody,
each feature alone, and halves that are as little alike as can be.

Of the scores of such a pair only half the difference matters. It does not know of interactions of two features, nor
need it: two features share what they do together equally. So there are weights with which the effects are exact for
all interactions of up to two features. Of these weights, those are taken that have the least squared error over all
interactions of three, each taken to be as likely as any other (and of four, which pairs see as threes).

References
----------
L. S. Shapley (1953), A value for n-person games.
J. Castro, D. Gómez, J. Tejada (2009), Polynomial calculation of the Shapley value based on sampling.
E. Štrumbelj, I. Kononenko (2014), Explaining prediction models and individual predictions with feature contributions.
I. Covert, S. Lee (2021), Improving KernelSHAP: practical Shapley value estimation using linear regression (the pairs).
R. Mitchell, J. Cooper, E. Frank, G. Holmes (2022), Sampling permutations for Shapley value estimation (antithetic).
M. Mayer, M. Wüthrich (2025), Shapley values: paired-sampling approximations (pairs are exact for two features).
A. Goldberger (1962), Best linear unbiased prediction in the generalized linear regression model (the weights).
M. Johnson, L. Moore, D. Ylvisaker (1990), Minimax and maximin distance designs (the halves).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
ROWS = 96
_ALL_UP_TO = ROWS.bit_length() - 1
_LEAST_HALVES = 32
_CANDIDATES = 512
_TRIALS = 16
_ROUNDING = 1e-12
_UNSEEN = 1e-6  # of a score: within it the ways to an answer agree
_LEAN = 1e-6  # against large weights, where many are alike


@dataclass(frozen=True, slots=True)
class Coalitions:
    """Coalitions of some features.

    Attributes
    ----------
    present
        Which features have the record's values, `(n_coalitions, n_features)`. The first coalition is nobody, the last
        everybody, and the k-th from the end is the complement of the k-th.
    weights
        What scores are multiplied with, `(n_features, n_coalitions)`.
    is_complete
        Whether all coalitions are there. If not, those that follow nobody are each feature alone, and then halves.
    """

    present: NDArray[np.bool_]
    weights: Numbers
    is_complete: bool

    def effects(self, scores: Numbers, idle: Sequence[int] = ()) -> Numbers:
        """Return the effects of the features, `(n_features,)`: together what everybody's score has over nobody's.

        Parameters
        ----------
        scores
            Of the coalitions, `(n_coalitions,)`.
        idle
            Features that have no effect: what the weights gave them is shared among the others.
        """
        moving = np.ones(len(self.weights))
        if len(idle) < len(moving):  # or else all of them move it together
            moving[list(idle)] = 0.0
        found: Numbers = (self.weights @ scores) * moving
        found += moving * ((scores[-1] - scores[0] - found.sum()) / max(moving.sum(), 1.0))
        found[np.abs(found) <= _ROUNDING] = 0.0
        return found

    def still(self, scores: Numbers) -> list[int]:
        """Return the features that change no score to speak of by joining nobody, and none by leaving everybody.

        They may be idle, which the weights cannot tell; where all coalitions are there, they can.
        """
        if self.is_complete:
            return []
        ends = slice(1, len(self.weights) + 1)
        are_still = are_alike(scores[ends], scores[0]) & are_alike(scores[::-1][ends], scores[-1])
        return np.flatnonzero(are_still).tolist()

    @property
    def trials(self) -> NDArray[np.intp]:
        """The halves in which a still feature is tried once more."""
        first = np.arange(_TRIALS // 2) + 1 + len(self.weights)
        return np.concatenate([first, len(self.present) - 1 - first])

    def tried(self, feature: int) -> NDArray[np.bool_]:
        """Return the coalitions of the trials with a feature changed: present where it was not, and the reverse."""
        changed: NDArray[np.bool_] = self.present[self.trials]
        changed[:, feature] ^= True
        return changed


def are_alike(scores: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Say which scores are the same to whoever reads them.

    Not to the last bit: a feature that moves a score by float32's rounding would get the error of the weights, which is
    thousands of times as much.
    """
    alike: NDArray[np.bool_] = np.abs(scores - others) <= _UNSEEN
    return alike


@lru_cache(maxsize=128)
def coalitions(features: int) -> Coalitions:
    """Return the coalitions of so many features: all, or those that stand for them."""
    found = _all_of(features) if features <= _ALL_UP_TO else _some_of(features)
    found.present.setflags(write=False)  # shared by all who ask
    found.weights.setflags(write=False)
    return found


def _all_of(features: int) -> Coalitions:
    """Return all coalitions, with the weights of Shapley's formula."""
    numbers = np.arange(2**features)
    present = (numbers[:, None] >> np.arange(features) & 1).astype(bool)
    sizes = present.sum(axis=1)
    joins = np.array([1 / (features * comb(features - 1, size)) for size in range(features)] + [0.0])
    weights = np.where(present.T, joins[sizes - 1], -joins[sizes])
    return Coalitions(present, weights, is_complete=True)


def _some_of(features: int) -> Coalitions:
    """Return pairs of coalitions; a sign is -1 where the first of the pair has the feature."""
    halves = _halves(features, max(ROWS // 2 - 1 - features, _LEAST_HALVES))
    signs = np.vstack([np.ones((1, features)), 1 - 2 * np.eye(features), halves])
    half = _pair_weights(signs).T / 2
    return Coalitions(np.vstack([signs < 0, signs[::-1] > 0]), np.hstack([-half, half[:, ::-1]]), is_complete=False)


def _halves(features: int, count: int) -> Numbers:
    """Return the signs of coalitions of half of the features, each in turn the one least like those before."""
    order = np.random.default_rng(0).random((_CANDIDATES, features)).argsort(axis=1)
    signs = np.where(order < features // 2, -1.0, 1.0)
    candidates = np.unique(signs * signs[:, :1], axis=0)
    likeness = np.zeros(len(candidates))
    chosen: list[int] = []
    for _ in range(min(count, len(candidates))):
        chosen.append(int(likeness.argmin()))
        likeness += ((candidates @ candidates[chosen[-1]]) ** 2) ** 2
        likeness[chosen[-1]] = np.inf
    return candidates[chosen]


def _pair_weights(signs: Numbers) -> Numbers:
    """Return the weights of half the differences of pairs, `(n_pairs, n_features)`.

    The products of three signs of a row are the values there of all interactions of three. `alike` and `wanted` are
    sums over them, by their elementary symmetric polynomials: of two pairs, and of a pair with an effect, of which each
    of the three has two thirds. The constraint is exactness for single features.
    """
    pairs, features = signs.shape
    common = signs @ signs.T
    alike = common * (common**2 - 3 * features + 2) / 6
    alike[np.arange(1, pairs), np.arange(1, pairs)] += _LEAN * alike[0, 0]  # not of everybody: sums are to be exact
    others = signs.sum(axis=1, keepdims=True) - signs
    wanted = signs * (others**2 - (features - 1)) / 3
    system = np.block([[alike, signs], [signs.T, np.zeros((features, features))]])
    solved: Numbers = np.linalg.solve(system, np.vstack([wanted, 2 * np.eye(features)]))
    return solved[:pairs]
