"""`keepfit status`."""

from __future__ import annotations

import typer

from keepfit.cli.options import HERE, ProjectOption

_NOT_WELL = 1


def command(project: ProjectOption = HERE) -> None:
    """Tell of each server that `keepfit up` has started whether it is ready; exit with 1 when one is not."""
    from keepfit.cli.console import console, table  # noqa: PLC0415 - imported when it runs
    from keepfit.stack import containers, local  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    found = [*(containers.status(rooms) if containers.are_up(rooms) else []), *local.status(rooms)]
    if not found:
        console.print("nothing is up; `keepfit up` starts it")
        return
    rows = [[one.name, one.state, one.url or "-", one.whose] for one in found]
    console.print(table(["server", "state", "address", ""], rows))
    if any(one.state != "ready" for one in found):
        raise typer.Exit(_NOT_WELL)
