"""`keepfit demo` of a stream: rows arrive batch by batch, a shift hurts, and what has learnt them takes over.

The rows are the held-out ones of the table, in an order drawn by chance. Each batch is first asked at the service, as
rows are whose outcome is not known yet, and then put into the folder that the stream learns, with the outcome. From
half way on their numbers are scaled as `[simulation.shift]` declares.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from keepfit.client import Client
from keepfit.datasets import Dataset
from keepfit.errors import ClientError
from keepfit.simulation.sent_records import sent_records
from keepfit.workflows.board_pages import write_board_pages
from keepfit.workflows.dashboards import SCRAPE_SECONDS
from keepfit.workflows.demo_prometheus import watched
from keepfit.workflows.demo_stage import free_port, served, told_of
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.stream.stream import LEARN, StreamReport, StreamTask, stream
from keepfit.workflows.train import TrainReport, train

STREAMED_SHARE = "\n[split]                        # of the demo: three rows of four come as a stream\nholdout = 0.75\n"
DECLARED = {"wine-quality": STREAMED_SHARE}
"""What the demo's copy of a project file declares besides, by example."""
_HOST = "127.0.0.1"
_BATCH_SECONDS = 3.0
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.05
_SCRAPES = 1.5  # after the last batch, so that its values are seen


@dataclass
class Arrivals:
    """What arrived, and what the service answered.

    Attributes
    ----------
    shift_batch
        The number of the first batch whose numbers are scaled.
    versions
        Answers by the version that gave them.
    failures
        What went wrong, a text each.
    """

    shift_batch: int
    versions: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StreamDemoReport:
    """The story.

    Attributes
    ----------
    folder
        The project that it played in.
    train, stream
        The training, and the stream.
    address
        Where the service answered.
    arrivals
        What came, and what the service answered.
    scraped
        What Prometheus saw of the faded log-loss, by role; None where it is not installed.
    boards
        The dashboards as pages.
    """

    folder: Path
    train: TrainReport
    stream: StreamReport
    address: str
    arrivals: Arrivals
    scraped: dict[str, list[float]] | None
    boards: tuple[Path, ...]


def demo_stream(rooms: Rooms, on_progress: Progress = no_progress) -> StreamDemoReport:
    """Play the story of an example that is learnt batch by batch; see `demo_stage` for where."""
    trained = train(rooms, told_of(on_progress, "train"))
    began = time.monotonic()
    metrics = free_port(_HOST, rooms.project.stream.metrics_port or 0)
    with (
        served(rooms) as url,
        watched(rooms, service=url.removeprefix("http://"), stream=f"{_HOST}:{metrics}") as watch,
    ):
        supplier = _Supplier(rooms, trained.dataset, url, on_progress, lasts=_SCRAPES * SCRAPE_SECONDS if watch else 0)
        task = StreamTask(str(supplier.folder), is_followed=True, metrics_port=metrics, stop=supplier.stop)
        with supplier:
            report = stream(rooms, task, supplier.on_progress)
        scraped = watch.values("keepfit_stream_log_loss", "role") if watch else None
        boards: list[Path] = []
        if watch:
            minutes = (time.monotonic() - began) / 60
            boards = write_board_pages(rooms, rooms.workspace.reports, watch.addresses, minutes=minutes)
    rooms.log.add("demo", f"{report.batches} batches, {sum(supplier.arrivals.versions.values())} answers")
    return StreamDemoReport(rooms.folder, trained, report, url, supplier.arrivals, scraped, tuple(boards))


class _Supplier:
    """Asks each batch at the service, and then puts it into the folder that is learnt, from a thread of its own.

    Parameters
    ----------
    rooms, dataset
        The project, and its table.
    url
        Of the service.
    on_progress
        Told what the stream tells, with the number of all batches.
    lasts
        How many seconds the stream goes on after the last batch.
    """

    def __init__(self, rooms: Rooms, dataset: Dataset, url: str, on_progress: Progress, *, lasts: float) -> None:
        self.folder = rooms.folder / str(rooms.project.stream.source)
        self.folder.mkdir(exist_ok=True)
        self.stop = threading.Event()
        self._dataset, self._url, self._shown, self._lasts = dataset, url, on_progress, lasts
        self._scale = rooms.project.simulation.shift.scale
        rows = np.random.default_rng(rooms.project.project.seed).permutation(dataset.split.holdout)
        size = rooms.project.stream.batch_rows
        frame = dataset.frame[rows.tolist()].select(*dataset.signature.names, dataset.signature.outcome.name)
        self._batches = [frame[at : at + size] for at in range(0, frame.height, size)]
        self.arrivals = Arrivals(len(self._batches) // 2 + 1)
        self._learnt = 0
        self._thread = threading.Thread(target=self._run, name="supplier", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(_PATIENCE_SECONDS)

    def on_progress(self, step: str, done: int, total: int, note: str = "") -> None:
        """Note how many batches were learnt, and pass it on."""
        if step == LEARN:
            self._learnt, total = done, len(self._batches)
        self._shown(f"stream: {step}", done, total, note)

    def _run(self) -> None:
        try:
            self._supply()
        finally:  # whatever happened, nobody waits for more
            self.stop.set()

    def _supply(self) -> None:
        with Client(self._url, retries=0) as client:
            for number, batch in enumerate(self._batches, 1):
                began = time.monotonic()
                self._ask(client, batch, number)
                self._deliver(batch, number)
                while self._learnt < number and not self.stop.is_set() and time.monotonic() - began < _PATIENCE_SECONDS:
                    time.sleep(_LOOK_SECONDS)
                if self.stop.wait(max(_BATCH_SECONDS - (time.monotonic() - began), 0)):
                    return
        self.stop.wait(self._lasts)

    def _ask(self, client: Client, batch: pl.DataFrame, number: int) -> None:
        try:
            answers = client.predict_many(list(sent_records(batch, self._dataset.signature, self._factors(number))))
        except ClientError as error:
            self.arrivals.failures.append(str(error))
            return
        self.arrivals.versions.update(answer.model_version for answer in answers)

    def _deliver(self, batch: pl.DataFrame, number: int) -> None:
        """Put a batch into the folder as one file, which is whole when it is there."""
        hidden = self.folder / f".batch-{number:03}.csv"
        scaled = batch.with_columns(pl.col(name) * factor for name, factor in self._factors(number).items())
        scaled.write_csv(hidden)
        hidden.rename(self.folder / f"batch-{number:03}.csv")

    def _factors(self, number: int) -> Mapping[str, float]:
        return self._scale if number >= self.arrivals.shift_batch else {}
