"""`keepfit up`."""

from __future__ import annotations

from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    *,
    project: ProjectOption = HERE,
    processes: Annotated[
        bool, typer.Option("--processes", help="As processes of this machine, also where a container engine answers.")
    ] = False,
) -> None:
    """Start all of it: tracking, service, simulator, Prometheus and what watches; train first where nothing is."""
    from keepfit.cli.console import console, here, table, warn  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.stack import containers, local  # noqa: PLC0415 - as above
    from keepfit.stack.engine import find_engine  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms, engine = Rooms.open(project), None if processes else find_engine()
    with progress(console) as show:
        report = containers.up(rooms, engine, show) if engine else local.up(rooms, show)
    if report.trained:
        console.print(report.trained.verdict, markup=False)
    rows = [[one.name, one.url or "-", one.whose, one.state] for one in report.servers]
    console.print(table(["server", "address", "", ""], rows))
    for one in report.absent:
        console.print(f"no {one.name}: {one.why}" + (f"; {one.help}" if one.help else ""), markup=False)
    for note in report.notes:
        warn(note)
    console.print(f"logs: {here(report.folder)}/*.log; passwords: .env; `keepfit down` ends all of it", markup=False)
