"""`keepfit demo`: the whole story of an example in one go, in two acts.

Act one, the published one: synthetic customers whose labels are half noise. The alarm is right, a challenger is
trained, and an honest comparison keeps the champion. Act two: a changed population whose labels follow a changed
rule. The challenger learns it, wins on rows that it has not seen, and takes over while requests go on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from keepfit.errors import ServiceError
from keepfit.workflows.check import check
from keepfit.workflows.demo_stage import served, told_of
from keepfit.workflows.retrain import RetrainReport, retrain
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.simulate import SimulateReport, SimulateTask, simulate
from keepfit.workflows.steady_client import Witness, steady_client
from keepfit.workflows.train import TrainReport, train

_SWAP_ANSWERS = 200
_SWAP_SECONDS = 20.0
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Act:
    """One act: the traffic, and what the loop made of it."""

    traffic: SimulateReport
    loop: RetrainReport


@dataclass(frozen=True, slots=True)
class DemoReport:
    """The story.

    Attributes
    ----------
    folder
        The project that it played in.
    train
        The training.
    address
        Where the service answered.
    noise, shift
        The two acts.
    witness
        What a client saw that sent requests without pause through the second retraining and the swap.
    journalled
        Predictions in the journal at the end.
    acknowledged
        Predictions that were answered.
    """

    folder: Path
    train: TrainReport
    address: str
    noise: Act
    shift: Act
    witness: Witness
    journalled: int
    acknowledged: int


def demo(rooms: Rooms, on_progress: Progress = no_progress) -> DemoReport:
    """Play an example's story; see `demo_stage` for where."""
    trained = train(rooms, told_of(on_progress, "train"))
    seed = rooms.project.project.seed
    with served(rooms) as url:
        noise = simulate(rooms, SimulateTask(url, seed=seed), told_of(on_progress, "noise"))
        first = retrain(rooms, if_alarm=True, on_progress=told_of(on_progress, "noise"))
        shift = simulate(rooms, SimulateTask(url, "shift", seed=seed + 1), told_of(on_progress, "shift"))
        checked = check(rooms)
        with steady_client(
            url, trained.dataset.frame.select(trained.dataset.signature.names).row(0, named=True)
        ) as witness:
            second = retrain(rooms, if_alarm=True, checked=checked, on_progress=told_of(on_progress, "shift"))
            if second.promotion:
                _wait_for_version(witness, str(second.promotion.version))
    with rooms.journal() as journal:
        journalled = journal.count(rooms.project.name)
    acknowledged = noise.rows + shift.rows + len(witness.ids)
    rooms.log.add("demo", f"{acknowledged} predictions acknowledged, {journalled} journalled")
    return DemoReport(
        rooms.folder, trained, url, Act(noise, first), Act(shift, second), witness, journalled, acknowledged
    )


def _wait_for_version(witness: Witness, version: str) -> None:
    """Wait until the new champion has answered often enough to be seen."""
    deadline = time.monotonic() + _SWAP_SECONDS
    while witness.versions[version] < _SWAP_ANSWERS:
        if time.monotonic() > deadline:
            raise ServiceError(
                f"v{version} did not take over within {_SWAP_SECONDS:g} seconds",
                where="service",
                hint="see service.log",
            )
        time.sleep(_LOOK_SECONDS)
