"""`keepfit data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption
from keepfit.date_text import date_text
from keepfit.signature import Column, Kind


def command(
    project: ProjectOption = HERE,
    out: Annotated[Path | None, typer.Option(help="Write the table to this .csv or .parquet file.")] = None,
) -> None:
    """Get the table, and show its columns and where it came from."""
    from keepfit.cli.console import console, table, warn_of_twin  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.data import show_data  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    report = show_data(Rooms.open(project), out)
    dataset, source = report.dataset, report.dataset.source
    warn_of_twin(source)
    console.print(
        f"{source.name}: {source.frame.height} rows by {source.frame.width} columns, {source.origin}: {source.address}"
    )
    console.print(f"fingerprint {dataset.fingerprint}")
    share = float(dataset.target.mean())
    outcome = dataset.signature.outcome
    console.print(
        f"target {outcome.name}: {share:.1%} {outcome.positive}; {report.missing_cells} missing cells in the features; "
        f"{len(dataset.split.train)} rows train, {len(dataset.split.holdout)} are held out"
    )
    for part in dataset.left_out:
        console.print(f"{part.rows} rows are left out, as {part.reason}")
    rows = [
        [
            column.name,
            column.kind,
            "yes" if column.optional else "no",
            str(dataset.frame[column.name].null_count()),
            ", ".join(column.categories) or _range(column),
        ]
        for column in dataset.signature.sent_columns
    ]
    console.print(table(["column", "kind", "may be missing", "missing", "values"], rows, right=(3,)))
    if past := len(dataset.signature.columns) - len(dataset.signature.sent_columns):
        console.print(f"{past} columns of the past follow, made of the months up to a row's own")
    for step in dataset.cleaned.steps:
        console.print(f"cleaned: {step.said} ({step.rows} rows, {step.cells} cells)", markup=False)
    if report.written:
        console.print(f"wrote {report.written}")


def _range(column: Column) -> str:
    """Return the range seen in training, as the table writes it; nothing where there is none."""
    if column.minimum is None or column.maximum is None:
        return ""
    ends = (column.minimum, column.maximum)
    is_date = column.kind is Kind.DATE
    return " to ".join(date_text(end, column.date_format) if is_date else f"{end:g}" for end in ends)
