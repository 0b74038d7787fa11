"""The profile of what a model answers for one target: its scores, and what turned out to be true of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import starmap
from operator import add
from typing import Any

import msgspec
import numpy as np

from keepfit.arrays import Floats, Labels
from keepfit.profiles.column import column_from_dict, require_keys
from keepfit.profiles.number import NumberProfile, number_profile, scaled_counts


@dataclass(frozen=True, slots=True)
class OutputProfile:
    """Scores of one target in bins, and the labels of those whose label is known.

    From the labels by bin follow the rate of the target, and how probable it is at each score.

    Attributes
    ----------
    name
        The target.
    score
        The probabilities that the model gave.
    labelled, positives
        Rows whose label is known, and those of them that are positive, by bin of the score.
    threshold
        Probability from which on the decision is positive: a bin begins there. None where it is not known.
    classes
        What the negative and the positive label are called.
    """

    name: str
    score: NumberProfile
    labelled: tuple[int, ...]
    positives: tuple[int, ...]
    threshold: float | None = None
    classes: tuple[str, str] = ("negative", "positive")

    @property
    def rate(self) -> float:
        """Share of positive labels, NaN where none is known."""
        return sum(self.positives) / sum(self.labelled) if sum(self.labelled) else float("nan")

    def count(self, probability: Floats, labels: Labels | None = None) -> OutputProfile:
        """Return the profile of other scores in the same bins.

        Parameters
        ----------
        probability
            `(n_rows,)`.
        labels
            1, 0, or -1 where none is known, `(n_rows,)`; None where none is.
        """
        labelled, positives = _outcomes(self.score, probability, labels)
        return replace(self, score=self.score.count(probability), labelled=labelled, positives=positives)

    def merged(self, other: OutputProfile) -> OutputProfile:
        """Return the profile of both sets of scores together.

        Raises
        ------
        ValueError
            When the bins are others.
        """
        return replace(
            self,
            score=self.score.merged(other.score),
            labelled=tuple(starmap(add, zip(self.labelled, other.labelled, strict=True))),
            positives=tuple(starmap(add, zip(self.positives, other.positives, strict=True))),
        )

    def scaled(self, factor: float) -> OutputProfile:
        """Return it with every count multiplied."""
        return replace(
            self,
            score=self.score.scaled(factor),
            labelled=scaled_counts(self.labelled, factor),
            positives=scaled_counts(self.positives, factor),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        facts: dict[str, Any] = msgspec.to_builtins(self)
        return {**facts, "score": self.score.to_dict()}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> OutputProfile:
        """Rebuild it from `to_dict`'s form.

        Raises
        ------
        KeyError, TypeError, ValueError, msgspec.ValidationError
            When the facts have another form, or do not fit each other.
        """
        require_keys(facts, cls.__dataclass_fields__)
        output = msgspec.convert(facts, cls)
        score = column_from_dict(facts["score"])
        bins = list(zip(score.levels, output.labelled, output.positives, strict=True))
        if not isinstance(score, NumberProfile) or not all(0 <= hits <= known <= rows for rows, known, hits in bins):
            raise ValueError(f"{output.name}: its labels do not fit its scores")
        return output


def output_profile(
    name: str,
    probability: Floats,
    labels: Labels | None,
    *,
    threshold: float | None = None,
    score_name: str = "probability",
    classes: tuple[str, str] = ("negative", "positive"),
) -> OutputProfile:
    """Profile the reference scores of a target.

    Parameters
    ----------
    name
        The target.
    probability, labels
        As for `OutputProfile.count`, of rows that the model was not fitted on.
    threshold
        Probability from which on the decision is positive: a bin of its own begins there.
    score_name
        What its score is called beside the features.
    classes
        What the negative and the positive label are called.
    """
    below = () if threshold is None else (float(np.nextafter(threshold, -np.inf)),)
    score = number_profile(score_name, probability, extra_edges=below)
    return OutputProfile(name, score, *_outcomes(score, probability, labels), threshold, classes)


def _outcomes(
    score: NumberProfile, probability: Floats, labels: Labels | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return rows with a known label, and with a positive one, by bin."""
    bins = len(score.edges) + 1
    if labels is None:
        return (0,) * bins, (0,) * bins
    found = (labels >= 0) & ~np.isnan(probability)  # a row without a score is in no bin
    at = np.searchsorted(np.array(score.edges), probability[found], side="left")
    labelled = np.bincount(at, minlength=bins)
    positives = np.bincount(at[labels[found] == 1], minlength=bins)
    return tuple(labelled.tolist()), tuple(positives.tolist())
