"""Training what a project declares: a recommender of its panel, or a model of its table."""

from __future__ import annotations

from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.train import TrainReport, train
from keepfit.workflows.train_recommender import RecommenderReport, train_recommender


def train_project(rooms: Rooms, on_progress: Progress = no_progress) -> TrainReport | RecommenderReport:
    """Train by the declaration: see `train` and `train_recommender`."""
    if rooms.project.panel is not None:
        return train_recommender(rooms, on_progress)
    return train(rooms, on_progress)
