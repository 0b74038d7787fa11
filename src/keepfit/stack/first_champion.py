"""The champion that a service needs: where there is none yet, one is trained."""

from __future__ import annotations

from keepfit.errors import BundleError
from keepfit.workflows.rooms import Progress, Rooms
from keepfit.workflows.train import TrainReport
from keepfit.workflows.train_project import train_project
from keepfit.workflows.train_recommender import RecommenderReport


def trained_if_none(rooms: Rooms, on_progress: Progress) -> TrainReport | RecommenderReport | None:
    """Train a project that has no champion; return the training, None where there is one."""
    try:
        rooms.store.champion()
    except BundleError:
        if rooms.store.pointer("champion") is None:
            return train_project(rooms, on_progress)
    return None  # of a broken one the service tells
