"""`keepfit promote`."""

from __future__ import annotations

from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    version: Annotated[int, typer.Argument(help="Number of the version, as `keepfit models` lists it.", min=1)],
    project: ProjectOption = HERE,
    reason: Annotated[str, typer.Option(help="Why; the ledger keeps it.")] = "",
) -> None:
    """Make a version champion; a running service swaps to it."""
    from keepfit.workflows.promote import promote  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    promoted = promote(Rooms.open(project), version, reason)
    typer.echo(f"v{version} is champion, epoch {promoted.promotion.epoch}")
    if promoted.mirror_fault:
        typer.echo(f"MLflow's alias does not say so yet: {promoted.mirror_fault}", err=True)
