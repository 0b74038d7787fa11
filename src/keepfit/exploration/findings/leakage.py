"""Columns that know the answer: a model that has them cannot be used before the event."""

from __future__ import annotations

from collections.abc import Iterator

from keepfit.exploration.absences import Absence
from keepfit.exploration.features import FeatureFacts, Rate
from keepfit.exploration.findings.finding import ALPHA, Finding, TableFacts, Topic
from keepfit.exploration.findings.wording import interval, listed, named, told

_LEAKS_ASSOCIATION, _LEAKS_AREA = 0.95, 0.98
_LEAKS_SHARE = 0.1  # of the share that a class has in all rows
_LEAKS_ABSENCE = 0.3  # below, what is filled in or missing is but a small part of a class


def leaks(table: TableFacts) -> Iterator[Finding]:
    """Yield the columns that are declared to be known afterwards, and those that look like it."""
    present = {column.name for column in table.columns}
    for name in (name for name in table.known_after if name in present):
        said = f"{named(name)} is known only after the event: a model that uses it cannot be used before."
        yield Finding(Topic.LEAKAGE, (name,), said, "declared in [data] known_after", 1.0)
    for feature in table.features:
        if feature.name not in table.known_after and _determines(feature):
            area = f"ROC AUC of the column alone {interval(feature.area)}; " if feature.area else ""
            yield Finding(
                Topic.LEAKAGE,
                (feature.name,),
                f"{named(feature.name)} alone nearly determines {named(table.outcome.name)}: is it known before the "
                "event?",
                f"{area}Cramér's V {interval(feature.association)}" + told(feature.extremes or ()),
                max(feature.association.value, _away_from_half(feature)),
            )
    for absence in table.absences:
        clause = _clause(table, absence)
        if clause and not set(absence.columns) <= set(table.known_after):
            are, they = ("is", "it") if len(absence.columns) == 1 else ("are", "they")
            yield Finding(
                Topic.LEAKAGE,
                absence.columns,
                f"{listed(absence.columns)} {are} {clause}: {'are they' if they == 'they' else 'is it'} known before "
                "the event?",
                f"Cramér's V {interval(absence.association)}" + told((absence.known, absence.missing)),
                absence.association.value,
                by_absence=True,
            )


def _determines(feature: FeatureFacts) -> bool:
    is_strong = feature.association.value >= _LEAKS_ASSOCIATION and feature.association.p_value < ALPHA
    return is_strong or _away_from_half(feature) >= _LEAKS_AREA


def _away_from_half(feature: FeatureFacts) -> float:
    return max(feature.area.value, 1 - feature.area.value) if feature.area else 0.0


def _clause(table: TableFacts, absence: Absence) -> str:
    """Say where a column is filled in, or missing, when that is almost only where the target has one class."""
    if absence.association.value < _LEAKS_ABSENCE or absence.association.p_value >= ALPHA:
        return ""
    for verb, part in (("filled in", absence.known), ("missing", absence.missing)):
        for label, is_rare in zip(table.outcome.labels, _rarities(table, part), strict=True):
            if is_rare:
                other = next(one for one in table.outcome.labels if one != label)
                return f"{verb} almost only where {named(table.outcome.name)} is {other}"
    return ""


def _rarities(table: TableFacts, part: Rate) -> tuple[bool, bool]:
    """Tell of each class whether it is much rarer in a part of the rows than in all; chance aside."""
    share = table.positives.rate.value
    return (1 - part.rate.low) < _LEAKS_SHARE * (1 - share), part.rate.high < _LEAKS_SHARE * share
