"""The report of a training: its page and its JSON, the card of the best as a page, and all of them in MLflow."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.evaluation import METRICS, Estimate
from keepfit.reporting import write_drawings, write_json, write_page
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


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where the report is: to look at, to read, and the card of the best."""

    page: Path
    facts: Path
    card: Path


def write_report(rooms: Rooms, dataset: Dataset, reported: Reported, run_id: str, attempts: Attempts) -> ReportFiles:
    """Write the report, keep it with MLflow's run, and say in it what MLflow could not be told."""
    best = reported.bundles[0]
    page = rooms.workspace.reports / f"train-v{best.facts.version}.html"
    files = ReportFiles(page, page.with_suffix(".json"), page.with_name(f"{page.stem}-card.html"))
    write_page(card_page(best.facts, reported.told), files.card)
    drawings = _write(files, dataset, reported, attempts)
    kept = {"report.html": page, "report.json": files.facts, "model_card.html": files.card}
    kept |= {f"figures/{one.name}": one for one in drawings}
    texts = {name: file.read_text(encoding="utf-8") for name, file in kept.items()}
    said = len(attempts.not_logged)
    attempts.make(
        "report and card", lambda: rooms.tracking.log_texts(run_id, {**texts, "MODEL_CARD.md": best.card}), None
    )
    if len(attempts.not_logged) > said:
        _write(files, dataset, reported, attempts)
    return files


def _write(files: ReportFiles, dataset: Dataset, reported: Reported, attempts: Attempts) -> list[Path]:
    """Write the page, its figures and its JSON; return the figures."""
    trained = replace(reported.trained, not_logged=tuple(attempts.not_logged))
    composed = train_page(
        trained,
        reported.result,
        reported.diagnosis,
        dataset.signature.outcome,
        learning=reported.told.learning,
        practices=reported.practices,
    )
    write_page(composed, files.page)
    write_json({**asdict(trained), **_facts(dataset, reported)}, files.facts)
    return write_drawings(composed, files.page.with_name(f"{files.page.stem}-figures"))


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
