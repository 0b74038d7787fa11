"""Floors of single columns: each names a column that there is, and can be reached by the distance of its kind."""

from __future__ import annotations

from keepfit.errors import ProjectError, nearest
from keepfit.project.monitoring_section import MonitoringSection, greatest
from keepfit.signature import Signature

SCORE = "probability"


def require_floors(section: MonitoringSection, signature: Signature) -> None:
    """Refuse floors that say nothing.

    Raises
    ------
    ProjectError
        When one is of no column, or above what the distance of its column can be.
    """
    numbers = {column.name: column.kind.is_ordered for column in signature.columns}
    numbers |= {SCORE: True, signature.outcome.name: False}
    for name, floor in section.min_effects.items():
        where = f"keepfit.toml: [monitoring] min_effects = {{ {name} = {floor:g} }}"
        if name not in numbers:
            raise ProjectError("no such column", where=where, hint=nearest(name, list(numbers)))
        measure = section.number_measure if numbers[name] else section.category_measure
        if floor >= greatest(measure):
            said = f"is never reached: {measure} is below {greatest(measure):.4g}"
            raise ProjectError(said, where=where, hint="lower it")
