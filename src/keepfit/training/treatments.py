"""What is done to which columns before an estimator sees them, and what the features are called that come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from keepfit.errors import TrainingError
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Column, Kind, Signature
from keepfit.training.declared_features import step_columns
from keepfit.training.steps import STEPS

_PLAIN = ("keep", "ordinal", "one_hot")  # a feature of these is called as its column, or its column and category


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done to some columns.

    Attributes
    ----------
    filler
        What stands in for a missing value.
    step
        Name of the step.
    parameters
        Of the step.
    """

    filler: str
    step: str
    parameters: dict[str, Any] = field(default_factory=dict)


def treatments(signature: Signature, section: TrainingSection) -> list[tuple[Treatment, list[int]]]:
    """Return what is done to which columns, by position.

    Declared steps come first, in their order; then the columns that none of them names, in theirs: neighbours with the
    same treatment form one step, so that nothing is moved where nothing is expanded. A forest draws its features by
    position.
    """
    declared = declared_treatments(signature, section)
    named = {at for _, positions in declared for at in positions}
    rest = [at for at in range(len(signature.columns)) if at not in named]
    usual = [
        (treatment, list(positions))
        for treatment, positions in groupby(rest, key=lambda at: _usual(signature.columns[at], section))
    ]
    return [*declared, *usual]


def declared_treatments(signature: Signature, section: TrainingSection) -> list[tuple[Treatment, list[int]]]:
    """Return what the declared steps do to which columns, by position."""
    return [(_declared(step), step_columns(step, signature)) for step in section.features]


def feature_names(signature: Signature, section: TrainingSection) -> list[str]:
    """Return the names of the features that are made, in the order of the made matrix.

    `age` is the column itself, `job=student` one category of it, `quantile__balance` what a step makes of it. A name
    that comes a second time gets a number.
    """
    names: list[str] = []
    for treatment, positions in treatments(signature, section):
        prefix = "" if treatment.step in _PLAIN else f"{treatment.step}__"
        columns = [signature.columns[at] for at in positions]
        names += [f"{prefix}{name}" for name in _names(treatment, columns)]
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name}__{seen[name]}")
    return numbered


def feature_columns(signature: Signature, section: TrainingSection) -> list[int | None]:
    """Return the position of the only column that each feature is made of, in the order of the made matrix.

    None where a step makes several features of its columns, or one of several of them.
    """
    found: list[int | None] = []
    for treatment, positions in treatments(signature, section):
        if STEPS[treatment.step].is_one_to_one:
            found += positions
        else:
            found += [None] * len(_names(treatment, [signature.columns[at] for at in positions]))
    return found


def _names(treatment: Treatment, columns: Sequence[Column]) -> list[str]:
    step = STEPS[treatment.step]
    names = [column.name for column in columns]
    if step.is_one_to_one:
        return names
    try:
        made = step.build(columns, treatment.parameters, 0).fit(np.zeros((1, len(columns)), dtype=np.float32))
    except ValueError as error:
        raise TrainingError(
            f"{treatment.step} refuses its parameters: {error}",
            where=f"keepfit.toml: [training] features ({treatment.step})",
            hint="correct them",
        ) from error
    return [str(name) for name in made.get_feature_names_out(names)]


def _declared(step: FeatureStep) -> Treatment:
    return Treatment(step.missing or STEPS[step.step].filler, step.step, dict(step.parameters))


def _usual(column: Column, section: TrainingSection) -> Treatment:
    """Return what is done to a column that no step names."""
    is_category = column.kind is Kind.CATEGORY
    if is_category and section.categories == "one-hot":
        return Treatment("own_level", "one_hot")
    if column.kind is Kind.DATE:
        return Treatment("median", "keep")
    filler = "zero" if section.missing == "zero" else "own_level" if is_category else "median"
    return Treatment(filler, "ordinal" if is_category and filler != "zero" else "keep")
