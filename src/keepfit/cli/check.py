"""`keepfit check`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption, moment_option
from keepfit.errors import MonitoringError

FAILED_CHECK = 3


class FailOn(StrEnum):
    """The state from which on the exit code says so."""

    WARN = "warn"
    ALARM = "alarm"


class Engine(StrEnum):
    """Who compares."""

    KEEPFIT = "keepfit"
    EVIDENTLY = "evidently"


def command(
    project: ProjectOption = HERE,
    *,
    window: Annotated[
        list[Path] | None,
        typer.Option(
            help="Look at this table (CSV, Parquet) instead of the journal, or at profiles of `keepfit profile`."
        ),
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="Compare with this profile instead of the rows that trained.")
    ] = None,
    score: Annotated[bool, typer.Option("--score", help="Let the champion score the rows of a table.")] = False,
    multivariate: Annotated[
        bool, typer.Option("--multivariate", help="Look at all columns together too: can a model tell the rows apart?")
    ] = False,
    exact: Annotated[bool, typer.Option("--exact", help="Compare the raw values of each column too.")] = False,
    engine: Annotated[
        Engine, typer.Option(help="`evidently` writes Evidently's own reports of the same window, and no verdict.")
    ] = Engine.KEEPFIT,
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
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.check import check  # noqa: PLC0415 - as above
    from keepfit.workflows.check_task import CheckTask  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    if engine is Engine.EVIDENTLY:
        if window or reference or score or multivariate or exact or fail_on:
            said = "it compares the journal's window with the training rows, and judges nothing"
            raise MonitoringError(said, where="--engine evidently", hint="give it --since and --until at the most")
        _let_evidently(project, since, until)
        return
    task = CheckTask(since, until, tuple(window or ()), reference, score, multivariate, exact)
    with progress(console) as show:
        report = check(Rooms.open(project), task, on_progress=show)
    verdict, version = report.verdict, report.champion.facts.version
    what = "rows" if window else "predictions"
    console.print(f"{state(verdict.state)}: v{version}, {report.rows} {what}, {report.labels} labels")
    for reason in verdict.reasons:
        console.print(f"  {reason}", markup=False)
    console.print(f"report: {here(report.page)}\nfacts:  {here(report.facts)}")
    worse = {FailOn.WARN: ("warn", "alarm"), FailOn.ALARM: ("alarm",)}
    if fail_on and verdict.state in worse[fail_on]:
        raise typer.Exit(FAILED_CHECK)


def _let_evidently(project: Path, since: datetime | None, until: datetime | None) -> None:
    """Write Evidently's reports and name them."""
    from keepfit.cli.console import console, here, warn  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.check_by_evidently import check_by_evidently  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    report = check_by_evidently(Rooms.open(project), since=since, until=until)
    console.print(
        f"v{report.champion.facts.version}, {report.rows} predictions, {report.labelled} labels, by Evidently"
    )
    console.print(f"drift:   {here(report.page)}\nfacts:   {here(report.facts)}")
    if report.quality:
        console.print(f"quality: {here(report.quality.page)}")
    for said in report.left_out:
        warn(said)
