"""`keepfit dashboards`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")],
    project: ProjectOption = HERE,
    service: Annotated[str | None, typer.Option(help="Where the service answers, instead of the project's.")] = None,
    prometheus: Annotated[str | None, typer.Option(help="Where Prometheus answers, instead of the project's.")] = None,
    alertmanager: Annotated[str, typer.Option(help="Where Alertmanager answers; without, no alert is sent.")] = "",
    webhook: Annotated[str, typer.Option(help="The URL that Alertmanager tells of critical alerts.")] = "",
    graphite: Annotated[str, typer.Option(help="Where graphite-web answers; without, no panel asks it.")] = "",
    pages: Annotated[
        bool, typer.Option("--pages", help="Draw them, too: a page each, of what the servers say now.")
    ] = False,
    minutes: Annotated[float, typer.Option(min=1, help="The stretch of time that pages show.")] = 60.0,
) -> None:
    """Write dashboards for Grafana, rules and scraping for Prometheus, and routes for Alertmanager."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.board_pages import write_board_pages  # noqa: PLC0415 - as above
    from keepfit.workflows.dashboards import addresses_of, write_dashboards  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    own = addresses_of(rooms.project)
    told = {"service": service, "prometheus": prometheus}
    named = {name: address for name, address in told.items() if address is not None}
    addresses = replace(own, alertmanager=alertmanager, webhook=webhook, graphite=graphite, **named)
    written = write_dashboards(rooms, out, addresses)
    if pages:
        written += write_board_pages(rooms, out / "pages", addresses, minutes=minutes)
    for path in written:
        console.print(str(path), markup=False, soft_wrap=True)
