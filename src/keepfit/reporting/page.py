"""What a page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

States = ("ok", "warn", "alarm", "unknown")


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a word: `ok`, `warn`, `alarm` or `unknown`, and the text that is shown."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that a reader wants first."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A table's cell with a state."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column's heading, whether it holds numbers, and how they are written (`.3f`)."""

    title: str
    is_number: bool = False
    form: str = ".4g"


Cell = str | float | int | None | Mark


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings that sort when they are clicked."""

    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG text, with what it shows in words for those who do not see it."""

    svg: str
    caption: str
    description: str


@dataclass(frozen=True, slots=True)
class FigureGrid:
    """Small figures beside each other."""

    figures: Sequence[Figure]


Block = Paragraph | Bullets | Table | Figure | FigureGrid


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its blocks."""

    title: str
    blocks: Sequence[Block]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report.

    Attributes
    ----------
    title, subtitle
        Its head.
    sections
        Its body.
    badge
        The state of what it is about; None for no state.
    key_figures
        What a reader wants first.
    notice
        A loud line above all, such as that the data are generated; empty for none.
    footer
        How it was made.
    """

    title: str
    subtitle: str
    sections: Sequence[Section]
    badge: Badge | None = None
    key_figures: Sequence[KeyFigure] = field(default=())
    notice: str = ""
    footer: str = ""
