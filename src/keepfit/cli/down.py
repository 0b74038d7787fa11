"""`keepfit down`."""

from __future__ import annotations

from keepfit.cli.options import HERE, ProjectOption


def command(project: ProjectOption = HERE) -> None:
    """End all that `keepfit up` has started; data and logs stay."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.stack import containers, local  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    with progress(console) as show:
        ended = local.down(rooms, show)
    console.print(f"ended: {', '.join(ended)}" if ended else "no process was up")
    if containers.are_up(rooms):
        containers.down(rooms)
        console.print("the containers are removed; their volumes stay")
