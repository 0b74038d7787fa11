"""Findings: what a person would write beside the figures, in sentences, ranked, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from keepfit.datasets.columns import ColumnFacts, ColumnKind
from keepfit.evaluation import Estimate
from keepfit.exploration.features import FeatureFacts, Rate
from keepfit.exploration.pairs import NumberByCategory, NumberByNumber
from keepfit.signature import Outcome

_LEAKS_ASSOCIATION, _LEAKS_AREA = 0.95, 0.98
_LEAST_CORRELATION = 0.3
_LEAST_EXPLAINED = 0.005
_BESIDE_THE_TARGET = 0.6  # what is not about the target weighs less
_LEAST_ASSOCIATION = 0.05
_LEAST_LEVEL_ROWS = 20
_BALANCED = (0.4, 0.6)


class Topic(StrEnum):
    """What a finding is about."""

    TARGET = "target"
    QUALITY = "quality of the data"
    LEAKAGE = "leakage"
    FEATURE = "column and target"
    NUMBERS = "two numbers"
    GROUPS = "number by category"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth saying.

    Attributes
    ----------
    topic
        What it is about.
    columns
        The columns that it names; a figure is drawn of them.
    sentence
        The finding.
    evidence
        The numbers that it rests on.
    strength
        From 0 to 1; findings are ranked by it within their topic.
    """

    topic: Topic
    columns: tuple[str, ...]
    sentence: str
    evidence: str
    strength: float


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What findings need of the table as a whole; see `Exploration`."""

    rows: int
    duplicates: int | None
    columns: tuple[ColumnFacts, ...]
    outcome: Outcome
    positives: Rate
    known_after: tuple[str, ...]


def find(
    table: TableFacts,
    features: Sequence[FeatureFacts],
    pairs: Sequence[NumberByNumber],
    groups: Sequence[NumberByCategory],
) -> tuple[Finding, ...]:
    """Return the findings: leakage first, then what the columns say by strength, and the data's quality last."""
    told = [*_features(table.outcome, features), *_numbers(pairs), *_groups(groups)]
    told.sort(key=lambda finding: -finding.strength)
    return (*_leakage(table, features), _target(table), *told, *_quality(table))


def _target(table: TableFacts) -> Finding:
    share, outcome = table.positives.rate, table.outcome
    low, high = _BALANCED
    said = "the classes are balanced" if low <= share.value <= high else "the classes are not balanced"
    return Finding(
        Topic.TARGET,
        (outcome.name,),
        f"{outcome.name} is {outcome.positive} in {share.value:.1%} of the rows: {said}.",
        f"{_range(share, '.1%')} of {table.positives.rows} rows",
        1.0,
    )


def _leakage(table: TableFacts, features: Sequence[FeatureFacts]) -> Iterator[Finding]:
    for name in table.known_after:
        yield Finding(
            Topic.LEAKAGE,
            (name,),
            f"{name} is known only after the event: a model that uses it cannot be used before.",
            "declared in [data] known_after",
            1.0,
        )
    for feature in features:
        area = _away_from_half(feature.area)
        if feature.association.value >= _LEAKS_ASSOCIATION or area >= _LEAKS_AREA:
            yield Finding(
                Topic.LEAKAGE,
                (feature.name,),
                f"{feature.name} alone nearly determines {table.outcome.name}: is it known before the event?",
                f"Cramér's V {_interval(feature.association)}",
                feature.association.value,
            )


def _quality(table: TableFacts) -> Iterator[Finding]:
    if table.duplicates:
        rows = "row repeats" if table.duplicates == 1 else "rows repeat"
        share = table.duplicates / table.rows
        said = f"{table.duplicates} {rows} an earlier one in every column, and may be held out where that one trains."
        yield _about_quality((), said, f'{share:.1%}; [data] duplicates = "drop" leaves them out', share)
    for column in sorted(table.columns, key=lambda column: -column.missing):
        if column.missing:
            said = f"{column.name} is missing in {column.missing_share:.1%} of the rows."
            evidence = f"{column.missing} of {column.rows} rows"
            yield _about_quality((column.name,), said, evidence, column.missing_share)
        if column.sentinels:
            counts = dict(column.top)
            said = f"{', '.join(column.sentinels)} in {column.name} may stand for a missing value."
            evidence = ", ".join(f"{word}: {counts[word]} rows" for word in column.sentinels if word in counts)
            yield _about_quality((column.name,), said, evidence or "a rare value", 0.0)
        for oddity in column.oddities:
            yield _about_quality((column.name,), f"{column.name}: {oddity}.", f"of {column.rows} rows", 0.0)
        if column.is_constant:
            said = f"{column.name} has one value only, and tells nothing."
            yield _about_quality((column.name,), said, column.top[0][0], 0.0)
        if column.kind in (ColumnKind.ID, ColumnKind.TEXT):
            word = "identifies rows" if column.kind is ColumnKind.ID else "is free text"
            said = f"{column.name} {word}: leave it out, or name it as the entity."
            yield _about_quality((column.name,), said, f"{column.distinct} different values", 0.0)


