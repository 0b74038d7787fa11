"""`keepfit simulate`."""

from __future__ import annotations

from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption


def command(
    *,
    project: ProjectOption = HERE,
    url: Annotated[str | None, typer.Option(help="Address of the service, instead of the project's.")] = None,
    rows: Annotated[int | None, typer.Option(help="Customers to send, instead of the project's.", min=1)] = None,
    shift: Annotated[
        bool, typer.Option("--shift", help="A changed population with true labels by a changed rule.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the project's; a stream draws one.", min=0)] = None,
    stream: Annotated[
        bool,
        typer.Option("--stream", help="Rows that trained, with pauses and later labels, until it is told to stop."),
    ] = False,
) -> None:
    """Send customers to the running service, then report their labels."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.simulate import simulate, simulate_stream  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    address = url or f"http://{rooms.project.serving.address}"
    if stream:
        if rows is not None:
            raise typer.BadParameter("a stream has no end; leave it out", param_hint="--rows")
        answers = simulate_stream(rooms, url=address, shift=shift, seed=seed)
        console.print(f"customers go to {address} until this is told to stop", soft_wrap=True)
        for answer in answers:
            said = answer if isinstance(answer, str) else f"{answer.id} v{answer.model_version}"
            console.print(said, markup=False, highlight=False, soft_wrap=True)
        return
    with progress(console) as show:
        report = simulate(rooms, url=address, shift=shift, rows=rows, seed=seed, on_progress=show)
    decided = ", ".join(f"{count} {label}" for label, count in report.decisions.items())
    console.print(
        f"{report.rows} customers answered ({decided}); {report.matched} labels matched, "
        f"{report.agreeing / report.rows:.1%} of them agree with the prediction"
    )
