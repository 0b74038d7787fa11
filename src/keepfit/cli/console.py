"""How tables, states and warnings look on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from keepfit.datasets import LocatedTable, SourcedTable
    from keepfit.evaluation import Estimate

_PIPE_WIDTH = 160
# A file or a pipe has no width of its own: tables are written out whole.
console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
_COLOURS = {"ok": "green", "warn": "yellow", "alarm": "red", "insufficient": "cyan"}


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> Table:
    """Return a table of texts; the columns numbered in `right` are aligned to the right."""
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for at, column in enumerate(columns):
        made.add_column(column, justify="right" if at in right else "left")
    for row in rows:
        made.add_row(*row)
    return made


def estimate(score: Estimate) -> str:
    """Return a score with its interval."""
    return f"{score.value:.4f} [{score.low:.4f}, {score.high:.4f}]"


def here(path: Path) -> str:
    """Return a path as seen from the present folder, if it lies in it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def state(name: str) -> str:
    """Return a state in its colour."""
    return f"[bold {_COLOURS.get(name, 'white')}]{name}[/]"


def warn(said: str) -> None:
    """Say what must not be overlooked."""
    console.print(Text.assemble(("warning: ", "bold yellow"), said))


def warn_of_twin(source: SourcedTable | LocatedTable) -> None:
    """Say loudly when a table is generated."""
    if source.is_twin:
        console.print(
            Panel(
                f"The table {source.name} was not at hand and could not be fetched.\n"
                "These rows are GENERATED from its published statistics: good for a try, worthless for a decision.\n"
                "For the real table set KEEPFIT_DATA_MIRROR to a folder that holds it, or connect to the network.",
                title="generated twin, not real data",
                border_style="bold yellow",
            )
        )
