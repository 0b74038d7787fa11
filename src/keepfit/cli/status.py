"""`keepfit status`."""

from __future__ import annotations

import typer

from keepfit.cli.options import HERE, ProjectOption

_NOT_WELL = 1


def command(project: ProjectOption = HERE) -> None:
    """Tell of each server that `keepfit up` has started whether it is ready; exit with 1 when one is not."""
    from datetime import UTC, datetime  # noqa: PLC0415 - imported when it runs

    from keepfit.cli.console import console, table  # noqa: PLC0415 - as above
    from keepfit.clock import stamp  # noqa: PLC0415 - as above
    from keepfit.stack.local import status  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    found = status(Rooms.open(project))
    if not found:
        console.print("nothing is up; `keepfit up` starts it")
        return
    rows = [
        [one.name, said, one.url or "-", str(one.pid), stamp(datetime.fromtimestamp(one.created, UTC)), one.log]
        for one, said in found
    ]
    console.print(table(["server", "state", "address", "pid", "since", "log"], rows))
    if any(said != "ready" for _, said in found):
        raise typer.Exit(_NOT_WELL)
