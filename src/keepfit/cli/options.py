"""Options that several commands share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from keepfit.clock import read_moment

ProjectOption = Annotated[
    Path,
    typer.Option(
        "--project", "-p", help="The project file, or its folder.", envvar="KEEPFIT_PROJECT", show_default=True
    ),
]
HERE = Path()


def moment_option(said: str) -> Any:
    """Return an option for a time: ISO 8601, UTC without an offset."""
    return typer.Option(help=said, parser=_moment, metavar="TIME")


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except ValueError as error:
        raise typer.BadParameter(f'"{text}" is no date or time; for example 2026-01-31T10:00') from error
