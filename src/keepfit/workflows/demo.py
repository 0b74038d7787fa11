"""`keepfit demo`: the whole story of an example in one go, in two acts.

Act one, the published one: synthetic customers whose labels are half noise. The alarm is right, a challenger is
trained, and an honest comparison keeps the champion. Act two: a changed population whose labels follow a changed
rule. The challenger learns it, wins on rows that it has not seen, and takes over while requests go on.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from keepfit.errors import ProjectError, ServiceError
from keepfit.serving import bind
from keepfit.workflows.check import check
from keepfit.workflows.examples import unpack_example
from keepfit.workflows.local_service import local_service
from keepfit.workflows.retrain import RetrainReport, retrain
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.simulate import SimulateReport, SimulateTask, simulate
from keepfit.workflows.steady_client import Witness, steady_client
from keepfit.workflows.train import TrainReport, train

_MARK = ".keepfit-demo"
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


def demo(name: str, folder: Path, on_progress: Progress = no_progress) -> DemoReport:
    """Play the example's story in a folder of its own, which an earlier demo may have left.

    Raises
    ------
    ProjectError
        When the folder holds anything but an earlier demo.
    """
    _clear(folder)
    file = unpack_example(name, folder)
    (folder / _MARK).touch()
    rooms = Rooms.open(file)
    trained = train(rooms, _told(on_progress, "train"))
    section = rooms.project.serving
    port = _free_port(section.host, section.port)
    log = rooms.workspace.root / "service.log"
    seed = rooms.project.project.seed
    with local_service(file, host=section.host, port=port, log=log) as url:
        rooms.log.add("demo", f"the service answers at {url}")
        noise = simulate(rooms, SimulateTask(url, seed=seed), _told(on_progress, "noise"))
        first = retrain(rooms, if_alarm=True, on_progress=_told(on_progress, "noise"))
        shift = simulate(rooms, SimulateTask(url, "shift", seed=seed + 1), _told(on_progress, "shift"))
        checked = check(rooms)
        with steady_client(
            url, trained.dataset.frame.select(trained.dataset.signature.names).row(0, named=True)
        ) as witness:
            second = retrain(rooms, if_alarm=True, checked=checked, on_progress=_told(on_progress, "shift"))
            if second.promotion:
                _wait_for_version(witness, str(second.promotion.version))
    with rooms.journal() as journal:
        journalled = journal.count(rooms.project.name)
    acknowledged = noise.rows + shift.rows + len(witness.ids)
    rooms.log.add("demo", f"{acknowledged} predictions acknowledged, {journalled} journalled")
    return DemoReport(folder, trained, url, Act(noise, first), Act(shift, second), witness, journalled, acknowledged)


def _clear(folder: Path) -> None:
    """Remove what an earlier demo left; refuse to touch anything else."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / _MARK).exists():
        raise ProjectError(
            "the folder is not empty, and no demo's", where=str(folder), hint="choose another with --into"
        )
    shutil.rmtree(folder)


def _told(on_progress: Progress, act: str) -> Progress:
    """Put the act before each step."""

    def told(step: str, done: int, total: int, note: str = "") -> None:
        on_progress(f"{act}: {step}", done, total, note)

    return told


def _free_port(host: str, wanted: int) -> int:
    """Return the wanted port if it is free, any free one otherwise."""
    for port in (wanted, 0):
        try:
            with bind(host, port) as bound:
                number: int = bound.getsockname()[1]
                return number
        except ServiceError:
            if port == 0:
                raise
    raise AssertionError  # the loop returns or raises


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
