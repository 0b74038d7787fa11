"""`keepfit simulate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from keepfit.cli.options import HERE, ProjectOption

if TYPE_CHECKING:
    from keepfit.workflows.rooms import Rooms
    from keepfit.workflows.simulate import SimulateReport
    from keepfit.workflows.simulated_customers import Mode

_INTERRUPTED = 130  # as every command that Ctrl-C ends
_MILLISECONDS = 1000


def command(
    *,
    project: ProjectOption = HERE,
    url: Annotated[str | None, typer.Option(help="Address of the service, instead of the project's.")] = None,
    mode: Annotated[
        Literal["noise", "replay", "shift", "random"] | None,
        typer.Option(
            help="noise: customers whose labels agree with the prediction as often as is declared, the default; "
            "replay: rows of the table with their true labels, of a panel those that are held out, the default there; "
            "shift: a changed population with true labels by a changed rule; random: records drawn from the champion's "
            "reference, without labels."
        ),
    ] = None,
    requests: Annotated[
        int | None, typer.Option(help="Requests, one customer each, instead of the project's [simulation] rows.", min=1)
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="Requests a second at the most; by default as many as are answered.", min=0.001)
    ] = None,
    pause: Annotated[
        float | None,
        typer.Option(
            help="Seconds up to which a pause by chance lasts, before each request of those under way at once; by "
            "default none, and the project's for --stream.",
            min=0,
        ),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(help="Requests under way at once, instead of the project's.", min=1, max=256)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the project's; a stream draws one.", min=0)] = None,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="Rows of the table, of a panel those that are held out, or of --mode shift, with pauses and later "
            "labels, until it is told to stop.",
        ),
    ] = False,
) -> None:
    """Send customers to the running service, then report their labels."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.simulate import SimulateTask, simulate  # noqa: PLC0415 - as above

    rooms = Rooms.open(project)
    address = url or f"http://{rooms.project.serving.address}"
    if stream:
        if mode in ("noise", "random"):
            raise typer.BadParameter("a stream sends rows of the table, or those of shift", param_hint="--mode")
        for name, given in (("requests", requests), ("rate", rate), ("concurrency", concurrency)):
            if given is not None:
                said = "a stream has no end, and one customer at a time; leave it out"
                raise typer.BadParameter(said, param_hint=f"--{name}")
        _stream(rooms, address, is_shifted=mode == "shift", pause=pause, seed=seed)
        return
    usual: Mode = "noise" if rooms.project.panel is None else "replay"
    task = SimulateTask(address, mode or usual, requests, rate, pause or 0.0, concurrency, seed)
    with progress(console) as show:
        report = simulate(rooms, task, show)
    _tell(report)
    if report.is_interrupted:
        raise typer.Exit(_INTERRUPTED)


def _stream(rooms: Rooms, address: str, *, is_shifted: bool, pause: float | None, seed: int | None) -> None:
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.workflows.simulate import simulate_stream  # noqa: PLC0415 - as above

    answers = simulate_stream(rooms, url=address, shift=is_shifted, pause_seconds=pause, seed=seed)
    console.print(f"customers go to {address} until this is told to stop", soft_wrap=True)
    for answer in answers:
        said = answer if isinstance(answer, str) else f"{answer.id} v{answer.model_version}"
        console.print(said, markup=False, highlight=False, soft_wrap=True)


def _tell(report: SimulateReport) -> None:
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs

    def say(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    decided = ", ".join(f"{count} {label}" for label, count in report.decisions.items())
    say(f"{report.rows} customers answered{f' ({decided})' if decided else ''}")
    if report.mode != "random":
        say(f"{report.matched} labels matched, {report.agreeing / report.rows:.1%} of them agree with the prediction")
    if report.rows:
        versions = ", ".join(f"{count} by v{version}" for version, count in report.versions.items())
        half, most = (seconds * _MILLISECONDS for seconds in report.seconds)
        say(f"{versions}; half of them within {half:.1f} ms, 99 % within {most:.1f} ms")
    if report.failures:
        say(f"{len(report.failures)} got no answer; the last: {report.failures[-1]}")
