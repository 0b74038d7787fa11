"""The reasons for a score: which features moved it from that of a typical record, and by how much.

The effects are Shapley values against a reference record (see `keepfit.scoring.coalitions`), computed by the graph that
answers, on rows composed of the record and the reference: no other model, and no random numbers at run time. They add
up to the difference of the two scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.scoring.coalitions import Coalitions, are_alike, coalitions
from keepfit.scoring.scorer import Scorer
from keepfit.scoring.words import word

Numbers = NDArray[np.float64]
_RECORDS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature did to a score.

    Attributes
    ----------
    feature, label
        The column, and what the project calls it.
    value
        The record's value, as it was sent; of what is made of its history, what that says.
    reference
        The typical value, as a request would say it; None where it is missing.
    effect
        By how much it moved the probability of the positive class, from -1 to 1.
    """

    feature: str
    label: str
    value: Any
    reference: Any
    effect: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a record has its score: `score` is `baseline` and the sum of all effects.

    Attributes
    ----------
    baseline
        Probability of the positive class for the typical record.
    score
        That for this one.
    contributions
        Of the features that moved the score, the greatest effect first, whatever its sign.
    """

    baseline: float
    score: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class _Game:
    """A record's row, and in which columns it differs from the reference: the features that join one by one."""

    row: Matrix
    differs: NDArray[np.intp]

    @property
    def coalitions(self) -> Coalitions:
        return coalitions(len(self.differs))


@dataclass(frozen=True, slots=True)
class _Solution:
    """A record's score, and the effects of the features in which it differs."""

    score: float
    effects: Numbers


class Explainer:
    """Gives the reasons for a scorer's scores.

    Safe to use from several threads: it holds no state of a call. A record gets the same reasons, to the last bit,
    alone and in any company.

    Parameters
    ----------
    scorer
        What answers.
    reference
        The record that others are compared with, from the door, `(1, n_features)`: `typical_row` of the bundle's
        profile.
    """

    def __init__(self, scorer: Scorer, reference: Matrix) -> None:
        self._scorer = scorer
        self._columns = scorer.bundle.facts.signature.columns
        self._reference = reference[0]
        self._words = [word(column, code) for column, code in zip(self._columns, self._reference.tolist(), strict=True)]
        self.baseline = float(scorer.probabilities(reference)[0])

    def reasons(self, matrix: Matrix, records: Sequence[Mapping[str, Any]]) -> list[Reasons]:
        """Return the reasons for each row.

        The graph is called once for up to 256 rows, and once more where a feature seems to be idle.

        Parameters
        ----------
        matrix
            Rows from the door, `(n_rows, n_features)`.
        records
            The same as they were sent: what contributions quote.
        """
        same = (matrix == self._reference) | (np.isnan(matrix) & np.isnan(self._reference))
        games = [_Game(row, np.flatnonzero(~is_same)) for row, is_same in zip(matrix, same, strict=True)]
        parts = [games[at : at + _RECORDS_AT_ONCE] for at in range(0, len(games), _RECORDS_AT_ONCE)]
        solved = [one for part in parts for one in self._solved(part)]
        return [self._told(*one) for one in zip(records, games, solved, strict=True)]

    def _solved(self, games: Sequence[_Game]) -> list[_Solution]:
        """Return each game's score and the effects of its features."""
        rows = [self._composed(game, game.coalitions.present[1:]) for game in games]
        scores = [np.concatenate([[self.baseline], scored]) for scored in self._scored(rows)]
        idle = self._idle(games, scores)
        return [
            _Solution(float(scored[-1]), game.coalitions.effects(scored, none))
            for game, scored, none in zip(games, scores, idle, strict=True)
        ]

    def _idle(self, games: Sequence[_Game], scores: Sequence[Numbers]) -> list[list[int]]:
        """Return the features of each game that change no score to speak of, at its ends or in trials between them."""
        idle: list[list[int]] = [[] for _ in games]
        still = [(at, one) for at, game in enumerate(games) for one in game.coalitions.still(scores[at])]
        rows = [self._composed(games[at], games[at].coalitions.tried(one)) for at, one in still]
        for (at, one), scored in zip(still, self._scored(rows), strict=True):
            if are_alike(scored, scores[at][games[at].coalitions.trials]).all():
                idle[at].append(one)
        return idle

    def _composed(self, game: _Game, present: NDArray[np.bool_]) -> Matrix:
        """Return a row for each coalition: the record's values where it has a feature, the reference's elsewhere."""
        rows = np.repeat(self._reference[None], len(present), axis=0)
        rows[:, game.differs] = np.where(present, game.row[game.differs], self._reference[game.differs])
        return rows

    def _scored(self, parts: Sequence[Matrix]) -> list[Numbers]:
        """Return the scores of several matrices, `(n_rows,)` each, by one call of the graph."""
        if not sum(len(part) for part in parts):
            return [np.empty(0) for _ in parts]
        scored = self._scorer.probabilities(np.concatenate(parts))
        return np.split(scored, np.cumsum([len(part) for part in parts])[:-1])

    def _told(self, record: Mapping[str, Any], game: _Game, solved: _Solution) -> Reasons:
        """Return a solution in words, the greatest effect first, equal ones in the order of the columns."""
        told = []
        for at in np.argsort(-np.abs(solved.effects), kind="stable").tolist():
            column, effect = self._columns[place := int(game.differs[at])], float(solved.effects[at])
            if effect:
                value = word(column, float(game.row[place])) if column.is_past else record.get(column.name)
                reference = self._words[place]
                told.append(Contribution(column.name, column.title, value, reference, effect))
        return Reasons(self.baseline, solved.score, tuple(told))
