"""Writing a `keepfit.toml`: what is known of the project set, every other key commented out at its default."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from keepfit.project.declaration import Project, sections
from keepfit.project.section import Section

_WIDTH = 100


def project_text(*, source: str, target: str, name: str, positive: str) -> str:
    """Return the text of a project file for a table.

    Parameters
    ----------
    source, target, positive
        Table, column, and the class whose probability is predicted.
    name
        The project's name.
    """
    known = {"project": {"name": name}, "data": {"source": source, "target": target, "positive": positive}}
    parts = [
        "# A Keepfit project. What is commented out is at its default; every key is explained in",
        "# docs/project-file.md. Values may come from the environment: ${NAME}.",
    ]
    for section, model in sections().items():
        is_left_out = (
            not Project.model_fields[section].is_required() and default_of(Project.model_fields[section]) is None
        )
        header = f"# [{section}]" if is_left_out else f"[{section}]"
        parts += ["", header, *_section_lines(model, known.get(section, {}), is_left_out=is_left_out)]
    return "\n".join(parts) + "\n"


def toml_value(value: Any) -> str:  # noqa: PLR0911 - a flat table of types
    """Return a value as TOML writes it; tables are inline, and None cannot be written.

    Raises
    ------
    TypeError
        When TOML has no such value.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return toml_value(value.value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    if isinstance(value, Section):
        return toml_value({key: item for key, item in value if item is not None})
    if isinstance(value, dict):
        pairs = ", ".join(f"{toml_value(str(key))} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def default_of(field: FieldInfo) -> Any:
    """Return a field's default, None where it has none that can be written."""
    default = field.get_default(call_default_factory=True)
    return None if default is PydanticUndefined else default


def _section_lines(model: type[Section], known: dict[str, str], *, is_left_out: bool) -> list[str]:
    lines = []
    for key, field in model.model_fields.items():
        default = default_of(field)
        lines += [f"# {line}" for line in _wrapped(field.description or "")]
        if key in known:
            lines.append(f"{key} = {toml_value(known[key])}")
        elif default is None or is_left_out:  # of a section that is not there no key has a default
            shown = field.examples[0] if default is None and field.examples else default
            lines.append(f"# {key} = {'' if shown is None else toml_value(shown)}   (an example)")
        else:
            lines.append(f"# {key} = {toml_value(default)}")
    return lines


def _wrapped(text: str) -> list[str]:
    import textwrap  # noqa: PLC0415 - only here

    return textwrap.wrap(text, _WIDTH)
