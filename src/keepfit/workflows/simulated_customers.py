"""Which customers a simulation sends: rows of the project's table, as they are or of a changed population."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import polars as pl

from keepfit.datasets import Dataset
from keepfit.errors import ProjectError
from keepfit.project.simulation_section import ShiftSection
from keepfit.scoring import history_door
from keepfit.signature import LISTED_BY, Offers
from keepfit.simulation import panel_customers, shifted_customers

Mode = Literal["noise", "replay", "shift", "random"]
Customers = tuple[list[dict[str, Any]], list[str]]


def require_simulated(dataset: Dataset, mode: Mode) -> None:
    """Refuse what a panel's customers cannot be: drawn column by column, or labelled by a rule.

    Raises
    ------
    ProjectError
        For a panel in the modes `noise` and `shift`.
    """
    if dataset.additions is not None and mode in ("noise", "shift"):
        said = f"{mode} has labels of two classes, and of a panel a label lists products"
        raise ProjectError(said, where="--mode", hint="send --mode replay, or --mode random without labels")


def replayed(dataset: Dataset, rows: int, rng: np.random.Generator) -> Customers:
    """Return rows of the table as they are, drawn with replacement, and their true labels.

    Rows that trained: held-out ones must not teach a challenger by way of the journal. Of a panel, which never learns
    from there, the held-out rows with their months before: they come later, as what is served does.
    """
    if dataset.additions is not None:
        picks = rng.choice(dataset.split.holdout, rows)
        drawn = list(panel_customers(dataset.frame, dataset.signature, dataset.additions, picks))
        return [record for record, _ in drawn], [label for _, label in drawn]
    frame, labels = _trained(dataset)
    return shifted_customers(frame, labels, dataset.signature, ShiftSection(), rows=rows, rng=rng, prefix="replay")


def shifted(dataset: Dataset, section: ShiftSection, rows: int, rng: np.random.Generator) -> Customers:
    """Return customers of a changed population, with labels by a changed rule."""
    frame, labels = _trained(dataset)
    history_door(dataset.signature).table(frame)  # a table that the door refuses is told before it is sent
    return shifted_customers(frame, labels, dataset.signature, section, rows=rows, rng=rng)


def agrees(decision: str, label: str, offers: Offers | None) -> bool:
    """Say whether a decision is the label, of lists of products whether they have one in common."""
    if offers is None:
        return decision == label
    return not set(decision.split(LISTED_BY)).isdisjoint(label.split(LISTED_BY))


def _trained(dataset: Dataset) -> tuple[pl.DataFrame, list[str]]:
    outcome, train = dataset.signature.outcome, dataset.split.train
    return dataset.frame[train.tolist()], [outcome.labels[code] for code in dataset.target[train]]
