"""`keepfit serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    projects: Annotated[
        list[Path] | None,
        typer.Argument(help="Project files or their folders; several are answered below their names."),
    ] = None,
    project: ProjectOption = HERE,
    host: Annotated[str | None, typer.Option(help="Address to bind, instead of the first project's.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to bind, instead of the first project's; 0 takes a free one.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer, instead of the first project's.")
    ] = None,
) -> None:
    """Answer predictions over HTTP until it is told to stop."""
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.serve import serve  # noqa: PLC0415 - as above

    rooms = [Rooms.open(path) for path in projects or [project]]

    def say(address: str) -> None:
        for one in rooms:
            below = address if len(rooms) == 1 else f"{address}/{one.project.name}"
            typer.echo(f"{one.project.name} answers at {below}, its pages at {below}/docs")

    serve(rooms, host=host, port=port, workers=workers, on_start=say)
