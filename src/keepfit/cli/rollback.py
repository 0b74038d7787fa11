"""`keepfit rollback`."""

from __future__ import annotations

from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    project: ProjectOption = HERE,
    reason: Annotated[str, typer.Option(help="Why; the ledger keeps it.")] = "",
) -> None:
    """Make the champion before the present one champion again."""
    from keepfit.workflows.promote import rollback  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    promoted = rollback(Rooms.open(project), reason)
    entry = promoted.promotion
    typer.echo(f"v{entry.version} is champion again instead of v{entry.previous}, epoch {entry.epoch}")
    if promoted.mirror_fault:
        typer.echo(f"MLflow's alias does not say so yet: {promoted.mirror_fault}", err=True)
