"""From numbers to durable answers: scored in batches that nobody waits for, journalled, counted, then answered.

Requests that come in the same turn of the event loop are scored together: a graph's fixed cost is paid once, and a row
gets the same answer in any company (ADR 4). Nothing waits for a batch to fill. A pipeline that another process answers
gets what came while it worked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from keepfit.arrays import Floats, Matrix
from keepfit.clock import utc_now
from keepfit.errors import PipelineAwayError, PipelineError
from keepfit.journal import Prediction, PredictionIds, Recorder
from keepfit.journal.redaction import Redaction
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.scoring import Answers, Scorer
from keepfit.serving.asked import Asked, matrix_of
from keepfit.serving.challenger import Challenger
from keepfit.serving.micro_batches import MicroBatches
from keepfit.serving.shadowing import Shadowing

_log = logging.getLogger(__name__)
_MOST_WAITING = 10_000  # rows for a pipeline
_ROWS_ON_THE_LOOP = 64  # more are scored in a thread: the others shall not wait for them


class Answer(NamedTuple):
    """An answer that may be given: the journal has it, as its mode promises.

    Attributes
    ----------
    id
        Of the prediction, UUIDv7.
    model_version
        Which model answered.
    probability, decision
        Of the positive class, and the label that it leads to.
    entity
        Whom the record is about, if it says so.
    scorer
        The model that answered.
    offers
        Of a recommender, the probability that each product is added, NaN for one that is owned, `(n_products,)`.
    """

    id: str
    model_version: str
    probability: float
    decision: str
    entity: str | None
    scorer: Scorer
    offers: Floats | None = None


Tell = Callable[[Answer | Exception], None]


class _Waiting(NamedTuple):
    asked: Asked
    tell: Tell


@dataclass(slots=True)
class _Batch:
    """Records that one scorer answers, and what it answered."""

    scorer: Scorer
    asked: Sequence[Asked]
    matrix: Matrix
    made: list[Prediction]
    offers: Floats | None

    def answers(self) -> list[Answer]:
        """Return what is told to those who asked."""
        offers = [None] * len(self.made) if self.offers is None else list(self.offers)
        version = str(self.scorer.version)
        return [
            Answer(made.id, version, made.probability, made.decision, asked.entity, self.scorer, row)
            for asked, made, row in zip(self.asked, self.made, offers, strict=True)
        ]


class Answering:
    """Answers records that have passed the door of the champion.

    All methods belong to one event loop.

    Parameters
    ----------
    project
        Name of the project.
    recorder
        Where every prediction goes before it is answered.
    redaction
        What of a record is kept.
    metrics
        What is counted.
    challenger
        Which may answer a share, or get a copy.
    """

    def __init__(
        self,
        project: str,
        recorder: Recorder,
        redaction: Redaction,
        metrics: ServiceMetrics,
        challenger: Challenger,
    ) -> None:
        self._project = project
        self._challenger = challenger
        self._shadowing = Shadowing(challenger, recorder, metrics)
        self._recorder = recorder
        self._redaction = redaction
        self._metrics = metrics
        self._new_id = PredictionIds()
        self._turn: dict[Scorer, list[_Waiting]] = {}
        self._apart = MicroBatches(self._answer_apart)
        self._apart_threads = ThreadPoolExecutor(1, thread_name_prefix="apart")  # its process answers one at a time
        self._rows_apart = 0

    def ask(self, asked: Asked, scorer: Scorer, tell: Tell) -> None:
        """Answer one record; what comes in the same turn of the loop is scored with it.

        Parameters
        ----------
        asked
            The record.
        scorer
            The champion.
        tell
            Called once, with the durable answer, or with the error: a `JournalError` when the journal cannot take it, a
            `PipelineError` when the model fails.
        """
        asked, scorer = self._challenger.answers(asked) or (asked, scorer)
        if not self._turn:
            asyncio.get_running_loop().call_soon(self._answer_turn)
        waiting = self._turn.get(scorer)
        if waiting is None:
            waiting = self._turn[scorer] = []
        waiting.append(_Waiting(asked, tell))

    async def ask_one(self, asked: Asked, scorer: Scorer) -> Answer:
        """Return the answer to one record; see `ask`.

        Raises
        ------
        JournalError
            When the journal cannot take it.
        PipelineError
            When the model fails.
        """
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def tell(answer: Answer | Exception) -> None:
            if answered.done():  # its caller has gone
                return
            if isinstance(answer, Exception):
                answered.set_exception(answer)
            else:
                answered.set_result(answer)

        self.ask(asked, scorer, tell)
        return await answered

    async def ask_many(self, asked: Sequence[Asked], scorer: Scorer, *, champion_only: bool = False) -> list[Answer]:
        """Return the answers to the records of one request, in order; all are durable, or none is.

        Parameters
        ----------
        asked
            The records.
        scorer
            The champion.
        champion_only
            Whether it answers all of them, whoever challenges it.

        Raises
        ------
        JournalError
            When the journal cannot take them.
        PipelineError
            When the model fails.
        """
        groups: dict[Scorer, list[int]] = {}
        by_scorer = [(None if champion_only else self._challenger.answers(one)) or (one, scorer) for one in asked]
        for at, (_, answering) in enumerate(by_scorer):
            groups.setdefault(answering, []).append(at)
        batches = [await self._scored(who, [by_scorer[at][0] for at in places]) for who, places in groups.items()]
        await self._recorder.record([made for batch in batches for made in batch.made])
        answers: dict[int, Answer] = {}
        for batch, places in zip(batches, groups.values(), strict=True):
            self._follow(batch)
            answers |= dict(zip(places, batch.answers(), strict=True))
        return [answers[at] for at in range(len(asked))]

    async def close(self) -> None:
        """Let those who answer apart, and the challenger, finish what they have got."""
        await self._apart.close()
        await self._shadowing.close()
        self._apart_threads.shutdown(wait=False, cancel_futures=True)

    async def _scored(self, scorer: Scorer, asked: Sequence[Asked]) -> _Batch:
        started = time.perf_counter()
        matrix = matrix_of(asked)
        if scorer.is_apart:
            answers = await self._answers_apart(scorer, matrix)
        elif len(asked) > _ROWS_ON_THE_LOOP:
            answers = await asyncio.to_thread(scorer.answers, matrix)
        else:
            answers = scorer.answers(matrix)
        return self._batch(scorer, asked, matrix, answers, started)

    def _answer_turn(self) -> None:
        """Answer all that has come in this turn."""
        turn, self._turn = self._turn, {}
        for scorer, waiting in turn.items():
            if scorer.is_apart:
                self._apart.add(scorer, waiting)
                continue
            asked = [one.asked for one in waiting]
            started = time.perf_counter()
            try:
                matrix = matrix_of(asked)
                batch = self._batch(scorer, asked, matrix, scorer.answers(matrix), started)
                self._recorder.submit(batch.made, partial(self._tell, batch, waiting))
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                _fail(waiting, error)

    async def _answers_apart(self, scorer: Scorer, matrix: Matrix) -> Answers:
        """Ask a pipeline in its process, unless too many rows wait for it already."""
        waiting = self._rows_apart + len(matrix)
        if waiting > _MOST_WAITING:
            said = f"{self._rows_apart} rows wait for the process of its pipeline"
            raise PipelineAwayError(said, where=f"v{scorer.version}", hint="try again later")
        self._rows_apart = waiting
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._apart_threads, scorer.answers, matrix)
        finally:
            self._rows_apart -= len(matrix)

    async def _answer_apart(self, scorer: Scorer, waiting: Sequence[_Waiting]) -> None:
        """Answer what came while a pipeline worked; a record that it fails on fails alone."""
        try:
            batch = await self._scored(scorer, [one.asked for one in waiting])
            self._recorder.submit(batch.made, partial(self._tell, batch, waiting))
        except PipelineAwayError as error:
            _fail(waiting, error)
        except PipelineError as error:
            if len(waiting) == 1:
                _fail(waiting, error)
                return
            half = len(waiting) // 2
            await self._answer_apart(scorer, waiting[:half])
            await self._answer_apart(scorer, waiting[half:])
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            _fail(waiting, error)

    def _batch(
        self, scorer: Scorer, asked: Sequence[Asked], matrix: Matrix, answers: Answers, started: float
    ) -> _Batch:
        seconds = (time.perf_counter() - started) / len(asked)
        now = utc_now()
        version, kept = scorer.version, self._redaction
        made = [
            Prediction(
                self._new_id(),
                now,
                self._project,
                version,
                kept.entity(one.entity),
                kept.record(one.sent),
                probability,
                decision,
                seconds,
            )
            for one, probability, decision in zip(asked, answers.probability, answers.decision, strict=True)
        ]
        return _Batch(scorer, asked, matrix, made, answers.offers)

    def _tell(self, batch: _Batch, waiting: Sequence[_Waiting], failure: Exception | None) -> None:
        if failure is not None:
            _fail(waiting, failure)
            return
        for one, answer in zip(waiting, batch.answers(), strict=True):
            _tell_one(one, answer)
        self._follow(batch)

    def _follow(self, batch: _Batch) -> None:
        """Do what follows an answer that is durable; whatever goes wrong in it, the answer stands."""
        scorer = batch.scorer
        try:
            self._shadowing.copy(batch.asked, batch.made)
            self._metrics.count_predictions(scorer, batch.made, batch.matrix)
        except Exception:  # noqa: BLE001 - those who wait have their answer
            _log.exception("answers of v%s were given, and not counted", scorer.version)


def _fail(waiting: Sequence[_Waiting], error: Exception) -> None:
    for one in waiting:
        _tell_one(one, error)


def _tell_one(one: _Waiting, answer: Answer | Exception) -> None:
    """Tell one who waits; whatever goes wrong in that, the others are told too."""
    try:
        one.tell(answer)
    except Exception:  # noqa: BLE001 - as said
        _log.exception("an answer could not be told")
