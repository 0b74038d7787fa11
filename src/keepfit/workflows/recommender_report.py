"""The report of a recommender's training: its page and its JSON, the card of the best, and all of them in MLflow."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from keepfit.bundle import Bundle
from keepfit.reporting import write_drawings, write_json, write_page
from keepfit.training import TrainedTable
from keepfit.training.recommender import RecommenderResult
from keepfit.training.recommender.card import RecommenderCardFacts, recommender_card, recommender_limits
from keepfit.training.recommender.page import recommender_page
from keepfit.workflows.recommender_runs import baselines_table, recommenders_table
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.tracking_attempts import Attempts
from keepfit.workflows.training_report import ReportFiles


@dataclass(frozen=True, slots=True)
class ReportedRecommenders:
    """What is reported.

    Attributes
    ----------
    trained
        What was trained on, and what came of it.
    result
        All candidates and baselines.
    told
        What the card of the best is made of.
    bundles
        The versions that were stored, the best first.
    """

    trained: TrainedTable
    result: RecommenderResult
    told: RecommenderCardFacts
    bundles: tuple[Bundle, ...]


def write_recommender_report(
    rooms: Rooms, reported: ReportedRecommenders, run_id: str, attempts: Attempts
) -> ReportFiles:
    """Write the report and the card, keep them with MLflow's run, and say in the report what it could not be told."""
    best, told = reported.bundles[0], reported.told
    page = rooms.workspace.reports / f"train-v{best.facts.version}.html"
    files = ReportFiles(page, page.with_suffix(".json"), page.with_name(f"{page.stem}-card.html"))
    write_page(recommender_card(best.facts, told), files.card)
    drawings = _write(files, reported, attempts)
    kept = {"report.html": page, "report.json": files.facts, "model_card.html": files.card}
    kept |= {f"figures/{one.name}": one for one in drawings}
    texts = {name: file.read_text(encoding="utf-8") for name, file in kept.items()}
    said = len(attempts.not_logged)
    attempts.make(
        "report and card", lambda: rooms.tracking.log_texts(run_id, {**texts, "MODEL_CARD.md": best.card}), None
    )
    if len(attempts.not_logged) > said:
        _write(files, reported, attempts)
    return files


def _write(files: ReportFiles, reported: ReportedRecommenders, attempts: Attempts) -> list[Path]:
    """Write the page, its figures and its JSON; return the figures."""
    told, trained = reported.told, replace(reported.trained, not_logged=tuple(attempts.not_logged))
    composed = recommender_page(trained, reported.result, told.products, told.never_added)
    write_page(composed, files.page)
    write_json({**asdict(trained), **_facts(reported)}, files.facts)
    return write_drawings(composed, files.page.with_name(f"{files.page.stem}-figures"))


def _facts(reported: ReportedRecommenders) -> dict[str, Any]:
    result, told = reported.result, reported.told
    return {
        "metric": result.metric,
        "protocol": result.protocol,
        "versions": [bundle.facts.version for bundle in reported.bundles],
        "candidates": recommenders_table(result),
        "baselines": baselines_table(result),
        "products": [asdict(one) for one in told.products],
        "never_added": list(told.never_added),
        "limits": [*told.project.limits, *recommender_limits(reported.bundles[0].facts, told)],
    }
