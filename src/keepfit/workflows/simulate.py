"""`keepfit simulate`: customers over HTTP, and their labels afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from keepfit.client import Answer
from keepfit.datasets import Dataset
from keepfit.project.simulation_section import ShiftSection
from keepfit.scoring import history_door
from keepfit.simulation import (
    noisy_labels,
    report_labels,
    send,
    shifted_customers,
    stream,
    synthetic_customers,
)
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Progress, Rooms, no_progress

_DRAWN_ROWS = 1000


@dataclass(frozen=True, slots=True)
class SimulateReport:
    """What was sent and what came back.

    Attributes
    ----------
    kind
        `noise` or `shift`.
    rows
        Customers that were answered.
    agreeing
        How many labels agree with the prediction.
    matched
        How many labels found their prediction.
    decisions
        How often each label was decided.
    versions
        How often each model version answered.
    """

    kind: str
    rows: int
    agreeing: int
    matched: int
    decisions: dict[str, int]
    versions: dict[str, int]


def simulate(
    rooms: Rooms,
    *,
    url: str,
    shift: bool = False,
    rows: int | None = None,
    seed: int | None = None,
    on_progress: Progress = no_progress,
) -> SimulateReport:
    """Send customers to a running service, then report labels for them.

    Parameters
    ----------
    rooms
        The project.
    url
        Address of the service.
    shift
        Real rows of a changed population with true labels by a changed rule, instead of synthetic customers whose
        labels agree with the prediction as often as `[simulation] accuracy` says.
    rows
        How many, instead of `[simulation] rows`.
    seed
        Instead of the project's.

    Raises
    ------
    ServiceError
        When nothing answers there, or a customer is refused.
    """
    section = rooms.project.simulation
    dataset = load_dataset(rooms)
    rng = np.random.default_rng(rooms.project.project.seed if seed is None else seed)
    count = rows or section.rows
    labels: list[str] = []
    if shift:
        customers, labels = _shifted(dataset, rooms, count, rng)
    else:
        reference = dataset.frame[dataset.split.train.tolist()]
        customers = synthetic_customers(reference, dataset.signature, count, rng)
    answers = send(
        customers,
        url=url,
        token=rooms.token,
        concurrency=section.concurrency,
        on_progress=lambda done: on_progress("send customers", done, count),
    )
    if not shift:
        labels = noisy_labels(answers, dataset.signature.outcome, section.accuracy, rng)
    sent = [(answer.id, label) for answer, label in zip(answers, labels, strict=True)]
    matched = report_labels(
        sent, url=url, token=rooms.token, on_progress=lambda done: on_progress("report labels", done, count)
    )
    agreeing = sum(answer.decision == label for answer, label in zip(answers, labels, strict=True))
    kind = "shift" if shift else "noise"
    rooms.log.add("simulate", f"{kind}: {count} customers to {url}, {agreeing} labels agree with the prediction")
    return SimulateReport(kind, count, agreeing, matched, _tally(answers, "decision"), _tally(answers, "model_version"))


def simulate_stream(rooms: Rooms, *, url: str, shift: bool = False, seed: int | None = None) -> Iterator[Answer | str]:
    """Return a stream that sends rows that trained, as they are, without end, and reports their true labels later.

    The table is read before the first customer is asked for.

    Parameters
    ----------
    rooms, url
        As for `simulate`.
    seed
        Without one no two streams are alike; the run log has it.
    shift
        A changed population with labels by a changed rule instead.

    Returns
    -------
    The answer to each customer, or why there was none; it raises `ServiceError` when a customer is refused.

    Raises
    ------
    DatasetError
        When the table cannot be had.
    """
    section, dataset = rooms.project.simulation, load_dataset(rooms)
    drawn_seed = secrets.randbits(32) if seed is None else seed
    rng = np.random.default_rng(drawn_seed)

    def customers() -> Iterator[tuple[dict[str, Any], str]]:
        while True:
            drawn = _shifted(dataset, rooms, _DRAWN_ROWS, rng) if shift else _replayed(dataset, rng)
            yield from zip(*drawn, strict=True)

    kind = "shifted" if shift else "replayed"
    rooms.log.add("simulate", f"a stream of {kind} customers to {url} begins, seed {drawn_seed}")
    return stream(
        customers(),
        url=url,
        pause_seconds=section.pause_seconds,
        label_seconds=section.label_seconds,
        rng=rng,
        token=rooms.token,
    )


def _replayed(dataset: Dataset, rng: np.random.Generator) -> tuple[list[dict[str, Any]], list[str]]:
    frame, labels = _trained(dataset)
    unchanged = ShiftSection()
    return shifted_customers(frame, labels, dataset.signature, unchanged, rows=_DRAWN_ROWS, rng=rng, prefix="replay")


def _trained(dataset: Dataset) -> tuple[pl.DataFrame, list[str]]:
    """Return rows that trained: the held-out ones must not teach a challenger by way of the journal."""
    outcome, train = dataset.signature.outcome, dataset.split.train
    return dataset.frame[train.tolist()], [outcome.labels[code] for code in dataset.target[train]]


def _shifted(
    dataset: Dataset, rooms: Rooms, count: int, rng: np.random.Generator
) -> tuple[list[dict[str, Any]], list[str]]:
    frame, labels = _trained(dataset)
    history_door(dataset.signature).table(frame)  # a table that the door refuses is told before it is sent
    return shifted_customers(frame, labels, dataset.signature, rooms.project.simulation.shift, rows=count, rng=rng)


def _tally(answers: list[Answer], name: str) -> dict[str, int]:
    values = [getattr(answer, name) for answer in answers]
    return {value: values.count(value) for value in sorted(set(values))}
