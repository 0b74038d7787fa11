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
        datetime | None,
        moment_option(
            "Count all that was answered at this time or later (ISO 8601, UTC); a check of it takes the newest "
            "window_rows. Without --since and --until, the newest window_rows are counted."
        ),
    ] = None,
    until: Annotated[datetime | None, moment_option("Count all that was answered before this time.")] = None,
    score: Annotated[bool, typer.Option("--score", help="Let the champion score the rows of a file.")] = False,
    sql: Annotated[
        str | None,
        typer.Option(
            help="Count in a database: its URL, sqlite:///… or postgresql://…, with '${NAME}' for what only the "
            "environment knows."
        ),
    ] = None,
    sql_table: Annotated[str | None, typer.Option("--table", help="With --sql: its table or view.")] = None,
    url: Annotated[
        str | None,
        typer.Option(help="Ask a service what it has answered since its start; KEEPFIT_ADMIN_TOKEN holds its token."),
    ] = None,
) -> None:
    """Count rows in the bins of the champion's reference: for `keepfit check --window`, alone or with others."""
    from keepfit.cli.console import console, here  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.profile import ProfileTask, profile  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.windows.sql_source import SqlSource  # noqa: PLC0415 - as above

    if (sql is None) != (sql_table is None):
        raise typer.BadParameter("--sql and --table go together")
    source = SqlSource(sql, sql_table) if sql is not None and sql_table is not None else None
    task = ProfileTask(out, table, since, until, score, source, url)
    with progress(console) as show:
        kept = profile(Rooms.open(project), task, on_progress=show)
    console.print(f"v{kept.version}: {kept.profile.rows} rows of {kept.source}\nprofile: {here(out)}", markup=False)
