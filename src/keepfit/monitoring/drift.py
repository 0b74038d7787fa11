"""Drift: what has changed between a reference profile and a window's, with error control over all of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from keepfit.chance import holm
from keepfit.monitoring.column_drift import ColumnDrift, ColumnTests, Subject, column_tests, judge_column
from keepfit.profiles import CategoryProfile, OutputProfile, Profile
from keepfit.project.monitoring_section import MonitoringSection

LEAST_REFERENCE = 50


@dataclass(frozen=True, slots=True)
class Drift:
    """What is known of a window's change.

    Attributes
    ----------
    rows_reference, rows_window
        Sizes.
    columns
        The features, in the signature's order.
    scores, labels
        The probabilities that the model gave, and what turned out to be true, by output; labels only where both sides
        have any.
    share_of_drifted_columns
        Among the features.
    importances
        How much the model rests on each feature, as shares of 1; empty where it is not known.
    is_drifted
        Whether that share reaches the project's threshold.
    is_sufficient
        Whether both are large enough to say anything.
    """

    rows_reference: int
    rows_window: int
    columns: tuple[ColumnDrift, ...]
    scores: tuple[ColumnDrift, ...]
    labels: tuple[ColumnDrift, ...]
    share_of_drifted_columns: float
    importances: Mapping[str, float]
    is_drifted: bool
    is_sufficient: bool

    @property
    def drifted_importance(self) -> float | None:
        """How much the model rests on the features that have drifted, from 0 to 1; None where it is not known."""
        return sum(self.importances.get(one.name, 0.0) for one in self.drifted) if self.importances else None

    @property
    def drifted(self) -> tuple[ColumnDrift, ...]:
        """The features that have drifted, the largest effect first."""
        found = [column for column in self.columns if column.is_drifted]
        return tuple(sorted(found, key=lambda column: -_sortable(column.effect.size)))

    @property
    def drifted_outputs(self) -> tuple[ColumnDrift, ...]:
        """The scores and label rates that have drifted."""
        return tuple(one for one in (*self.scores, *self.labels) if one.is_drifted)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return {
            "rows_reference": self.rows_reference,
            "rows_window": self.rows_window,
            "share_of_drifted_columns": self.share_of_drifted_columns,
            "drifted_importance": self.drifted_importance,
            "importances": dict(self.importances),
            "is_drifted": self.is_drifted,
            "is_sufficient": self.is_sufficient,
            "columns": [column.to_dict() for column in self.columns],
            "scores": [column.to_dict() for column in self.scores],
            "labels": [column.to_dict() for column in self.labels],
        }


def compare_profiles(
    reference: Profile,
    window: Profile,
    section: MonitoringSection,
    *,
    importances: Mapping[str, float] = MappingProxyType({}),
    drifted_before: Collection[tuple[Subject, str]] = (),
) -> Drift:
    """Compare a window with the reference.

    Parameters
    ----------
    reference, window
        Profiles in the same bins.
    section
        Smallest window, significance, smallest effects, share of drifted columns.
    importances
        What the model loses without each feature, as a bundle says; empty where it is not known.
    drifted_before
        What the check before this one called drifted: it stays so until it is well below its floor.
    """
    tests = [*_feature_tests(reference, window), *_score_tests(reference, window), *_label_tests(reference, window)]
    adjusted = iter(holm([p for one in tests for p in one.p_values.values()]))
    found = [
        judge_column(
            one,
            [next(adjusted) for _ in one.p_values],
            section,
            is_sufficient=one.window.rows >= section.min_window and one.reference.rows >= LEAST_REFERENCE,
            release=section.stability.release if (one.subject, one.reference.name) in drifted_before else 1.0,
        )
        for one in tests
    ]
    columns = tuple(one for one in found if one.subject == "feature")
    share = sum(column.is_drifted for column in columns) / max(len(columns), 1)
    is_sufficient = window.rows >= section.min_window and reference.rows >= LEAST_REFERENCE
    return Drift(
        reference.rows,
        window.rows,
        columns,
        tuple(one for one in found if one.subject == "score"),
        tuple(one for one in found if one.subject == "label"),
        share,
        _shares({name: loss for name, loss in importances.items() if name in {one.name for one in columns}}),
        is_sufficient and share >= section.share_of_drifted_columns,
        is_sufficient,
    )


def _feature_tests(reference: Profile, window: Profile) -> list[ColumnTests]:
    return [column_tests(old, new) for old, new in zip(reference.columns, window.columns, strict=True)]


def _score_tests(reference: Profile, window: Profile) -> list[ColumnTests]:
    pairs = zip(reference.outputs, window.outputs, strict=True)
    return [column_tests(old.score, new.score, "score") for old, new in pairs]


def _label_tests(reference: Profile, window: Profile) -> list[ColumnTests]:
    """Test the rates of labels, where there are some on both sides."""
    pairs = [(_labels(old), _labels(new)) for old, new in zip(reference.outputs, window.outputs, strict=True)]
    return [column_tests(old, new, "label") for old, new in pairs if old.rows and new.rows]


def _labels(output: OutputProfile) -> CategoryProfile:
    """Return the labels of an output as a category of two."""
    positive = sum(output.positives)
    counts = sum(output.labelled) - positive, positive
    return CategoryProfile(output.name, output.classes, counts, 0, 0, vocabulary=2)


def _shares(losses: Mapping[str, float]) -> dict[str, float]:
    """Return losses as shares of 1; what costs nothing, or less, has none."""
    gains = {name: max(loss, 0.0) for name, loss in losses.items()}
    whole = sum(gains.values())
    return {name: gain / whole for name, gain in gains.items()} if whole else {}


def _sortable(effect: float) -> float:
    return 0.0 if math.isnan(effect) else effect
