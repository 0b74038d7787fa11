"""`keepfit down`."""

from __future__ import annotations

from keepfit.cli.options import HERE, ProjectOption


def command(project: ProjectOption = HERE) -> None:
    """End all that `keepfit up` has started; data and logs stay."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.stack.local import down  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    with progress(console) as show:
        ended = down(Rooms.open(project), show)
    console.print(f"ended: {', '.join(one.name for one in ended)}" if ended else "nothing was up")
