"""`keepfit simulate`: customers over HTTP, and their labels afterwards where they are known."""

from __future__ import annotations

import math
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keepfit.client import Answer
from keepfit.errors import AnswerError, BundleError
from keepfit.profiles import Profile, RandomRecords
from keepfit.signature import LISTED_BY, Offers
from keepfit.simulation import (
    Pace,
    Sent,
    noisy_labels,
    report_labels,
    send,
    stream,
    synthetic_customers,
)
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.simulated_customers import Mode, agrees, replayed, require_simulated, shifted

_DRAWN_ROWS = 1000
_SHARES = (0.5, 0.99)  # of the answers, whose time is told


@dataclass(frozen=True, slots=True)
class SimulateTask:
    """What is sent, and how fast.

    Attributes
    ----------
    url
        Address of the service.
    mode
        `noise`: synthetic customers, whose labels agree with the prediction as often as `[simulation] accuracy` says.
        `replay`: rows of the table with their true labels; those that trained, of a panel those that are held out.
        `shift`: real rows of a changed population, with true labels by a changed rule. `random`: records drawn from the
        reference of the champion, of which no label is known; no table is read.
    requests
        How many, one customer each, instead of `[simulation] rows`.
    rate, pause_seconds
        As of `Pace`.
    concurrency
        Requests under way at once, instead of the project's.
    seed
        Instead of the project's.
    """

    url: str
    mode: Mode = "noise"
    requests: int | None = None
    rate: float | None = None
    pause_seconds: float = 0.0
    concurrency: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class SimulateReport:
    """What was sent and what came back.

    Attributes
    ----------
    mode
        Of the task.
    rows
        Customers that were answered.
    agreeing
        How many labels agree with the prediction; 0 of random ones, as for the next.
    matched
        How many labels found their prediction.
    decisions
        How often each label was decided, or of a recommender each product.
    versions
        How often each model version answered.
    seconds
        How long half of the answers took at the most, and 99 % of them; NaN without any.
    failures
        Why requests got no answer, a text each.
    is_interrupted
        Whether it was told to stop before all were sent.
    """

    mode: Mode
    rows: int
    agreeing: int
    matched: int
    decisions: dict[str, int]
    versions: dict[str, int]
    seconds: tuple[float, float]
    failures: tuple[str, ...] = ()
    is_interrupted: bool = False


def simulate(rooms: Rooms, task: SimulateTask, on_progress: Progress = no_progress) -> SimulateReport:
    """Send customers to a running service, then report labels for them.

    Random ones have no labels; a request of theirs that gets no answer is told in the report, once another has got one,
    and Ctrl-C ends them with a report of those before it.

    Raises
    ------
    ServiceError
        When nothing answers there, or a customer is refused.
    BundleError
        When random ones are asked for, and there is no champion, or it has no profile.
    """
    rng = np.random.default_rng(rooms.project.project.seed if task.seed is None else task.seed)
    count = task.requests or rooms.project.simulation.rows
    if task.mode == "random":
        return _simulate_random(rooms, task, count, rng, on_progress)
    dataset = load_dataset(rooms)
    require_simulated(dataset, task.mode)
    labels: list[str] = []
    if task.mode == "shift":
        customers, labels = shifted(dataset, rooms.project.simulation.shift, count, rng)
    elif task.mode == "replay":
        customers, labels = replayed(dataset, count, rng)
    else:
        reference = dataset.frame[dataset.split.train.tolist()]
        customers = synthetic_customers(reference, dataset.signature, count, rng)
    sent = list(_shown(_sent(rooms, task, customers, rng), count, on_progress))
    answers = [one.answer for one in sent if one.answer is not None]
    if task.mode == "noise":
        labels = noisy_labels(answers, dataset.signature.outcome, rooms.project.simulation.accuracy, rng)
    pairs = [(answer.id, label) for answer, label in zip(answers, labels, strict=True)]
    matched = report_labels(
        pairs, url=task.url, token=rooms.token, on_progress=lambda done: on_progress("report labels", done, count)
    )
    offers = dataset.signature.offers
    agreeing = sum(agrees(answer.decision, label, offers) for answer, label in zip(answers, labels, strict=True))
    said = f"{count} customers to {task.url}, {agreeing} labels agree with the prediction"
    rooms.log.add("simulate", f"{task.mode}: {said}")
    return _report(task, sent, offers, agreeing=agreeing, matched=matched)


