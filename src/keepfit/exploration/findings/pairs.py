"""What columns say of each other."""

from __future__ import annotations

from collections.abc import Iterator

from keepfit.exploration.findings.finding import ALPHA, Finding, TableFacts, Topic
from keepfit.exploration.findings.wording import interval, named, number
from keepfit.exploration.pairs import NumberByCategory, NumberByNumber

_LEAST_CORRELATION = 0.3
_LEAST_EXPLAINED = 0.005
_BESIDE_THE_TARGET = 0.6  # what is not about the target weighs less


def about_pairs(table: TableFacts) -> Iterator[Finding]:
    """Yield which numbers go together, and which a category differs by."""
    for pair in table.pairs:
        if abs(pair.correlation.value) >= _LEAST_CORRELATION and pair.correlation.p_value < ALPHA:
            yield _together(pair)
    for group in table.groups:
        if group.share_explained >= _LEAST_EXPLAINED and group.p_value < ALPHA and len(group.spreads) > 1:
            yield _apart(group)


def _together(pair: NumberByNumber) -> Finding:
    verb = "rises" if pair.correlation.value > 0 else "falls"
    return Finding(
        Topic.NUMBERS,
        (pair.first, pair.second),
        f"{named(pair.second)} {verb} with {named(pair.first)}.",
        f"rank correlation {interval(pair.correlation)}",
        abs(pair.correlation.value) * _BESIDE_THE_TARGET,
    )


def _apart(group: NumberByCategory) -> Finding:
    measure = "median" if group.spreads[0].median != group.spreads[-1].median else "mean"
    ordered = sorted(group.spreads, key=lambda spread: -getattr(spread, measure))
    most, least = ((spread.label, number(getattr(spread, measure))) for spread in (ordered[0], ordered[-1]))
    return Finding(
        Topic.GROUPS,
        (group.number, group.category),
        f"{named(group.number)} is highest where {named(group.category)} is {most[0]} ({measure} {most[1]}), and "
        f"lowest where it is {least[0]} ({measure} {least[1]}).",
        f"the category explains {group.share_explained:.1%} of the variance of the ranks",
        group.share_explained**0.5 * _BESIDE_THE_TARGET,
    )
