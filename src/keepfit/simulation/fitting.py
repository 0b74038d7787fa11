"""Whether the declared shift fits the columns of the table: its names, its texts, its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keepfit.errors import ProjectError, nearest
from keepfit.project.simulation_section import Condition, ShiftSection
from keepfit.signature import Column, Kind, Signature

WHERE = "keepfit.toml: [simulation.shift]"


def require_fitting(section: ShiftSection, signature: Signature) -> None:
    """Refuse a section that speaks of what the table has not.

    Raises
    ------
    ProjectError
        For an unknown column, category or label, a scale or a bound on what is no number, a weight or a list on what
        is one, and a factor or weight that is none.
    """
    columns = {column.name: column for column in signature.columns}
    for name in section.scale:
        _require_scale(name, columns)
    for name, by_text in section.weight.items():
        _require_weight(name, by_text, columns)
    for number, rule in enumerate(section.rules):
        key = f"rules.{number}"
        _require_known(rule.label, signature.outcome.labels, f"{key}.label")
        for place, condition in enumerate(rule.when):
            _require_condition(condition, columns, f"{key}.when.{place}")


def _require_scale(name: str, columns: Mapping[str, Column]) -> None:
    _require_known(name, columns, "scale")
    if not columns[name].kind.is_numeric:
        raise _misfit(columns[name], "scale", "scale numbers only")


def _require_weight(name: str, by_text: Mapping[str, float], columns: Mapping[str, Column]) -> None:
    _require_known(name, columns, "weight")
    if columns[name].kind.is_ordered:
        raise _misfit(columns[name], "weight", "weigh categories only")
    for text, weight in by_text.items():
        _require_known(text, _texts(columns[name]), f"weight.{name}")
        if weight < 0:
            raise ProjectError(
                f"{weight} is no weight", where=f"{WHERE} weight.{name}.{text}", hint="write a number from 0 on"
            )


def _require_condition(condition: Condition, columns: Mapping[str, Column], key: str) -> None:
    _require_known(condition.column, columns, f"{key}.column")
    column = columns[condition.column]
    if column.kind is Kind.DATE:
        raise _misfit(column, key, "test numbers and categories only")
    if column.kind.is_numeric and condition.among is not None:
        raise _misfit(column, key, "use below or at_least")
    if not column.kind.is_numeric and (condition.below is not None or condition.at_least is not None):
        raise _misfit(column, key, "use among")
    for text in condition.among or ():
        _require_known(text, _texts(column), f"{key}.among")


def _texts(column: Column) -> tuple[str, ...]:
    """Return the values of a column that may be named in the project file."""
    return ("false", "true") if column.kind is Kind.FLAG else column.categories


def _misfit(column: Column, key: str, hint: str) -> ProjectError:
    return ProjectError(f'"{column.name}" is of kind {column.kind}', where=f"{WHERE} {key}", hint=hint)


def _require_known(name: str, known: Iterable[str], key: str) -> None:
    accepted = list(known)
    if name not in accepted:
        raise ProjectError(f'there is no "{name}"', where=f"{WHERE} {key}", hint=nearest(name, accepted))
