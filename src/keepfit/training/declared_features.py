"""The declared feature steps held to the table's columns, before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Signature
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.steps import AS_IS, FILLERS, STEPS, Step


def require_features(
    section: TrainingSection,
    signature: Signature,
    recipes: Sequence[Recipe],
    *,
    is_selected: bool = False,
    takes_missing: bool = False,
) -> None:
    """Refuse steps that the columns, the step itself or the candidates do not take.

    Parameters
    ----------
    section, signature, recipes
        The declared steps, the table's columns, and the candidates.
    is_selected
        Whether a selection among the features is declared.
    takes_missing
        Whether what learns takes missing values; no family of candidates does.

    Raises
    ------
    TrainingError
        When a step names a column that is no feature or of a kind that it does not take, too few or too many columns,
        a parameter that it does not have, or a filler that would leave a missing value where none is taken; or when
        steps or a selection are declared for the ensemble, which prepares columns by itself.
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
        _require_columns(step, signature, where)
        _require_filler(step, where, takes_missing=takes_missing)


def step_columns(step: FeatureStep, signature: Signature) -> list[int]:
    """Return the positions of a step's columns: those that are named, in that order, then those of its kinds."""
    named = [signature.names.index(name) for name in step.columns if name in signature.names]
    return named + [at for at, column in enumerate(signature.columns) if column.kind in step.kinds and at not in named]


def _require_columns(step: FeatureStep, signature: Signature, where: str) -> None:
    for name in step.columns:
        if name not in signature.names:
            raise TrainingError(f"no such feature: {name}", where=where, hint=nearest(name, signature.names))
    taken = STEPS[step.step]
    if taken.places:
        _require_places(step, taken, where)
    there = " there" if taken.places else ""
    positions = step_columns(step, signature)
    for at, kinds in zip(positions, taken.places or [taken.takes] * len(positions), strict=True):
        column = signature.columns[at]
        if column.kind not in kinds:
            raise TrainingError(
                f"{column.name} is a {column.kind}; {step.step} takes {_either(kinds)}{there}",
                where=where,
                hint="choose another step, or set its kind in [data] kinds",
            )


def _require_places(step: FeatureStep, taken: Step, where: str) -> None:
    """Refuse columns that are not as many as the step takes, each once, and named: a table's order is no order."""
    if step.kinds or not len(step.columns) == len(set(step.columns)) == len(taken.places):
        found = [*step.columns, *(f"every {kind}" for kind in step.kinds)]
        wanted = ", then ".join(_either(kinds) for kinds in taken.places)
        raise TrainingError(
            f"{step.step} takes {len(taken.places)} different columns, by name: {wanted}; found {', '.join(found)}",
            where=where,
            hint="name them in columns, in that order",
        )


def _require_filler(step: FeatureStep, where: str, *, takes_missing: bool) -> None:
    """Refuse a filler that leaves a missing value where none is taken, or that takes a step its work away."""
    taken = STEPS[step.step]
    is_left = (step.missing or taken.filler) == AS_IS
    hint = f"set missing to one of {', '.join(name for name in FILLERS if name != AS_IS)}"
    if taken.missing == "filled" and not is_left:
        raise TrainingError(f"{step.step} fills missing values by itself", where=where, hint="remove missing")
    if taken.missing == "refused" and is_left:
        raise TrainingError(f"{step.step} takes no missing values", where=where, hint=hint)
    if taken.missing == "kept" and is_left and not takes_missing:
        said = f"{step.step} lets missing values through, and no candidate takes them"
        raise TrainingError(said, where=where, hint=hint)


def _either(kinds: Sequence[str]) -> str:
    return " or ".join(kinds)


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
