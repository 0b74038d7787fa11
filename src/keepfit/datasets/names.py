"""Columns that a project names and the table does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from keepfit.errors import DatasetError, nearest
from keepfit.project.data_section import DataSection

_MARK = re.compile(r"[^\w\s.'\"-]")


def require_columns(columns: Sequence[str], section: DataSection) -> None:
    """Refuse a key that names a column which is not there; the target is `build_target`'s.

    Raises
    ------
    DatasetError
        With the key, and the nearest name.
    """
    named: dict[str, Iterable[str]] = {
        "entity": [section.entity] if section.entity else [],
        "known_after": section.known_after,
        "drop": section.drop,
        "numbers": section.numbers,
        "replace": section.replace,
        "missing": section.missing,
        "kinds": section.kinds,
        "dates": section.dates,
        "categories": section.categories,
        "descriptions": section.descriptions,
        "labels": section.labels,
    }
    for key, names in named.items():
        for name in names:
            if name not in columns:
                raise DatasetError(
                    f'no such column "{name}" in {said_table(columns, section)}',
                    where=f"keepfit.toml: [data] {key}",
                    hint=nearest_column(name, columns),
                )


def said_table(columns: Sequence[str], section: DataSection) -> str:
    """Return the table's name, and its column where it has only one: it may be cut wrong."""
    return f'{section.source}, whose one column is "{columns[0]}"' if _mark(columns) else section.source


def nearest_column(name: str, columns: Sequence[str]) -> str:
    """Return the nearest of the columns; of a single one that looks cut wrong, where it may be cut."""
    mark = _mark(columns)
    return f'is it separated by "{mark}"? then set [data] separator' if mark else nearest(name, columns)


def _mark(columns: Sequence[str]) -> str:
    found = _MARK.search(columns[0]) if len(columns) == 1 else None
    return found[0] if found else ""
