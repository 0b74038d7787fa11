"""`keepfit journal`: what it says, and what is owed to it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption, moment_option

if TYPE_CHECKING:
    from keepfit.journal import LabelledPrediction

FAULTS_FOUND = 3
_SHOWN_CHARACTERS = 80

app = typer.Typer(help="Read, verify and tidy the journal.", no_args_is_help=True)


@app.command()
def stats(project: ProjectOption = HERE) -> None:
    """Say what the journal holds of the project."""
    from keepfit.cli.console import console, table, warn  # noqa: PLC0415 - imported when it runs
    from keepfit.clock import stamp  # noqa: PLC0415 - as above
    from keepfit.workflows import journal  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    found = journal.stats(Rooms.open(project))
    told = found.summary
    console.print(found.address, markup=False)
    rows = [
        [f"v{one.model_version}", f"{one.predictions:,}", stamp(one.first_at), stamp(one.last_at)]
        for one in told.versions
    ]
    console.print(table(["version", "predictions", "first", "last"], rows, right=(1,)))
    erased = f", {told.erased:,} erased" if told.erased else ""
    console.print(f"{told.predictions:,} predictions{erased}, about {told.entities:,} entities")
    console.print(f"{told.labels:,} labels for {told.labelled:,} predictions, {told.waiting:,} wait for theirs")
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in told.events.items()) or "none"
    console.print(f"{told.shadows:,} answers of challengers; events: {kinds}; {told.seals:,} seals")
    if found.spill_files:
        warn(f"{found.spill_files} files of predictions are in the spill, not in the database")


@app.command()
def tail(
    project: ProjectOption = HERE,
    rows: Annotated[int, typer.Option("--rows", "-n", help="How many.", min=1, max=10_000)] = 10,
    events: Annotated[bool, typer.Option("--events", help="Events instead of predictions.")] = False,
) -> None:
    """Show the newest predictions, or events, the newest last."""
    import json  # noqa: PLC0415 - imported when it runs

    from keepfit.cli.console import console, table  # noqa: PLC0415 - as above
    from keepfit.clock import stamp  # noqa: PLC0415 - as above
    from keepfit.workflows import journal  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    if events:
        lines = [
            [str(one.seq), stamp(one.at), one.kind, one.actor, _cut(json.dumps(one.facts, ensure_ascii=False))]
            for one in journal.recent_events(rooms, rows=rows)
        ]
        console.print(table(["seq", "at", "event", "who", "facts"], lines, right=(0,)))
        return
    console.print(table(_TAIL, [_line(one) for one in journal.tail(rooms, rows=rows)], right=(0, 4)))


@app.command()
def show(prediction_id: Annotated[str, typer.Argument(metavar="ID")], project: ProjectOption = HERE) -> None:
    """Show all that is known of one prediction, as JSON."""
    import msgspec  # noqa: PLC0415 - imported when it runs

    from keepfit.workflows import journal  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    told = journal.show(Rooms.open(project), prediction_id).to_dict()
    typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A .csv or .parquet file.")],
    *,
    project: ProjectOption = HERE,
    since: Annotated[datetime | None, moment_option("Answered at this time or later (ISO 8601, UTC).")] = None,
    until: Annotated[datetime | None, moment_option("Answered before this time.")] = None,
    labelled_only: Annotated[bool, typer.Option("--labelled-only", help="Only what a label came for.")] = False,
) -> None:
    """Write predictions with their newest labels to a file."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.journal import Window  # noqa: PLC0415 - as above
    from keepfit.workflows.journal_export import export as write  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    window = Window(rooms.project.name, since=since, until=until, labelled_only=labelled_only)
    with progress(console) as bar:
        rows = write(rooms, out, window, on_progress=bar)
    console.print(f"wrote {rows:,} predictions to {out}", markup=False)


@app.command()
def verify(
    project: ProjectOption = HERE,
    head: Annotated[
        str | None, typer.Option(help="A head of the chain that was noted earlier: it must still be in it.")
    ] = None,
) -> None:
    """Look for gaps, duplicates, broken references and broken seals; with any, the exit code is 3."""
    from keepfit.cli.console import console, state  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.journal_duties import verify as look  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    found = look(Rooms.open(project), head=head)
    console.print(
        f"{state('ok' if found.is_sound else 'alarm')}: {found.predictions:,} predictions ({found.erased:,} erased, "
        f"{found.retired:,} retired), {found.labels:,} labels ({found.waiting_labels:,} wait), "
        f"{found.events:,} events, {found.seals:,} seals"
    )
    if found.unverified_seals:
        console.print(f"{found.unverified_seals:,} seals cannot be checked row by row: rows of theirs are in archives")
    for fault in found.faults:
        console.print(f"  {fault.kind}: {fault.where}: {fault.what}", markup=False)
    if found.further_faults:
        console.print(f"  and {found.further_faults:,} more")
    if found.head:
        console.print(f"head of the chain: {found.head}")
    if not found.is_sound:
        raise typer.Exit(FAULTS_FOUND)


@app.command()
def forget(
    entity: Annotated[str, typer.Option(help="Whom: as the entity column of the records has it.")],
    project: ProjectOption = HERE,
) -> None:
    """Erase a person's features and name everywhere in the journal; counts, answers and the chain stay."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.journal_duties import forget as erase  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    done = erase(Rooms.open(project), entity)
    console.print(
        f"erased the features of {done.predictions} predictions, the name in {done.labels} labels, and "
        f"{done.archived} rows in archives"
    )


@app.command()
def retire(project: ProjectOption = HERE) -> None:
    """Move months older than `[journal] retention_months` into Parquet files."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.journal_duties import retire as move  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    done = move(Rooms.open(project))
    if not done.months:
        console.print("nothing is old enough")
    for month in done.months:
        console.print(f"{month.month}: {month.rows:,} predictions to {', '.join(month.files)}", markup=False)


_TAIL = ["seq", "at", "id", "version", "probability", "decision", "label", "entity", "record"]


def _line(row: LabelledPrediction) -> list[str]:
    from keepfit.clock import stamp_exactly  # noqa: PLC0415 - imported when it runs

    made = row.prediction
    answer = [f"v{made.model_version}", f"{made.probability:.4f}", made.decision, row.label or "", made.entity or ""]
    return [str(row.seq), stamp_exactly(made.at), made.id, *answer, _cut(made.sent)]


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
