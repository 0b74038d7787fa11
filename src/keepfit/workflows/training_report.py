"""The report of a training: its page and its JSON, the card of the best as a page, and all of them in MLflow."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.evaluation import METRICS, Estimate
from keepfit.training import (
    CardFacts,
    Diagnosis,
    Practice,
    SearchResult,
    TrainedTable,
    card_page,
    generated_limits,
    train_page,
)
from keepfit.workflows.report_files import Report, ReportFiles, write_report_files
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.tracking_attempts import Attempts
from keepfit.workflows.training_runs import candidates_table


@dataclass(frozen=True, slots=True)
class Reported:
    """What is reported.

    Attributes
    ----------
    trained
        What was trained on, and what came of it.
    result, diagnosis
        All candidates, and what the held-out rows say of the best.
    told
        What the card of the best is made of.
    practices
        Scores as published systems measure, where they are asked for.
    bundles
        The versions that were stored, the best first.
    """

    trained: TrainedTable
    result: SearchResult
    diagnosis: Diagnosis
    told: CardFacts
    bundles: tuple[Bundle, ...]
    practices: tuple[Practice, ...] = ()


def write_report(rooms: Rooms, dataset: Dataset, reported: Reported, run_id: str, attempts: Attempts) -> ReportFiles:
    """Write the report, keep it with MLflow's run, and say in it what MLflow could not be told."""
    best = reported.bundles[0]

    def composed(not_logged: tuple[str, ...]) -> Report:
        trained = replace(reported.trained, not_logged=not_logged)
        page = train_page(
            trained,
            reported.result,
            reported.diagnosis,
            dataset.signature.outcome,
            learning=reported.told.learning,
            practices=reported.practices,
        )
        return page, {**asdict(trained), **_facts(dataset, reported)}

    card = card_page(best.facts, reported.told)
    return write_report_files(rooms, best, card, composed, run_id=run_id, attempts=attempts)


def _facts(dataset: Dataset, reported: Reported) -> dict[str, Any]:
    result, told = reported.result, reported.told
    biased: dict[str, Estimate] = result.best_on_holdout.holdout
    return {
        "fingerprint": dataset.fingerprint,
        "metric": result.metric,
        "higher_is_better": METRICS[result.metric].higher_is_better,
        "protocol": result.protocol,
        "baseline": result.baseline,
        "versions": [bundle.facts.version for bundle in reported.bundles],
        "best_on_holdout": {
            "recipe": result.best_on_holdout.recipe.title,
            "score": asdict(biased[result.metric]),
            "protocol": "biased: the best of all candidates, chosen on the very rows that it is reported on",
        },
        "members": [asdict(member) for member in result.members],
        "selection": asdict(result.selection) if result.selection else None,
        "searches": [asdict(study) for study in result.studies],
        "published_protocol": [asdict(practice) for practice in reported.practices],
        "candidates": candidates_table(result),
        "limits": [*told.project.limits, *generated_limits(reported.bundles[0].facts, told)],
        "learning_curve": asdict(told.learning) if told.learning else None,
        "diagnosis": asdict(reported.diagnosis),
    }
