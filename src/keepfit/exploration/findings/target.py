"""What the columns say of the target, and how balanced it is."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from keepfit.exploration.absences import Absence
from keepfit.exploration.associations import Tested
from keepfit.exploration.features import FeatureFacts
from keepfit.exploration.findings.finding import ALPHA, Finding, TableFacts, Topic
from keepfit.exploration.findings.wording import interval, listed, named, number, spread, told

_BALANCED = (0.4, 0.6)
_LEAST_ASSOCIATION = 0.05
_LEAST_AREA = 0.01  # away from a half


def about_target(table: TableFacts) -> Finding:
    """Return how often the target is positive."""
    share, outcome = table.positives.rate, table.outcome
    low, high = _BALANCED
    are = "are balanced" if low <= share.value <= high else "are not balanced"
    return Finding(
        Topic.TARGET,
        (outcome.name,),
        f"{named(outcome.name)} is {outcome.positive} in {share.value:.1%} of the rows: the classes {are}.",
        f"{spread(share)} of {table.positives.rows:,} rows",
        1.0,
    )


def about_columns(table: TableFacts, suspected: AbstractSet[str]) -> Iterator[Finding]:
    """Yield what each column says of the target, but for those that were told as leaks already."""
    for feature in (feature for feature in table.features if feature.name not in suspected):
        if feature.area and _is_clear(feature.area):
            yield _by_size(table, feature, feature.area)
        else:
            yield _by_level(table, feature)
    for absence in table.absences:
        most, least = sorted((absence.missing, absence.known), key=lambda rate: -rate.rate.value)
        if suspected.isdisjoint(absence.columns) and absence.association.p_value < ALPHA and table.differ(most, least):
            yield _by_absence(table, absence)


def _is_clear(area: Tested) -> bool:
    """Whether a number is greater in one class, by enough to matter."""
    return area.p_value < ALPHA and (area.low > 0.5 + _LEAST_AREA or area.high < 0.5 - _LEAST_AREA)


def _by_size(table: TableFacts, feature: FeatureFacts, area: Tested) -> Finding:
    name, target, positive = named(feature.name), named(table.outcome.name), table.outcome.positive
    said = f"{name} is {'higher' if area.value > 0.5 else 'lower'} where {target} is {positive}"  # noqa: PLR2004 - no preference
    if feature.medians and feature.medians[0] != feature.medians[1]:
        said += f": median {number(feature.medians[1])} against {number(feature.medians[0])}"
    extremes = feature.extremes if feature.extremes and table.differ(*feature.extremes) else ()
    if extremes:
        said += f"; {target} is most often {positive} where {name} is {extremes[0].label}"
    return Finding(
        Topic.FEATURE,
        (feature.name,),
        f"{said}.",
        f"ROC AUC of the column alone {interval(area)}" + told(extremes),
        max(2 * abs(area.value - 0.5), feature.association.value),
    )


def _by_level(table: TableFacts, feature: FeatureFacts) -> Finding:
    name, target, positive = named(feature.name), named(table.outcome.name), table.outcome.positive
    is_chance = feature.association.p_value >= ALPHA
    evidence = f"Cramér's V {interval(feature.association)}" + told(feature.extremes or ())
    strength = feature.association.value
    if not is_chance and feature.extremes and table.differ(*feature.extremes):
        most, least = feature.extremes
        said = (
            f"{target} is most often {positive} where {name} is {most.label} ({most.rate.value:.1%}), and least often "
            f"where it is {least.label} ({least.rate.value:.1%})."
        )
    elif not is_chance and feature.association.low > _LEAST_ASSOCIATION:
        said = f"{target} differs by {name}."
    else:
        said, strength = f"{name} says little of {target} by itself.", strength / 10
    return Finding(Topic.FEATURE, (feature.name,), said, evidence, strength)


def _by_absence(table: TableFacts, absence: Absence) -> Finding:
    missing, known = absence.missing, absence.known
    more = "more" if missing.rate.value > known.rate.value else "less"
    are, they = ("is", "it is") if len(absence.columns) == 1 else ("are", "they are")
    return Finding(
        Topic.FEATURE,
        absence.columns,
        f"{named(table.outcome.name)} is {more} often {table.outcome.positive} where {listed(absence.columns)} {are} "
        f"missing ({missing.rate.value:.1%}) than where {they} filled in ({known.rate.value:.1%}).",
        f"Cramér's V {interval(absence.association)}" + told((missing, known)),
        absence.association.value,
        by_absence=True,
    )
