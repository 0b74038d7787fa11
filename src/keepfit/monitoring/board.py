"""What a dashboard is before anybody draws it: panels, and whom they ask what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from keepfit.project.dashboard_section import PanelName

Kind = Literal["lines", "number", "bars", "histogram", "heatmap"]
Source = Literal["prometheus", "graphite"]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a data source.

    Attributes
    ----------
    expression
        PromQL, or a target of Graphite.
    legend
        What each of its series is called; of Prometheus's ones it may hold labels in double braces. Where it is empty
        the source names them.
    source
        Who is asked.
    """

    expression: str
    legend: str = ""
    source: Source = "prometheus"


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a board.

    Attributes
    ----------
    title, description
        What it shows, and how that is to be read.
    kind
        Lines over time; the newest number; a bar for each series; a bar for each bucket; counts by bucket over time.
    unit
        In Grafana's names: `s`, `bytes`, `reqps`, `percentunit`, `short`.
    queries
        What is drawn, of one source.
    limit, is_floor
        A line that should not be crossed, from below or from above; None for none.
    """

    title: str
    kind: Kind
    unit: str
    queries: tuple[Query, ...]
    description: str = ""
    limit: float | None = None
    is_floor: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard.

    Attributes
    ----------
    uid, title
        Its name for Grafana, and for people.
    rows
        Panels below a heading each.
    """

    uid: str
    title: str
    rows: tuple[tuple[str, tuple[Panel, ...]], ...]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All of them."""
        return tuple(panel for _, panels in self.rows for panel in panels)


Panels = dict[PanelName, Panel]
Rows = tuple[tuple[str, tuple[PanelName, ...]], ...]
"""Headings, in English, and the names of the panels below each."""
