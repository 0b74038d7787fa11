"""A changed population: real rows drawn by other weights, with scaled numbers, and labels by a changed rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from keepfit.errors import ProjectError, nearest
from keepfit.project.declaration import ChangedRule, Condition, ShiftSection
from keepfit.signature import Kind, Signature

_WHERE = "keepfit.toml: [simulation.shift]"


def shifted_customers(
    frame: pl.DataFrame,
    labels: Sequence[str],
    signature: Signature,
    section: ShiftSection,
    *,
    rows: int,
    rng: np.random.Generator,
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return records of a changed population, and their true labels.

    Parameters
    ----------
    frame, labels
        Rows of the table, and the label of each.
    signature
        Its columns.
    section
        Weights, scales and rules.
    rows
        How many records.
    rng
        Where the draws come from.

    Raises
    ------
    ProjectError
        When the section names a column, category or label that is not there, scales a category, or has a rule that
        no row meets.
    """
    _require_known(section, signature)
    weights = np.ones(frame.height)
    for name, by_category in section.weight.items():
        values = frame[name].cast(pl.String)
        weights *= np.array([by_category.get(value, 1.0) if value is not None else 1.0 for value in values])
    picks = rng.choice(frame.height, size=rows, p=weights / weights.sum())
    drawn = frame[picks.tolist()].select(signature.names)
    records = [_scaled(record, section, signature) for record in drawn.iter_rows(named=True)]
    truth = [labels[pick] for pick in picks]
    changed = _relabelled(records, truth, section.rules)
    if signature.entity:
        records = [
            {signature.entity: f"shift-{number:06d}", **record} for number, record in enumerate(records, start=1)
        ]
    return records, changed


def _scaled(record: dict[str, Any], section: ShiftSection, signature: Signature) -> dict[str, Any]:
    kinds = {column.name: column.kind for column in signature.columns}
    for name, factor in section.scale.items():
        value = record[name]
        if value is not None:
            record[name] = round(value * factor) if kinds[name] is Kind.INTEGER else value * factor
    return record


def _relabelled(records: list[dict[str, Any]], truth: list[str], rules: Sequence[ChangedRule]) -> list[str]:
    met = [0] * len(rules)
    changed = list(truth)
    for at, record in enumerate(records):
        for number, rule in enumerate(rules):
            if all(_holds(condition, record.get(condition.column)) for condition in rule.when):
                changed[at] = rule.label
                met[number] += 1
                break
    for number, count in enumerate(met):
        if records and not count:
            raise ProjectError("no row meets it", where=f"{_WHERE} rules.{number}", hint="widen or remove it")
    return changed


def _holds(condition: Condition, value: Any) -> bool:
    """Return whether a value meets every test of a condition; a missing value meets none."""
    if value is None:
        return False
    return (
        (condition.below is None or value < condition.below)
        and (condition.at_least is None or value >= condition.at_least)
        and (condition.among is None or value in condition.among)
    )


def _require_known(section: ShiftSection, signature: Signature) -> None:
    columns = {column.name: column for column in signature.columns}
    conditions = [condition for rule in section.rules for condition in rule.when]
    _require(section.scale, columns, "scale")
    _require(section.weight, columns, "weight")
    _require((condition.column for condition in conditions), columns, "rules")
    for name in section.scale:
        if not columns[name].kind.is_numeric:
            raise ProjectError(f"{name} is a {columns[name].kind}", where=f"{_WHERE} scale", hint="scale numbers only")
    for name, by_category in section.weight.items():
        _require(by_category, columns[name].categories, f"weight.{name}")
    for condition in conditions:
        numeric = columns[condition.column].kind.is_numeric
        if numeric == (condition.among is not None):
            use = "below or at_least" if numeric else "among"
            raise ProjectError(
                f"{condition.column} is a {columns[condition.column].kind}", where=f"{_WHERE} rules", hint=f"use {use}"
            )
    _require((rule.label for rule in section.rules), signature.outcome.labels, "rules: label")


def _require(names: Iterable[str], known: Iterable[str], key: str) -> None:
    accepted = list(known)
    for name in names:
        if name not in accepted:
            raise ProjectError(f'there is no "{name}"', where=f"{_WHERE} {key}", hint=nearest(name, accepted))
