"""Scores as they are often published, beside the honest ones: what each practice adds, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from keepfit.evaluation import METRICS, Estimate, score_intervals
from keepfit.project.training_section import TrainingSection
from keepfit.reporting import Cell, Section, Table, TableColumn
from keepfit.training.candidates import SearchResult
from keepfit.training.search_rows import SearchRows


@dataclass(frozen=True, slots=True)
class Practice:
    """A way to measure that flatters, or hides.

    Attributes
    ----------
    name
        What is done.
    metric
        Name in `METRICS`.
    value, honest
        The score so measured, and the score of the chosen candidate on held-out rows that had no say, with intervals.
    fault
        What is wrong with it, in a sentence.
    """

    name: str
    metric: str
    value: Estimate
    honest: Estimate
    fault: str


def published_practices(
    result: SearchResult, rows: SearchRows, section: TrainingSection, *, seed: int
) -> tuple[Practice, ...]:
    """Measure the search as published systems do.

    Parameters
    ----------
    result
        The search.
    rows
        What it was given.
    section
        Metric and costs.
    seed
        Seed of the bootstrap.
    """
    return tuple(_practices(result, rows, section, seed))


def _practices(result: SearchResult, rows: SearchRows, section: TrainingSection, seed: int) -> Iterator[Practice]:
    best, metric = result.best, result.metric
    honest = best.holdout[metric]
    if len(result.candidates) > 1:
        yield Practice(
            f"best of {len(result.candidates)} candidates on the held-out rows ({result.best_on_holdout.recipe.title})",
            metric,
            result.best_on_holdout.holdout[metric],
            honest,
            "The rows that report have chosen: the best of many is partly the luckiest, and its interval is not to be "
            "believed.",
        )
    held_out, labels = rows.matrix[rows.holdout], rows.labels[rows.holdout]
    decisions = (best.model.probability(held_out) >= best.threshold).astype(np.float64)
    yield Practice(
        "ROC AUC of decisions",
        "roc_auc",
        score_intervals(labels, decisions, 0.5, seed=seed)["roc_auc"],
        best.holdout["roc_auc"],
        "Of decisions the area is the mean of recall and specificity at one threshold: how well scores rank is thrown "
        "away.",
    )
    fitted = best.model.probability(rows.matrix[rows.train])
    yield Practice(
        "scored on the rows that it was fitted on",
        metric,
        score_intervals(rows.labels[rows.train], fitted, best.threshold, seed=seed, costs=section.costs)[metric],
        honest,
        "The model has seen the answers: a deep forest knows them by heart.",
    )


def practice_sections(practices: tuple[Practice, ...]) -> Iterator[Section]:
    """List them beside the honest scores; nothing where they were not asked for."""
    if not practices:
        return
    columns = [
        TableColumn("as published systems measure"),
        TableColumn("metric"),
        TableColumn("so measured", is_number=True, form=".4f"),
        TableColumn("honestly", is_number=True, form=".4f"),
        TableColumn("95 % interval, honestly"),
        TableColumn("what is wrong with it"),
    ]
    table: list[list[Cell]] = [
        [
            one.name,
            METRICS[one.metric].title,
            one.value.value,
            one.honest.value,
            f"{one.honest.low:.4f} to {one.honest.high:.4f}",
            one.fault,
        ]
        for one in practices
    ]
    lead = "Asked for by [evaluation] protocol: the same candidates, measured as published systems do."
    yield Section("The published protocol", [Table(columns, table)], lead=lead)
