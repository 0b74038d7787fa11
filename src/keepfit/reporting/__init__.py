"""The kit for pages: page, section, table, figure, palette.

It owns how a report looks: one template, one palette, figures as SVG within the page, nothing fetched from elsewhere.
Each room above computes its facts first and composes its own page of them.
"""

from keepfit.reporting.files import write_json, write_page
from keepfit.reporting.page import (
    Badge,
    Bullets,
    Cell,
    Figure,
    FigureGrid,
    KeyFigure,
    Mark,
    Page,
    Paragraph,
    Section,
    Table,
    TableColumn,
)

__all__ = [
    "Badge",
    "Bullets",
    "Cell",
    "Figure",
    "FigureGrid",
    "KeyFigure",
    "Mark",
    "Page",
    "Paragraph",
    "Section",
    "Table",
    "TableColumn",
    "write_json",
    "write_page",
]
