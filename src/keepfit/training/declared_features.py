"""The declared feature steps held to the table's columns, before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Signature
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.steps import STEPS


def require_features(
    section: TrainingSection, signature: Signature, recipes: Sequence[Recipe], *, is_selected: bool = False
) -> None:
    """Refuse steps that the columns, the step itself or the candidates do not take.

    Raises
    ------
    TrainingError
        When a step names a column that is no feature or of a kind that it does not take, or a parameter that it does
        not have; or when steps or a selection are declared for the ensemble, which prepares columns by itself.
    """
    key = "features" if section.features else "selection" if is_selected else ""
    if key and any(recipe.model == ENSEMBLE for recipe in recipes):
        raise TrainingError(
            "the ensemble prepares the columns by itself",
            where=f"keepfit.toml: [training] {key}",
            hint=f"name candidates of other models, or remove the {key}",
        )
    for number, step in enumerate(section.features):
        where = f"keepfit.toml: [training] features.{number} ({step.step})"
        _require_parameters(step, where)
        for name in step.columns:
            if name not in signature.names:
                raise TrainingError(f"no such feature: {name}", where=where, hint=nearest(name, signature.names))
        for at in step_columns(step, signature):
            column = signature.columns[at]
            if column.kind not in STEPS[step.step].takes:
                accepted = " or ".join(STEPS[step.step].takes)
                raise TrainingError(
                    f"{column.name} is a {column.kind}; {step.step} takes {accepted}",
                    where=where,
                    hint="choose another step, or set its kind in [data] kinds",
                )


def step_columns(step: FeatureStep, signature: Signature) -> list[int]:
    """Return the positions of a step's columns: those that are named, in that order, then those of its kinds."""
    named = [signature.names.index(name) for name in step.columns if name in signature.names]
    return named + [at for at, column in enumerate(signature.columns) if column.kind in step.kinds and at not in named]


def _require_parameters(step: FeatureStep, where: str) -> None:
    known = STEPS[step.step].parameters
    for name in step.parameters:
        if name not in known:
            hint = nearest(name, known) if known else "it has none"
            raise TrainingError(f"{step.step} has no parameter {name}", where=where, hint=hint)
    for name, words in STEPS[step.step].words.items():
        if name in step.parameters:
            _require_words(name, step.parameters[name], words, where)


def _require_words(name: str, listed: object, words: Sequence[str], where: str) -> None:
    """Refuse a parameter that is no list of known texts, each once."""
    if not isinstance(listed, list) or not listed:
        raise TrainingError(f"{name} is no list of texts", where=where, hint=f"list some of {', '.join(words)}")
    for word in listed:
        if word not in words:
            raise TrainingError(f'{name} holds "{word}"', where=where, hint=nearest(word, words))
    if twice := [word for word in listed if listed.count(word) > 1]:
        raise TrainingError(f'{name} holds "{twice[0]}" twice', where=where, hint="name it once")