def _about_quality(columns: tuple[str, ...], sentence: str, evidence: str, strength: float) -> Finding:
    return Finding(Topic.QUALITY, columns, sentence, evidence, strength)


def _features(outcome: Outcome, features: Sequence[FeatureFacts]) -> Iterator[Finding]:
    for feature in features:
        if feature.area is not None and feature.medians is not None and not _holds_half(feature.area):
            yield _number_finding(outcome, feature, feature.area, feature.medians)
        elif feature.association.low > _LEAST_ASSOCIATION:
            yield _level_finding(outcome, feature)
        else:
            yield Finding(
                Topic.FEATURE,
                (feature.name,),
                f"{feature.name} says little of {outcome.name} by itself.",
                f"Cramér's V {_interval(feature.association)}" + _told(_extremes(feature.rates)),
                feature.association.value / 10,
            )


def _number_finding(outcome: Outcome, feature: FeatureFacts, area: Estimate, medians: tuple[float, float]) -> Finding:
    direction = "higher" if area.value > 0.5 else "lower"  # noqa: PLR2004 - no preference
    said = f"{feature.name} is {direction} where {outcome.name} is {outcome.positive}"
    extremes = _extremes(feature.rates)
    middle = f": median {medians[1]:.4g} against {medians[0]:.4g}" if medians[0] != medians[1] else ""
    more = f"; it is most often {outcome.positive} for {extremes[0].label}" if extremes else ""
    return Finding(
        Topic.FEATURE,
        (feature.name,),
        f"{said}{middle}{more}.",
        f"ROC AUC of the column alone {_interval(area)}" + _told(extremes),
        max(2 * abs(area.value - 0.5), feature.association.value),
    )


def _level_finding(outcome: Outcome, feature: FeatureFacts) -> Finding:
    most, least = _extremes(feature.rates) or (feature.rates[0], feature.rates[-1])
    return Finding(
        Topic.FEATURE,
        (feature.name,),
        f"{outcome.name} is most often {outcome.positive} where {feature.name} is {most.label} "
        f"({most.rate.value:.1%}), and least often where it is {least.label} ({least.rate.value:.1%}).",
        f"Cramér's V {_interval(feature.association)}" + _told((most, least)),
        feature.association.value,
    )


def _numbers(pairs: Sequence[NumberByNumber]) -> Iterator[Finding]:
    for pair in pairs:
        if abs(pair.correlation.value) >= _LEAST_CORRELATION:
            verb = "rises" if pair.correlation.value > 0 else "falls"
            yield Finding(
                Topic.NUMBERS,
                (pair.first, pair.second),
                f"{pair.second} {verb} with {pair.first}.",
                f"rank correlation {_interval(pair.correlation)}",
                abs(pair.correlation.value) * _BESIDE_THE_TARGET,
            )


def _groups(groups: Sequence[NumberByCategory]) -> Iterator[Finding]:
    for group in groups:
        if group.share_explained >= _LEAST_EXPLAINED and len(group.spreads) > 1:
            by_median = group.spreads[0].median != group.spreads[-1].median
            measure = "median" if by_median else "mean"
            ordered = sorted(group.spreads, key=lambda spread: -getattr(spread, measure))
            most, least = ((spread.label, getattr(spread, measure)) for spread in (ordered[0], ordered[-1]))
            yield Finding(
                Topic.GROUPS,
                (group.number, group.category),
                f"{group.number} is highest where {group.category} is {most[0]} ({measure} {most[1]:,.4g}), and lowest "
                f"where it is {least[0]} ({measure} {least[1]:,.4g}).",
                f"the category explains {group.share_explained:.1%} of the variance of the ranks",
                group.share_explained**0.5 * _BESIDE_THE_TARGET,
            )


def _extremes(rates: Sequence[Rate]) -> tuple[Rate, Rate] | None:
    """Return the levels where the target is most and least often positive, among those of enough rows."""
    known = [rate for rate in rates if rate.rows >= _LEAST_LEVEL_ROWS]
    if len(known) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    return max(known, key=lambda rate: rate.rate.value), min(known, key=lambda rate: rate.rate.value)


def _told(rates: tuple[Rate, Rate] | None) -> str:
    return "".join(f"; {rate.label}: {_range(rate.rate, '.1%')} of {rate.rows} rows" for rate in rates or ())


def _away_from_half(area: Estimate | None) -> float:
    return 0.0 if area is None else max(area.value, 1 - area.value)


def _holds_half(area: Estimate) -> bool:
    return area.low <= 0.5 <= area.high  # noqa: PLR2004 - no preference


def _interval(score: Estimate) -> str:
    return f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]"


def _range(score: Estimate, form: str) -> str:
    return f"{score.value:{form}} [{score.low:{form}}, {score.high:{form}}]"
