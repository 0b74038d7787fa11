"""A page as HTML: one file with its style, its figures and the few lines that sort its tables."""

from __future__ import annotations

from keepfit.reporting.page import Page
from keepfit.reporting.templating import rendered


def render_html(page: Page) -> str:
    """Return a page as HTML that fetches nothing; every text in it is escaped."""
    return rendered("page.html.jinja", page=page)
