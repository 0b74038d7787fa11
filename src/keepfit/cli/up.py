"""`keepfit up`."""

from __future__ import annotations

from keepfit.cli.options import HERE, ProjectOption


def command(project: ProjectOption = HERE) -> None:
    """Start all of it: tracking, service, simulator, Prometheus and what watches; train first where nothing is."""
    from keepfit.cli.console import console, here, table  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.stack.local import up  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    with progress(console) as show:
        report = up(Rooms.open(project), show)
    if report.trained:
        console.print(report.trained.verdict, markup=False)
    rows = [
        [one.name, one.url or "-", str(one.pid), "started" if one.name in report.started else "ran already"]
        for one in report.running
    ]
    console.print(table(["server", "address", "pid", ""], rows))
    for one in report.absent:
        console.print(f"no {one.name}: {one.why}" + (f"; {one.help}" if one.help else ""), markup=False)
    console.print(f"logs: {here(report.folder)}/*.log; passwords: .env; `keepfit down` ends all of it", markup=False)
