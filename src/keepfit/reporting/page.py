"""What a page is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

STATES = ("ok", "warn", "alarm", "unknown")
_LANGUAGE = re.compile(r"[a-z0-9+#-]*")
_ADDRESS = re.compile(r"""https?://[^\s<>"'\\`]+|[^\s<>"'\\`:]+""")  # without a colon it names no scheme


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
class Code:
    """Text that is copied as it stands, with its language: a word such as `python`, empty for none.

    Raises
    ------
    ValueError
        When the language is no word.
    """

    text: str
    language: str = ""

    def __post_init__(self) -> None:
        if not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"{self.language!r} is no word for a language")


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page: its name, its address, and what is there.

    Raises
    ------
    ValueError
        When the address is neither of the web nor relative.
    """

    text: str
    address: str
    note: str = ""

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.address!r} is no address that a page may lead to")


@dataclass(frozen=True, slots=True)
class Links:
    """Ways to other pages, below each other."""

    items: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that are shown when the reader opens their summary; printed open."""

    summary: str
    blocks: Sequence[Block]


Block = Paragraph | Bullets | Table | Figure | FigureGrid | Code | Links | Details


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
