"""`keepfit score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption

if TYPE_CHECKING:
    from keepfit.workflows.score import ScoreReport

REFUSED_ROWS = 3


def command(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The table: a .csv or .parquet file.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The answers: a .csv or .parquet file.")],
    *,
    project: ProjectOption = HERE,
    columns: Annotated[
        list[str] | None,
        typer.Option("--id", help="A column that names a row: kept, beside the entity. May be given again."),
    ] = None,
    keep_all: Annotated[bool, typer.Option("--keep-all", help="Keep all columns of the table.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="What is refused: a .csv or .parquet file, instead of one beside OUT.")
    ] = None,
    allow_rejected: Annotated[
        bool, typer.Option("--allow-rejected", help="Exit with 0 although rows were refused, if any was scored.")
    ] = False,
    version: Annotated[int | None, typer.Option(help="The model's version, instead of the champion.", min=1)] = None,
    workers: Annotated[int, typer.Option(help="Threads that score.", min=1)] = 1,
) -> None:
    """Score a table into a file. Rows that the service would refuse go to another file; then the exit code is 3."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.score import ScoreTask, score  # noqa: PLC0415 - as above

    task = ScoreTask(source, out, rejected, tuple(columns or ()), keep_all, version, workers)
    rooms = Rooms.open(project)
    with progress(console) as show:
        report = score(rooms, task, on_progress=show)
    _show(report, task.out)
    if report.refused:
        _tell_refusals(report, task.out)
        if not (allow_rejected and report.scored):
            raise typer.Exit(REFUSED_ROWS)


def _show(report: ScoreReport, out: Path) -> None:
    from keepfit.cli.console import console, table, warn  # noqa: PLC0415 - imported when it runs

    for name in report.absent:
        warn(f"column {name} is not in the table: it is missing in every row")
    if report.rests_on_rows_alone:
        warn("the table does not say whom a row is about, or lacks a product: nothing is known of the months before")
    decided = ", ".join(f"{count} {label}" for label, count in sorted(report.decisions.items()))
    console.print(
        f"v{report.version} read {report.rows} rows, scored {report.scored}"
        + (f" ({decided})" if decided else "")
        + f", refused {report.refused}; {report.rows_per_second:,.0f} rows/s",
        markup=False,
    )
    if report.unusual:
        console.print("scored although unusual:")
        rows = [[column, reason.replace("_", " "), str(count)] for (column, reason), count in report.unusual.items()]
        console.print(table(["column", "is", "values"], rows, right=(2,)))
    console.print(f"wrote {out}", markup=False)


def _tell_refusals(report: ScoreReport, out: Path) -> None:
    """Say on standard error what a batch job must not overlook."""
    why = ", ".join(f"{name} {count}" for name, count in report.refusals.most_common())
    rest = f"the others are in {out}" if report.scored else f"no row was scored, and {out} holds none"
    said = f"{report.refused} of {report.rows} rows were refused (values: {why}); why is in {report.rejected}, {rest}"
    typer.echo(f"keepfit: {said}", err=True)
