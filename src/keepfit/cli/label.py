"""`keepfit label`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Known outcomes: a .csv or .parquet file.")],
    *,
    project: ProjectOption = HERE,
    label_column: Annotated[
        str | None, typer.Option("--label", help="The column of outcomes; by default `label`, or the target.")
    ] = None,
    prediction_id: Annotated[
        str | None, typer.Option(help="The column of prediction ids; by default `prediction_id`, or `id`.")
    ] = None,
    entity: Annotated[
        str | None, typer.Option(help="The column of whom they are about; by default `entity`, or the project's own.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="The column of dates or times up to which the newest prediction is meant.")
    ] = None,
) -> None:
    """Record known outcomes, by prediction id or by entity and time; a file with a faulty row is refused."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.label import LabelColumns, label  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    with progress(console) as show:
        receipt = label(rooms, file, LabelColumns(label_column, prediction_id, entity, as_of), on_progress=show)
    waiting = f", {receipt.unmatched} wait for their prediction" if receipt.unmatched else ""
    console.print(f"{receipt.accepted} labels recorded: {receipt.matched} found their prediction{waiting}")
