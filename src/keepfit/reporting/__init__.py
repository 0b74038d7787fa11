"""The kit for pages: page, section, table, figure, palette.

It owns how a report looks: one template, one palette, figures as SVG within the page, nothing fetched from elsewhere;
and how a report is written, as HTML, Markdown or JSON. Each room above computes its facts first and composes its own
page of them.
"""

from keepfit.reporting.drawings import write_drawings
from keepfit.reporting.files import json_text, write_json, write_page, write_text
from keepfit.reporting.html import content_policy, render_html
from keepfit.reporting.markdown import markdown_text, render_markdown
from keepfit.reporting.page import (
    Badge,
    Block,
    Bullets,
    Cell,
    Code,
    Details,
    Figure,
    FigureGrid,
    KeyFigure,
    Link,
    Links,
    Mark,
    Page,
    Paragraph,
    Section,
    Table,
    TableColumn,
    Worded,
)

__all__ = [
    "Badge",
    "Block",
    "Bullets",
    "Cell",
    "Code",
    "Details",
    "Figure",
    "FigureGrid",
    "KeyFigure",
    "Link",
    "Links",
    "Mark",
    "Page",
    "Paragraph",
    "Section",
    "Table",
    "TableColumn",
    "Worded",
    "content_policy",
    "json_text",
    "markdown_text",
    "render_html",
    "render_markdown",
    "write_drawings",
    "write_json",
    "write_page",
    "write_text",
]
