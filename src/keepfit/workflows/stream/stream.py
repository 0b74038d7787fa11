"""`keepfit stream`: ask each batch, score it, learn it, and let the challenger take over when it is shown to be better.

After each batch where the stream stands is saved in one step. Whatever ends it, it goes on behind the last batch that
was saved, and each batch is learnt once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from keepfit.errors import KeepfitError, ProjectError
from keepfit.evaluation import Estimate
from keepfit.retraining.batch_facts import ROLES, BatchFacts, Role
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.stream.opening import alone, open_stream
from keepfit.workflows.stream.run import LEARN, StreamRun
from keepfit.workflows.stream.task import StreamTask

__all__ = ["LEARN", "StreamReport", "StreamTask", "stream"]


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What a stream did.

    Attributes
    ----------
    batches, rows
        What it has learnt since it began, this time and before.
    now
        Batches of this time.
    history
        The newest batches, the oldest first.
    losses
        Log-loss of all rows before they were learnt, by role.
    champion
        The version that is champion now.
    refused
        Deliveries that were refused.
    not_logged
        What MLflow was not told.
    page, facts
        The report to look at, and the same to read; None while nothing was learnt.
    """

    batches: int
    rows: int
    now: int
    history: tuple[BatchFacts, ...]
    losses: Mapping[Role, Estimate]
    champion: int
    refused: int
    not_logged: tuple[str, ...]
    page: Path | None
    facts: Path | None


def stream(rooms: Rooms, task: StreamTask, on_progress: Progress = no_progress) -> StreamReport:
    """Learn a source batch by batch.

    Raises
    ------
    KeepfitError
        When there is no champion to begin with, the source cannot be read, a saved state is damaged, or another process
        streams. What was learnt by then stays, and is reported.
    """
    if rooms.project.panel is not None:
        raise ProjectError(
            "a recommender is learnt of the months of its panel, and not batch by batch",
            where="keepfit.toml: [panel]",
            hint="add the next months to the table, and run `keepfit train`",
        )
    with ExitStack() as stack:
        stack.enter_context(alone(rooms.workspace.stream))
        journal = stack.enter_context(rooms.journal())
        rooms.registry(journal).repair()
        opened = open_stream(rooms, task, on_progress)
        run = StreamRun(rooms, journal, task, opened, on_progress)
        stack.callback(run.teller.serve(task.metrics_port or rooms.project.stream.metrics_port))
        try:
            run.go()
        except KeepfitError:
            run.report()
            raise
        files, standing, journey = run.report(), opened.course.standing, opened.journey
        rooms.log.add("stream", f"stops behind batch {standing.batches}, {run.batches} of them this time")
        return StreamReport(
            standing.batches,
            standing.rows,
            run.batches,
            tuple(journey.history),
            {role: standing.losses[role].estimate() for role in ROLES},
            run.succession.champion.version,
            journey.refused,
            tuple(run.attempts.not_logged),
            files.page if files else None,
            files.facts if files else None,
        )
