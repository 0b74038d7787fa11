"""`keepfit profile`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption, moment_option


def command(
    table: Annotated[
        Path | None, typer.Argument(help="The table: a .csv or .parquet file. Without one, the journal.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option(help="The file that is written: JSON.")],
    project: ProjectOption = HERE,
    since: Annotated[
        datetime | None, moment_option("Count what was answered at this time or later (ISO 8601, UTC).")
    ] = None,
    until: Annotated[datetime | None, moment_option("Count what was answered before this time.")] = None,
    score: Annotated[bool, typer.Option("--score", help="Let the champion score the rows of a table.")] = False,
) -> None:
    """Count rows in the bins of the champion's reference: for `keepfit check --window`, alone or with others."""
    from keepfit.cli.console import console, here  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.profile import ProfileTask, profile  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    with progress(console) as show:
        kept = profile(Rooms.open(project), ProfileTask(out, table, since, until, score), on_progress=show)
    console.print(f"v{kept.version}: {kept.profile.rows} rows of {kept.source}\nprofile: {here(out)}", markup=False)
