"""Reading `keepfit.toml`: values from the environment, and errors that name file, key, value and way out."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from keepfit.errors import ProjectError, nearest
from keepfit.project.declaration import Project
from keepfit.project.environment import VARIABLE, environment_of, with_places, with_variables

FILE_NAME = "keepfit.toml"
_SHOWN_ERRORS = 8
_SHOWN_CHARACTERS = 60


def find_project_file(start: Path) -> Path:
    """Return the project file: `start` itself, or `keepfit.toml` in the folder `start`.

    Raises
    ------
    ProjectError
        When there is none.
    """
    path = start / FILE_NAME if start.is_dir() else start
    if not path.is_file():
        raise ProjectError(
            "no such project file",
            where=str(path),
            hint="write one with `keepfit new DIR --data FILE --target COLUMN`, or name its folder with --project",
        )
    return path


def read_project(path: Path, *, ignored: Collection[str] = ()) -> Project:
    """Read and check a project file; the project's name is filled in from the folder when it has none.

    Parameters
    ----------
    path
        The file.
    ignored
        Variables of servers that do not go before what the file says.

    Raises
    ------
    ProjectError
        When the file is not TOML, a `${NAME}` is not set, a key is unknown or a value has the wrong type; up to
        eight faults are told at once.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"cannot be read ({error})", where=str(path), hint="check its name and rights") from error
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"is not TOML: {error}", where=path.name, hint="texts need quotes") from error
    environment = environment_of(path.resolve().parent)
    written = _with_environment(written, path.name, (), environment)
    written = with_places(written, {name: value for name, value in environment.items() if name not in ignored})
    try:
        project = Project.model_validate(written)
    except ValidationError as error:
        raise ProjectError(_told(error, written, path.name)) from error
    if project.project.name:
        return project
    folder = re.sub(r"[^A-Za-z0-9_-]+", "-", path.resolve().parent.name).strip("-_") or "project"
    named = project.project.model_copy(update={"name": folder[:64]})
    return project.model_copy(update={"project": named})


def variables_of(path: Path) -> list[str]:
    """Return the names of the variables that a project file asks for, as `${NAME}`."""
    return sorted(set(VARIABLE.findall(path.read_text(encoding="utf-8"))))


def _with_environment(value: Any, file: str, keys: tuple[str, ...], environment: Mapping[str, str]) -> Any:
    """Replace `${NAME}` in every text by the environment's value."""
    if isinstance(value, dict):
        return {key: _with_environment(item, file, (*keys, key), environment) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_environment(item, file, (*keys, str(at)), environment) for at, item in enumerate(value)]
    return with_variables(value, environment, where=f"{file}: {_key(keys)}") if isinstance(value, str) else value


def _told(error: ValidationError, written: dict[str, Any], file: str) -> str:
    """Turn pydantic's findings into one line each."""
    faults = error.errors(include_url=False)
    lines = [f"{file}: {_fault(fault, written)}" for fault in faults[:_SHOWN_ERRORS]]
    if len(faults) > _SHOWN_ERRORS:
        lines.append(f"… and {len(faults) - _SHOWN_ERRORS} more")
    return "\n".join(lines)


def _fault(fault: Any, written: dict[str, Any]) -> str:
    keys = tuple(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{_key(keys)}: no such key; {nearest(keys[-1], _accepted(keys[:-1]))}"
    if fault["type"] == "missing":
        return f"{_key(keys)} is missing; add it to the file"
    value = _value(written, keys)
    is_section = isinstance(value, dict) and len(keys) <= 1  # the message says what is meant of it
    shown = "" if value is None or is_section else f" = {_toml(value)}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{_key(keys)}{shown}: {message[0].lower()}{message[1:]}"


def _key(keys: tuple[str, ...]) -> str:
    """Write a path of keys as a reader of TOML sees it: `[data] target`."""
    if not keys:
        return "the file"
    return f"[{keys[0]}]" + (f" {'.'.join(keys[1:])}" if len(keys) > 1 else "")


def _value(written: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        if isinstance(written, dict) and key in written:
            written = written[key]
        elif isinstance(written, list) and key.isdecimal() and int(key) < len(written):
            written = written[int(key)]
        else:
            return None
    return written


def _toml(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _accepted(keys: tuple[str, ...]) -> list[str]:
    """Return the keys that are known at a place of the file."""
    model: Any = Project
    for key in keys:
        if key.isdecimal():
            continue
        field = model.model_fields.get(key)
        if field is None:
            return []
        model = next((part for part in _types(field.annotation) if _is_section(part)), None)
        if model is None:
            return []
    return list(model.model_fields)


def _types(annotation: Any) -> list[Any]:
    inner = get_args(annotation)
    return [annotation] if not inner else [part for item in inner for part in _types(item)]


def _is_section(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)
