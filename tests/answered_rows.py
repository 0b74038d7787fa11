"""Held-out rows of a trained project, answered by its champion minute by minute, and labelled for the most part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keepfit.journal import Label, Prediction, PredictionIds
from keepfit.reporting import json_text
from keepfit.scoring import Scorer, history_door
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Rooms

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ROWS, LABELLED = 300, 250


def record_answers(rooms: Rooms) -> None:
    """Write 300 answers of the champion into the journal, and the labels of the first 250."""
    dataset, scorer, new_id = load_dataset(rooms), Scorer(rooms.store.champion()), PredictionIds()
    rows = dataset.split.holdout[:ROWS].tolist()
    asked = dataset.frame[rows].select(dataset.signature.names)
    probabilities = scorer.probabilities(history_door(dataset.signature).table(asked))
    moments = [BEGAN + timedelta(minutes=at) for at in range(ROWS)]
    made = [
        Prediction(new_id(), at, rooms.project.name, 1, None, json_text(sent), p, scorer.decision(p), 1e-5)
        for at, sent, p in zip(moments, asked.to_dicts(), probabilities.tolist(), strict=True)
    ]
    words = dataset.signature.outcome.labels
    labels = [
        Label(one.id, words[dataset.target[row]], one.at) for one, row in zip(made[:LABELLED], rows, strict=False)
    ]
    with rooms.journal() as journal:
        journal.record_predictions(made)
        journal.record_labels(rooms.project.name, labels)
