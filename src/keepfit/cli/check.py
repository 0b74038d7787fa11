"""`keepfit check`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption, moment_option

FAILED_CHECK = 3


class FailOn(StrEnum):
    """The state from which on the exit code says so."""

    WARN = "warn"
    ALARM = "alarm"


def command(
    project: ProjectOption = HERE,
    *,
    since: Annotated[
        datetime | None,
        moment_option(
            "Look at what was answered at this time or later, the newest `window_rows` of it (ISO 8601, UTC)."
        ),
    ] = None,
    until: Annotated[datetime | None, moment_option("Look at what was answered before this time.")] = None,
    fail_on: Annotated[FailOn | None, typer.Option(help="Exit with 3 when the verdict is this or worse.")] = None,
) -> None:
    """Compare the journal's window with the training data, and judge drift and quality."""
    from keepfit.cli.console import console, here, state  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.check import check  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    report = check(Rooms.open(project), since=since, until=until)
    verdict = report.verdict
    version, labels = report.champion.facts.version, len(report.labelled)
    console.print(f"{state(verdict.state)}: v{version}, {report.rows} predictions, {labels} labels")
    for reason in verdict.reasons:
        console.print(f"  {reason}", markup=False)
    console.print(f"report: {here(report.page)}\nfacts:  {here(report.facts)}")
    worse = {FailOn.WARN: ("warn", "alarm"), FailOn.ALARM: ("alarm",)}
    if fail_on and verdict.state in worse[fail_on]:
        raise typer.Exit(FAILED_CHECK)