def _simulate_random(
    rooms: Rooms, task: SimulateTask, count: int, rng: np.random.Generator, on_progress: Progress
) -> SimulateReport:
    champion = rooms.store.champion()
    version, signature = champion.facts.version, champion.facts.signature
    if not champion.profile:
        raise BundleError("has no profile to draw records from", where=f"bundle v{version}", hint="train again")
    records = RandomRecords(Profile.from_dict(champion.profile), signature)
    drawn = (records.draw(rng) for _ in range(count))
    sent: list[Sent] = []
    is_interrupted = False
    try:
        for one in _shown(_sent(rooms, task, drawn, rng.spawn(1)[0], goes_on=True), count, on_progress):
            sent.append(one)  # noqa: PERF402 - one by one: Ctrl-C leaves those that came
    except KeyboardInterrupt:
        is_interrupted = True
    report = _report(task, sent, signature.offers, is_interrupted=is_interrupted)
    said = f"{report.rows} of {count} records drawn from v{version} were answered by {task.url}"
    rooms.log.add("simulate", f"random: {said}{', then it was told to stop' if is_interrupted else ''}")
    return report


def _sent(
    rooms: Rooms,
    task: SimulateTask,
    customers: Iterable[Mapping[str, Any]],
    rng: np.random.Generator,
    *,
    goes_on: bool = False,
) -> Iterator[Sent]:
    pace = Pace(task.concurrency or rooms.project.simulation.concurrency, task.rate, task.pause_seconds)
    return send(customers, url=task.url, pace=pace, rng=rng, token=rooms.token, goes_on=goes_on)


def _shown(sent: Iterator[Sent], count: int, on_progress: Progress) -> Iterator[Sent]:
    for done, one in enumerate(sent, 1):
        on_progress("send customers", done, count)
        yield one


def _report(
    task: SimulateTask,
    sent: Sequence[Sent],
    offers: Offers | None,
    *,
    agreeing: int = 0,
    matched: int = 0,
    is_interrupted: bool = False,
) -> SimulateReport:
    answers = [one.answer for one in sent if one.answer is not None]
    decisions = Counter(part for answer in answers for part in _decided(answer, offers))
    took = [one.seconds for one in sent if one.answer is not None]
    half, most = np.quantile(took, _SHARES).tolist() if took else (math.nan, math.nan)
    return SimulateReport(
        task.mode,
        len(answers),
        agreeing,
        matched,
        dict(sorted(decisions.items())),
        dict(sorted(Counter(answer.model_version for answer in answers).items())),
        (half, most),
        tuple(str(one.error) for one in sent if one.error is not None),
        is_interrupted,
    )


def _decided(answer: Answer, offers: Offers | None) -> list[str]:
    """Return what an answer decides: a label, or products; nothing where the project's answers do not say."""
    try:
        return [answer.decision] if offers is None else answer.decision.split(LISTED_BY)
    except AnswerError:
        return []


def simulate_stream(
    rooms: Rooms, *, url: str, shift: bool = False, pause_seconds: float | None = None, seed: int | None = None
) -> Iterator[Answer | str]:
    """Return a stream that sends rows of the table, as they are, without end, and reports their true labels later.

    The table is read before the first customer is asked for.

    Parameters
    ----------
    rooms, url
        The project, and the address of the service.
    shift
        A changed population with labels by a changed rule instead.
    pause_seconds
        Instead of the project's.
    seed
        Without one no two streams are alike; the run log has it.

    Returns
    -------
    The answer to each customer, or why there was none; it raises `ServiceError` when a customer is refused.

    Raises
    ------
    DatasetError
        When the table cannot be had.
    """
    section, dataset = rooms.project.simulation, load_dataset(rooms)
    require_simulated(dataset, "shift" if shift else "replay")
    drawn_seed = secrets.randbits(32) if seed is None else seed
    rng = np.random.default_rng(drawn_seed)

    def customers() -> Iterator[tuple[dict[str, Any], str]]:
        while True:
            drawn = shifted(dataset, section.shift, _DRAWN_ROWS, rng) if shift else replayed(dataset, _DRAWN_ROWS, rng)
            yield from zip(*drawn, strict=True)

    kind = "shifted" if shift else "replayed"
    rooms.log.add("simulate", f"a stream of {kind} customers to {url} begins, seed {drawn_seed}")
    return stream(
        customers(),
        url=url,
        pause_seconds=section.pause_seconds if pause_seconds is None else pause_seconds,
        label_seconds=section.label_seconds,
        rng=rng,
        token=rooms.token,
    )
