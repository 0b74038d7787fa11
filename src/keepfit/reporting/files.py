"""Reports as files: written whole or not at all."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keepfit.errors import KeepfitError
from keepfit.reporting.html import render_html
from keepfit.reporting.page import Page


def write_page(page: Page, path: Path) -> None:
    """Write a page as HTML.

    Raises
    ------
    KeepfitError
        When the file cannot be written.
    """
    write_text(render_html(page), path)


def write_json(facts: Mapping[str, Any], path: Path) -> None:
    """Write facts as JSON; see `json_text`.

    Raises
    ------
    KeepfitError
        When the file cannot be written.
    """
    write_text(json_text(facts), path)


def json_text(facts: Any) -> str:
    """Return facts as JSON; what is no finite number is null, and NumPy's numbers and arrays are plain ones."""
    return json.dumps(_plain(facts), indent=2, ensure_ascii=False, allow_nan=False)


def write_text(text: str, path: Path) -> None:
    """Put a whole file in place of an old one; a reader sees the one or the other.

    Raises
    ------
    KeepfitError
        When the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            part = Path(folder) / path.name
            part.write_text(text, encoding="utf-8")
            part.replace(path)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        raise KeepfitError(what, where=str(path), hint="check the folder's rights and the free space") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return _plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
