"""A changed population: real rows drawn by other weights, with scaled numbers, and labels by a changed rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets import category_texts
from keepfit.errors import ProjectError
from keepfit.project.simulation_section import ChangedRule, Condition, ShiftSection
from keepfit.signature import Signature, label_text
from keepfit.simulation.fitting import WHERE, require_fitting
from keepfit.simulation.sent_records import sent_records


def shifted_customers(
    frame: pl.DataFrame,
    labels: Sequence[str],
    signature: Signature,
    section: ShiftSection,
    *,
    rows: int,
    rng: np.random.Generator,
    prefix: str = "shift",
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return records of a changed population, and their true labels.

    Rows are drawn with replacement. What is missing stays missing (None), whole numbers stay whole, and a column that
    was never below 0 is not scaled below it. Rules look at the scaled values; a missing value meets no condition. The
    entity, where there is one, is the row's own after `shift-`, so that a customer who comes twice is known as one.

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
    prefix
        What the name of an entity begins with.

    Raises
    ------
    ProjectError
        When the section names a column, category or label that is not there, scales a category, weighs all rows away,
        or has a rule that no row of the whole table meets.
    """
    require_fitting(section, signature)
    weights = _weights(frame, section.weight)
    picks = rng.choice(frame.height, size=rows, p=weights / weights.sum())
    records = list(sent_records(frame[picks.tolist()], signature, section.scale))
    changed, met = _relabelled(records, [labels[pick] for pick in picks], section.rules)
    for number, rule in enumerate(section.rules):
        if number not in met and not any(
            _meets(record, rule) for record in sent_records(frame, signature, section.scale)
        ):
            raise ProjectError("no row meets it", where=f"{WHERE} rules.{number}", hint="widen or remove it")
    if signature.entity:
        whose = frame[signature.entity] if signature.entity in frame.columns else pl.Series(range(frame.height))
        names = category_texts(whose).fill_null("unknown")[picks.tolist()]
        records = [
            {signature.entity: f"{prefix}-{name}", **record} for name, record in zip(names, records, strict=True)
        ]
    return records, changed


def _weights(frame: pl.DataFrame, declared: Mapping[str, Mapping[str, float]]) -> NDArray[np.float64]:
    """Return how much likelier each row is drawn than a row of weight 1, `(n_rows,)`."""
    weights = np.ones(frame.height)
    for name, by_text in declared.items():
        if by_text:
            texts = category_texts(frame[name])
            weights *= texts.replace_strict(by_text, default=1.0, return_dtype=pl.Float64).to_numpy()
    if not weights.any():
        raise ProjectError("no row is left to draw", where=f"{WHERE} weight", hint="weigh some category above 0")
    return weights


def _relabelled(
    records: Sequence[Mapping[str, Any]], truth: Sequence[str], rules: Sequence[ChangedRule]
) -> tuple[list[str], set[int]]:
    """Return the labels by the first rule that a record meets, and which rules were that."""
    changed, used = list(truth), set()
    for at, record in enumerate(records):
        number = next((number for number, rule in enumerate(rules) if _meets(record, rule)), None)
        if number is not None:
            changed[at] = rules[number].label
            used.add(number)
    return changed, used


def _meets(record: Mapping[str, Any], rule: ChangedRule) -> bool:
    return all(_holds(condition, record[condition.column]) for condition in rule.when)


def _holds(condition: Condition, value: Any) -> bool:
    """Return whether a value meets every test of a condition; a missing value meets none."""
    if value is None:
        return False
    return (
        (condition.below is None or value < condition.below)
        and (condition.at_least is None or value >= condition.at_least)
        and (condition.among is None or label_text(value) in condition.among)
    )
