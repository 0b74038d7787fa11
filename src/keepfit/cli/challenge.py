"""`keepfit challenge`."""

from __future__ import annotations

from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    version: Annotated[
        int | None, typer.Argument(help="Number of the version; leave it out to end the challenge.", min=1)
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Let a version score beside the champion, as [serving.challenger] declares; without one, end it."""
    from keepfit.workflows.challenge import challenge, end_challenge  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    if version is None:
        end_challenge(rooms)
        typer.echo("nobody challenges the champion")
        return
    facts = challenge(rooms, version).facts
    mode = rooms.project.serving.challenger.mode
    typer.echo(f"v{version} challenges v{facts['champion']}; the service's mode is {mode}")
    if mode == "off":
        typer.echo('declare [serving.challenger] mode = "shadow" or "canary", and start the service again', err=True)
