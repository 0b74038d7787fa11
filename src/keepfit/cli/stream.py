"""`keepfit stream`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption

if TYPE_CHECKING:
    from keepfit.workflows.stream.stream import StreamReport

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def command(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A file, a folder, `journal`, or `-` for JSON lines of standard input; by default [stream] source."
        ),
    ] = None,
    *,
    project: ProjectOption = HERE,
    follow: Annotated[bool, typer.Option("--follow", help="Wait for more when the source has no more.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Forget what was learnt of the stream first.")] = False,
    pace: Annotated[
        float | None, typer.Option(min=0, max=86_400, metavar="SECONDS", help="How long to wait after each batch.")
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port of the metrics for Prometheus, on loopback.")
    ] = None,
) -> None:
    """Learn batch by batch; what was learnt takes over when it is shown to be better."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.stream.stream import StreamTask, stream  # noqa: PLC0415 - as above

    with _stopping() as stop, progress(console) as show:
        task = StreamTask(
            source,
            is_followed=follow,
            restarts=restart,
            pace_seconds=pace,
            metrics_port=metrics_port,
            stop=stop,
            say=lambda said: console.print(said, markup=False, highlight=False),
        )
        report = stream(Rooms.open(project), task, show)
    print_stream(report)


def print_stream(report: StreamReport) -> None:
    """Print what was learnt, and how the models did on it before."""
    from keepfit.cli.console import console, here  # noqa: PLC0415 - as above

    if not report.history:
        console.print(f"nothing was learnt; v{report.champion} stays champion")
        return
    told = ", ".join(f"{role} {loss.value:.3f}" for role, loss in report.losses.items())
    console.print(f"{report.now} batches learnt, {report.batches} since the stream began ({report.rows:,} rows)")
    console.print(f"log-loss of all rows before they were learnt: {told}")
    console.print(f"v{report.champion} is champion")
    for said in report.not_logged:
        console.print(f"not in MLflow: {said}", markup=False)
    if report.page:
        console.print(f"report: {here(report.page)}")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Yield what is set by Ctrl-C and SIGTERM: the batch that is learnt is finished; the second one ends at once."""
    stop, asked = threading.Event(), SimpleQueue[bool]()
    before = {one: signal.getsignal(one) for one in _SIGNALS}

    def pass_on() -> None:
        if asked.get():
            stop.set()

    def ask(number: int, _: object) -> None:
        if is_asked.count(True):
            signal.signal(number, before[signal.Signals(number)])
            signal.raise_signal(number)
        is_asked.append(True)
        asked.put(True)  # to set it here would wait for ever where this thread holds its lock, as it waits for it

    is_asked: list[bool] = []
    thread = threading.Thread(target=pass_on, daemon=True)
    thread.start()
    for one in _SIGNALS:
        signal.signal(one, ask)
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        asked.put(False)
        thread.join()
