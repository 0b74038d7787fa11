"""Drift: what has changed between a reference profile and a window's, column by column, with error control.

A column has drifted when its change is both significant, after correction over all columns and tests, and large
enough to matter: its effect, less what chance alone would show, reaches the declared floor. A changed rate of missing
values and categories never seen before are tests of their own.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from keepfit.chance import holm
from keepfit.date_text import date_text
from keepfit.monitoring.distances import (
    expected_divergence,
    expected_wasserstein,
    jensen_shannon,
    kolmogorov_smirnov,
    population_stability,
    wasserstein,
)
from keepfit.monitoring.significance import chi_square_p, kolmogorov_smirnov_p, missing_p, unseen_p
from keepfit.profiles import CategoryProfile, ColumnProfile, NumberProfile, Profile, level_counts
from keepfit.project.declaration import MonitoringSection

_LEAST_MISSING_CHANGE = 0.02
_LARGE = 1000.0


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """What is known of one column's change.

    Attributes
    ----------
    name
        The column, or `probability` for the scores.
    effect_name
        `normed_wasserstein` (in reference standard deviations) or `jensen_shannon` (distance, nats).
    raw_effect, effect
        The distance, and what is left of it less the part that chance makes; NaN where a side has no values.
    psi
        Population stability index over the same bins or levels.
    p_value, adjusted_p_value
        Of the change of distribution (Kolmogorov-Smirnov or chi-square), before and after Holm's correction.
    missing_reference, missing_window
        Shares of rows without a value.
    missing_p_value
        Of their difference, adjusted.
    unseen_window
        Share of the window's values outside of the vocabulary.
    unseen_p_value
        Of that share, adjusted.
    is_drifted
        Whether the column has drifted.
    reasons
        What has changed, in words and numbers; empty when nothing has.
    """

    name: str
    effect_name: str
    raw_effect: float
    effect: float
    psi: float
    p_value: float
    adjusted_p_value: float
    missing_reference: float
    missing_window: float
    missing_p_value: float
    unseen_window: float
    unseen_p_value: float
    is_drifted: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """What is known of a window's change.

    Attributes
    ----------
    rows_reference, rows_window
        Sizes.
    columns
        The features, in the signature's order.
    score
        The probabilities that the model gave.
    share_of_drifted_columns
        Among the features.
    is_drifted
        Whether that share reaches the project's threshold.
    is_sufficient
        Whether the window is large enough to say anything.
    """

    rows_reference: int
    rows_window: int
    columns: tuple[ColumnDrift, ...]
    score: ColumnDrift
    share_of_drifted_columns: float
    is_drifted: bool
    is_sufficient: bool

    @property
    def drifted(self) -> tuple[ColumnDrift, ...]:
        """The features that have drifted, the largest effect first."""
        found = [column for column in self.columns if column.is_drifted]
        return tuple(sorted(found, key=lambda column: -_sortable(column.effect)))

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Tests:
    """The uncorrected findings of one column."""

    effect_name: str
    raw_effect: float
    effect: float
    psi: float
    p_value: float
    missing_p: float
    unseen_p: float


def compare_profiles(reference: Profile, window: Profile, section: MonitoringSection) -> Drift:
    """Compare a window with the reference.

    Parameters
    ----------
    reference, window
        Profiles in the same bins.
    section
        Smallest window, significance, smallest effect, share of drifted columns.
    """
    pairs = [*zip(reference.columns, window.columns, strict=True), (reference.score, window.score)]
    found = [_tests(old, new) for old, new in pairs]
    p_values = [p for tests in found for p in (tests.p_value, tests.missing_p, tests.unseen_p)]
    adjusted = holm(p_values)
    is_sufficient = window.rows >= section.min_window
    drifts = [
        _column(old, new, tests, tuple(adjusted[3 * at : 3 * at + 3]), section, is_sufficient=is_sufficient)
        for at, ((old, new), tests) in enumerate(zip(pairs, found, strict=True))
    ]
    columns, score = tuple(drifts[:-1]), drifts[-1]
    share = sum(column.is_drifted for column in columns) / len(columns)
    return Drift(
        reference.rows,
        window.rows,
        columns,
        score,
        share,
        is_sufficient and share >= section.share_of_drifted_columns,
        is_sufficient,
    )


def _tests(old: ColumnProfile, new: ColumnProfile) -> _Tests:
    missing = missing_p(old.missing, old.missing + old.known, new.missing, new.missing + new.known)
    name = "normed_wasserstein" if isinstance(old, NumberProfile) else "jensen_shannon"
    if not old.known or not new.known:
        return _Tests(name, math.nan, math.nan, math.nan, 1.0, missing, 1.0)
    counts = level_counts(old), level_counts(new)
    psi = population_stability(*counts)
    if isinstance(old, NumberProfile) and isinstance(new, NumberProfile):
        raw, effect = _number_effect(old, new)
        return _Tests(
            name, raw, effect, psi, kolmogorov_smirnov_p(kolmogorov_smirnov(old, new), old, new), missing, 1.0
        )
    assert isinstance(old, CategoryProfile)  # noqa: S101 - profiles in the same bins are of one kind
    assert isinstance(new, CategoryProfile)  # noqa: S101 - as above
    raw = jensen_shannon(*counts)
    effect = math.sqrt(max(raw**2 - expected_divergence(*counts), 0.0))
    return _Tests(name, raw, effect, psi, chi_square_p(*counts), missing, unseen_p(old, new))


def _number_effect(old: NumberProfile, new: NumberProfile) -> tuple[float, float]:
    """Return the normed distance, and what is left of it less chance; a constant is normed by the window."""
    unit = old.deviation or new.deviation
    if not unit:
        return 0.0, 0.0
    raw = wasserstein(old, new) / unit
    return raw, max(raw - expected_wasserstein(old, new) / unit, 0.0)


def _column(
    old: ColumnProfile,
    new: ColumnProfile,
    tests: _Tests,
    adjusted: tuple[float, ...],
    section: MonitoringSection,
    *,
    is_sufficient: bool,
) -> ColumnDrift:
    p_value, missing, unseen = adjusted
    level = section.significance
    rates = _share(old.missing, old.missing + old.known), _share(new.missing, new.missing + new.known)
    reasons = []
    if p_value < level and tests.effect >= section.min_effect:
        reasons.append(_change(old, new))
    if missing < level and abs(rates[1] - rates[0]) >= _LEAST_MISSING_CHANGE:
        reasons.append(f"missing {rates[0]:.1%} → {rates[1]:.1%}")
    unseen_share = _share(new.unseen, new.known) if isinstance(new, CategoryProfile) else 0.0
    if unseen < level:
        reasons.append(f"{unseen_share:.1%} outside of the vocabulary")
    return ColumnDrift(
        name=old.name,
        effect_name=tests.effect_name,
        raw_effect=tests.raw_effect,
        effect=tests.effect,
        psi=tests.psi,
        p_value=tests.p_value,
        adjusted_p_value=p_value,
        missing_reference=rates[0],
        missing_window=rates[1],
        missing_p_value=missing,
        unseen_window=unseen_share,
        unseen_p_value=unseen,
        is_drifted=is_sufficient and bool(reasons),
        reasons=tuple(reasons) if is_sufficient else (),
    )


def _change(old: ColumnProfile, new: ColumnProfile) -> str:
    """Say what has changed most: the mean, the spread, or the share of a category."""
    if isinstance(old, NumberProfile) and isinstance(new, NumberProfile):
        if abs(new.mean - old.mean) >= abs(new.deviation - old.deviation):
            shown = date_text if old.is_date else _shown
            return f"mean {shown(old.mean)} → {shown(new.mean)}"
        return f"spread {_shown(old.deviation)} → {_shown(new.deviation)}" + (" days" if old.is_date else "")
    assert isinstance(old, CategoryProfile)  # noqa: S101 - as above
    shares = [level_counts(profile) / profile.known for profile in (old, new)]
    most = int(np.abs(shares[1] - shares[0]).argmax())
    label = (*old.labels, "unseen values")[most]
    return f"share of {label} {shares[0][most]:.1%} → {shares[1][most]:.1%}"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.4g}"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _sortable(effect: float) -> float:
    return 0.0 if math.isnan(effect) else effect
