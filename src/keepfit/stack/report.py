"""What `keepfit up` and `keepfit status` tell, whoever runs the servers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keepfit.stack.parts import Absent
from keepfit.workflows.train import TrainReport
from keepfit.workflows.train_recommender import RecommenderReport


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a stack: its name, how it is, what a person opens, and which process or container it is."""

    name: str
    state: str
    url: str
    whose: str


@dataclass(frozen=True, slots=True)
class UpReport:
    """What is up now.

    Attributes
    ----------
    trained
        The training, where there was no champion to serve.
    servers
        Every server that runs, in the order of the start.
    absent
        Those that are not started, and why not.
    folder
        Where their files and logs are.
    notes
        What a person should know besides.
    """

    trained: TrainReport | RecommenderReport | None
    servers: tuple[Server, ...]
    absent: tuple[Absent, ...]
    folder: Path
    notes: tuple[str, ...] = ()
