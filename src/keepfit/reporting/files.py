"""Reports as files: written whole or not at all."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keepfit.reporting.page import Page
from keepfit.reporting.templating import templates


def render_html(page: Page) -> str:
    """Return a page as HTML that needs nothing else: style, figures and sorting are within it."""
    return templates().get_template("page.html.jinja").render(page=page)


def write_page(page: Page, path: Path) -> None:
    """Write a page as HTML."""
    _replace(path, render_html(page))


def write_json(facts: Mapping[str, Any], path: Path) -> None:
    """Write facts as JSON; what is no finite number is null."""
    _replace(path, json.dumps(_finite(facts), indent=2, ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
