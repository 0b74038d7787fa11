"""`keepfit demo` of a panel: learn what is added next, serve it, let customers of later months ask, and look at it.

Customers of the held-out months ask with their months before beside them, and what they added is reported; then records
drawn from the reference come, as fast as they are answered, as the published system's mimic load did.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keepfit.workflows.check import CheckReport, check
from keepfit.workflows.demo_stage import served, told_of
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.simulate import SimulateReport, SimulateTask, simulate
from keepfit.workflows.train_recommender import RecommenderReport, train_recommender

_CUSTOMERS, _RANDOM = 2000, 1000


@dataclass(frozen=True, slots=True)
class RecommenderDemoReport:
    """The story.

    Attributes
    ----------
    folder
        The project that it played in.
    train
        The training.
    address
        Where the service answered.
    customers, checked
        Those of the held-out months, and what the check said of them.
    random
        The records that were drawn.
    journalled, acknowledged
        Predictions in the journal at the end, and how many were answered.
    """

    folder: Path
    train: RecommenderReport
    address: str
    customers: SimulateReport
    checked: CheckReport
    random: SimulateReport
    journalled: int
    acknowledged: int


def demo_recommender(rooms: Rooms, on_progress: Progress = no_progress) -> RecommenderDemoReport:
    """Play the story of an example with a panel; see `demo_stage` for where."""
    trained = train_recommender(rooms, told_of(on_progress, "train"))
    with served(rooms) as url:
        later = SimulateTask(url, "replay", requests=_CUSTOMERS)
        customers = simulate(rooms, later, told_of(on_progress, "customers"))
        checked = check(rooms, on_progress=told_of(on_progress, "check"))
        drawn = SimulateTask(url, "random", requests=_RANDOM)
        random = simulate(rooms, drawn, told_of(on_progress, "random load"))
    with rooms.journal() as journal:
        journalled = journal.count(rooms.project.name)
    acknowledged = customers.rows + random.rows
    rooms.log.add("demo", f"{acknowledged} predictions acknowledged, {journalled} journalled")
    return RecommenderDemoReport(rooms.folder, trained, url, customers, checked, random, journalled, acknowledged)
