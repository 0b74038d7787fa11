"""Drift of one column: what its tests say, and whether that is called drift.

A column has drifted when its change is both significant, after correction over all columns and tests, and large
enough to matter: its effect, less what chance alone would show, reaches the declared floor. A changed rate of missing
values and categories never seen before are tests of their own, with floors of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from keepfit.monitoring.effects import Effect, distances, effect_of
from keepfit.monitoring.significance import distribution_p, missing_p, unseen_chance, unseen_p
from keepfit.monitoring.summaries import missing_share, summary
from keepfit.profiles import CategoryProfile, ColumnProfile, NumberProfile
from keepfit.project.monitoring_section import MonitoringSection

Subject = Literal["feature", "score", "label"]


class Rate(NamedTuple):
    """A share of rows, then and now.

    Attributes
    ----------
    reference, window
        The shares.
    p_value
        Of their difference, adjusted.
    is_changed
        Whether they differ significantly, and by as much as is declared to matter.
    """

    reference: float
    window: float
    p_value: float
    is_changed: bool


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """What is known of one column's change.

    Attributes
    ----------
    name
        The column, or the output that a score or a label is of.
    subject
        What it is: a feature, the score that the model gives, or the label that turned out to be true.
    rows
        Values that were compared, of the reference and of the window.
    effect
        How far it has moved.
    floor
        How far it must, to be called drifted.
    distances
        By every measure, as they are found.
    p_value, adjusted_p_value
        Of the change of distribution (Kolmogorov-Smirnov or chi-square), before and after Holm's correction.
    missing, unseen
        Rows without a value; values outside of the vocabulary, None where there is none.
    is_sufficient
        Whether there are rows enough to say anything of it.
    is_drifted
        Whether the column has drifted.
    reasons
        What has changed, in words and numbers; empty when nothing has.
    """

    name: str
    subject: Subject
    rows: tuple[int, int]
    effect: Effect
    floor: float
    distances: Mapping[str, float]
    p_value: float
    adjusted_p_value: float
    missing: Rate
    unseen: Rate | None
    is_sufficient: bool
    is_drifted: bool
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        rates = {name: rate and rate._asdict() for name, rate in (("missing", self.missing), ("unseen", self.unseen))}
        return {**asdict(self), **rates}


@dataclass(frozen=True, slots=True)
class ColumnTests:
    """The uncorrected findings of one column.

    Attributes
    ----------
    reference, window
        The profiles that were compared.
    subject
        What the column is.
    p_values
        Of the tests that its kind has: change of distribution, of the missing rate, of unseen values.
    """

    reference: ColumnProfile
    window: ColumnProfile
    subject: Subject
    p_values: Mapping[str, float]


def column_tests(reference: ColumnProfile, window: ColumnProfile, subject: Subject = "feature") -> ColumnTests:
    """Test a column; a category has a test of unseen values, a feature one of missing values."""
    p_values = {"distribution": distribution_p(reference, window)}
    if subject == "feature":
        p_values["missing"] = missing_p(reference, window)
        if isinstance(reference, CategoryProfile) and isinstance(window, CategoryProfile):
            p_values["unseen"] = unseen_p(reference, window)
    return ColumnTests(reference, window, subject, p_values)


def judge_column(
    tests: ColumnTests,
    adjusted: Sequence[float],
    section: MonitoringSection,
    *,
    is_sufficient: bool,
    release: float = 1.0,
) -> ColumnDrift:
    """Say whether a column has drifted.

    Parameters
    ----------
    tests
        What was found.
    adjusted
        Its p-values after correction, in their order.
    section
        Significance and floors.
    is_sufficient
        Whether there are rows enough to say anything.
    release
        Share of the floors that suffices, below 1 for a column that had drifted before.
    """
    old, new, floor = tests.reference, tests.window, section.floor(tests.reference.name)
    p_values = dict(zip(tests.p_values, adjusted, strict=True))
    is_number = isinstance(old, NumberProfile)
    apart = distances(old, new)
    effect = effect_of(section.number_measure if is_number else section.category_measure, old, new, apart)
    level = section.significance
    missing = _missing(old, new, p_values.get("missing", 1.0), section, release)
    unseen = _unseen(old, new, p_values.get("unseen", 1.0), section, release) if "unseen" in p_values else None
    reasons = []
    if p_values["distribution"] < level and effect.size >= floor * release:
        reasons.append(f"{summary(old, new).told(old, new)}, effect {effect.size:.2f}")
    if missing.is_changed:
        reasons.append(missing_share().told(old, new))
    if unseen is not None and unseen.is_changed:
        reasons.append(f"{unseen.window:.1%} outside of the vocabulary")
    return ColumnDrift(
        name=old.name,
        subject=tests.subject,
        rows=(old.known, new.known),
        effect=effect,
        floor=floor,
        distances=apart,
        p_value=tests.p_values["distribution"],
        adjusted_p_value=p_values["distribution"],
        missing=missing,
        unseen=unseen,
        is_sufficient=is_sufficient,
        is_drifted=is_sufficient and bool(reasons),
        reasons=tuple(reasons) if is_sufficient else (),
    )


def _missing(
    old: ColumnProfile, new: ColumnProfile, p_value: float, section: MonitoringSection, release: float
) -> Rate:
    before, now = _share(old.missing, old.rows), _share(new.missing, new.rows)
    is_changed = p_value < section.significance and abs(now - before) >= section.min_missing_change * release
    return Rate(before, now, p_value, is_changed)


def _unseen(old: ColumnProfile, new: ColumnProfile, p_value: float, section: MonitoringSection, release: float) -> Rate:
    assert isinstance(old, CategoryProfile)  # noqa: S101 - a number has no vocabulary
    assert isinstance(new, CategoryProfile)  # noqa: S101 - profiles in the same bins are of one kind
    before, now = _share(old.unseen, old.known), _share(new.unseen, new.known)
    is_more = now - unseen_chance(old) >= section.min_unseen * release
    return Rate(before, now, p_value, p_value < section.significance and is_more)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
