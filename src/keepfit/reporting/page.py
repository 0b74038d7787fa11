"""What a page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

STATES = ("ok", "warn", "alarm", "unknown")


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a word: `ok`, `warn`, `alarm` or `unknown`, and the text that is shown."""

    state: str
    text: str

    def __post_init__(self) -> None:
        require_state(self.state)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that a reader wants first."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A table's cell with a state; cells sort from the best state to the worst."""

    state: str
    text: str

    def __post_init__(self) -> None:
        require_state(self.state)


@dataclass(frozen=True, slots=True)
class Worded:
    """A table's cell whose text is not what it is sorted by, such as an interval by its value."""

    text: str
    sort_value: float


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column's heading, whether it holds numbers, and how they are written (`.3f`)."""

    title: str
    is_number: bool = False
    form: str = ".4g"


Cell = str | float | int | None | Mark | Worded


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
    """Rows under headings that sort when they are clicked.

    Raises
    ------
    ValueError
        When a row is not as long as the head.
    """

    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Cell]]

    def __post_init__(self) -> None:
        for at, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"row {at} has {len(row)} cells under {len(self.columns)} headings")


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG text, with what it shows in words for those who do not see it.

    The text goes into the page as it is: only `keepfit.reporting.figures` makes it, from templates that escape.
    """

    svg: str
    description: str


@dataclass(frozen=True, slots=True)
class FigureGrid:
    """Small figures beside each other."""

    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that are shown when the reader opens their summary; printed open."""

    summary: str
    blocks: Sequence[Block]


Block = Paragraph | Bullets | Table | Figure | FigureGrid | Details


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


def require_state(state: str) -> None:
    """Raise ValueError for a state that has no colour."""
    if state not in STATES:
        raise ValueError(f"no such state: {state!r}; one of {', '.join(STATES)}")
