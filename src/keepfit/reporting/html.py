"""A page as HTML: one file with its style, its figures and the few lines that sort its tables and copy its code."""

from __future__ import annotations

import base64
import hashlib
import re

from keepfit.reporting.page import Page
from keepfit.reporting.templating import rendered


def render_html(page: Page) -> str:
    """Return a page as HTML that fetches nothing; every text in it is escaped."""
    return rendered("page.html.jinja", page=page)


def content_policy(html: str) -> str:
    """Return the Content-Security-Policy of a page of this kit: its own style and script by their digests, no more.

    Parameters
    ----------
    html
        What `render_html` has made: no text in it can open a style or a script.
    """
    digests = {tag: _digest(html, tag) for tag in ("style", "script")}
    return (
        f"default-src 'none'; style-src '{digests['style']}'; script-src '{digests['script']}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _digest(html: str, tag: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    assert found is not None, "the template has one"  # noqa: S101 - another template is our mistake
    return f"sha256-{base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()}"
