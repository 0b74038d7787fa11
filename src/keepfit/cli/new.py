"""`keepfit new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new project.")],
    data: Annotated[str | None, typer.Option(help="A CSV or Parquet file, or a name of the catalogue.")] = None,
    target: Annotated[str | None, typer.Option(help="The column to predict.")] = None,
    example: Annotated[str | None, typer.Option(help="Unpack a worked example, e.g. credit-status.")] = None,
) -> None:
    """Write a commented keepfit.toml for a table, or unpack a worked example."""
    from keepfit.workflows.new import new_example, new_project  # noqa: PLC0415 - imported when it runs

    if example is not None and data is None and target is None:
        file = new_example(folder, example)
    elif data is not None and target is not None and example is None:
        file = new_project(folder, data=data, target=target)
    else:
        raise typer.BadParameter("give --data FILE and --target COLUMN, or --example NAME alone")
    typer.echo(f"wrote {file}\nnext: keepfit train --project {folder}")
