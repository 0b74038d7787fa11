"""`keepfit stream`."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
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
    backtest: Annotated[
        bool,
        typer.Option(
            "--backtest",
            help="Try every strategy on the source, by default on the table itself, and recommend one; what they learn "
            "is forgotten.",
        ),
    ] = False,
) -> None:
    """Learn batch by batch; what was learnt takes over when it is shown to be better."""
    if backtest:
        if follow or restart or pace is not None or metrics_port is not None:
            raise typer.BadParameter("--backtest takes a source and nothing else")
        _backtest(project, source)
        return
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.stream.stream import StreamTask, stream  # noqa: PLC0415 - as above

    with _Stopping() as stop, progress(console) as show:
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


def _backtest(project: Path, source: str | None) -> None:
    """Try every strategy, and print how each did."""
    from rich.table import Table  # noqa: PLC0415 - as above

    from keepfit.cli.console import console, estimate, here  # noqa: PLC0415 - as above
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.stream.backtest import backtest  # noqa: PLC0415 - as above

    with progress(console) as show:
        report = backtest(Rooms.open(project), source, say=console.print, on_progress=show)
    found = report.found
    table = Table(box=None, pad_edge=False)
    for name in ("strategy", "log-loss", "never updated", "ms a batch"):
        table.add_column(name, justify="left" if name == "strategy" else "right")
    for one in found.tried:
        table.add_row(one.strategy, estimate(one.loss), f"{one.frozen_loss.value:.4f}", f"{one.milliseconds:.0f}")
    console.print(table)
    console.print(
        f"{found.batches} batches, {found.rows:,} rows, each predicted before it is learnt; began with {found.began}"
    )
    console.print(f'recommended: [stream] strategy = "{found.recommended.strategy}"', markup=False)
    console.print(f"report: {here(report.page)}")


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


class _Stopping:
    """Sets an event at Ctrl-C and SIGTERM: the batch that is learnt is finished. The second of them ends at once.

    The handler runs in the thread that may hold the event's lock, as it waits for it: to set it there would wait for
    ever. So it only puts a word into a queue, which another thread passes on.
    """

    def __init__(self) -> None:
        self.event = threading.Event()
        self._words: SimpleQueue[bool] = SimpleQueue()
        self._is_asked = False
        self._before = {one: signal.getsignal(one) for one in _SIGNALS}
        self._thread = threading.Thread(target=self._pass_on, daemon=True)

    def __enter__(self) -> threading.Event:
        self._thread.start()
        for one in _SIGNALS:
            signal.signal(one, self._ask)
        return self.event

    def __exit__(self, *_: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)
        self._words.put(False)
        self._thread.join()

    def _ask(self, number: int, _: object) -> None:
        if self._is_asked:
            signal.signal(number, self._before[signal.Signals(number)])
            signal.raise_signal(number)
        self._is_asked = True
        self._words.put(True)

    def _pass_on(self) -> None:
        if self._words.get():
            self.event.set()
