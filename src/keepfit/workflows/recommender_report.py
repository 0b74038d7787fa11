"""The report of a recommender's training: its page and its JSON, the card of the best, and all of them in MLflow."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from keepfit.bundle import Bundle
from keepfit.training import TrainedTable
from keepfit.training.recommender import RecommenderResult
from keepfit.training.recommender.card import RecommenderCardFacts, recommender_card, recommender_limits
from keepfit.training.recommender.page import recommender_page
from keepfit.workflows.recommender_runs import baselines_table, recommenders_table
from keepfit.workflows.report_files import Report, ReportFiles, write_report_files
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.tracking_attempts import Attempts


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

    def composed(not_logged: tuple[str, ...]) -> Report:
        trained = replace(reported.trained, not_logged=not_logged)
        page = recommender_page(trained, reported.result, told.products, told.never_added)
        return page, {**asdict(trained), **_facts(reported)}

    card = recommender_card(best.facts, told)
    return write_report_files(rooms, best, card, composed, run_id=run_id, attempts=attempts)


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
