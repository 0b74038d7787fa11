"""`keepfit serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    project: ProjectOption = HERE,
    host: Annotated[str | None, typer.Option(help="Address to bind, instead of the project's.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to bind, instead of the project's; 0 takes a free one.")
    ] = None,
) -> None:
    """Answer predictions over HTTP until it is told to stop."""
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.serve import serve  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    serve(
        rooms,
        host=host,
        port=port,
        on_start=lambda address: typer.echo(f"{rooms.project.name} answers at {address}, its pages at {address}/docs"),
    )
