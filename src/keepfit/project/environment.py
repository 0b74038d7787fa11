"""What the place says and not the project: `.env` beside the project file, and where servers are.

`KEEPFIT_JOURNAL_URL`, `KEEPFIT_TRACKING_URI` and `KEEPFIT_STATSD_ADDRESS` go before `[journal] url`, `[tracking] uri`
and `[monitoring.statsd] address`: the same project runs on a laptop and in a container, where its database has
another name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from keepfit.errors import ProjectError

FILE_NAME = ".env"
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
PLACES = {
    "KEEPFIT_JOURNAL_URL": ("journal", "url"),
    "KEEPFIT_TRACKING_URI": ("tracking", "uri"),
    "KEEPFIT_STATSD_ADDRESS": ("monitoring", "statsd", "address"),
}


def environment_of(folder: Path) -> dict[str, str]:
    """Return the variables that a project sees: this process's own, and those of the folder's `.env` that it lacks.

    Raises
    ------
    ProjectError
        When the file cannot be read.
    """
    file = folder / FILE_NAME
    if not file.is_file():
        return dict(os.environ)
    try:
        found = dotenv_values(file)
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"cannot be read ({error})", where=str(file), hint="check its rights") from error
    return {**{name: value for name, value in found.items() if value is not None}, **os.environ}


def with_variables(text: str, environment: Mapping[str, str], *, where: str) -> str:
    """Return a text with the environment's values in place of `${NAME}`.

    Raises
    ------
    ProjectError
        When the environment has no such variable.
    """

    def found(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in environment:
            hint = f"set it: export {name}=…, or write it into {FILE_NAME} beside the project file"
            raise ProjectError(f"the environment has no {name}", where=where, hint=hint)
        return environment[name]

    return VARIABLE.sub(found, text)


def with_places(written: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return what a project file says, with the environment's servers in place of its own."""
    for variable, keys in PLACES.items():
        if environment.get(variable):
            written = _with(written, keys, environment[variable])
    return written


def _with(written: Any, keys: tuple[str, ...], value: str) -> Any:
    if not isinstance(written, dict):  # the check of the whole will say so
        return written
    first, *others = keys
    return {**written, first: _with(written.get(first, {}), tuple(others), value) if others else value}
