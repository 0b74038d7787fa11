"""The templates: everything that goes into one is escaped unless it is a figure of our own."""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2

from keepfit.reporting.cells import cell_text, sort_value
from keepfit.reporting.page import Mark
from keepfit.reporting.palette import DARK, LIGHT


def rendered(template: str, **facts: Any) -> str:
    """Return a template of the kit, filled in."""
    return _templates().get_template(template).render(**facts)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("keepfit.reporting"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["cell"] = cell_text
    environment.filters["sort_value"] = sort_value
    environment.tests["mark"] = lambda value: isinstance(value, Mark)
    environment.globals["kind"] = lambda block: type(block).__name__
    environment.globals["light"], environment.globals["dark"] = LIGHT, DARK
    return environment
