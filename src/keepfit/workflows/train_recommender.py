"""`keepfit train` of a panel: learn what is added next, choose on the last month that teaches, report on later ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.errors import TrainingError
from keepfit.evaluation import ProductScores, product_scores
from keepfit.registry import Promotion
from keepfit.reporting import json_text
from keepfit.scoring import history_door
from keepfit.training import TrainedTable
from keepfit.training.recommender import (
    RecommenderCandidate,
    RecommenderResult,
    RecommenderRows,
    recommended,
    search_recommenders,
)
from keepfit.training.recommender.card import RecommenderCardFacts, recommender_card
from keepfit.workflows.data import load_dataset
from keepfit.workflows.model_review import card_table
from keepfit.workflows.monitored_columns import require_monitored_columns
from keepfit.workflows.recommender_contest import compare_recommenders
from keepfit.workflows.recommender_report import ReportedRecommenders, write_recommender_report
from keepfit.workflows.recommender_runs import (
    baselines_table,
    recommender_run,
    recommender_search_run,
    recommenders_table,
)
from keepfit.workflows.report_files import ReportFiles
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.succession import settle_succession
from keepfit.workflows.tracking_attempts import Attempts
from keepfit.workflows.training_runs import dataset_facts
from keepfit.workflows.versions import Exported, Fitted, export_fitted, store_version


@dataclass(frozen=True, slots=True)
class RecommenderReport:
    """What a training did.

    Attributes
    ----------
    dataset
        The panel.
    result
        All candidates, the best first, without those that did not pass the parity gate.
    products
        What the best says of each product on the held-out rows.
    bundles
        The versions that were stored, in the order of their candidates.
    refused
        Candidates that did not pass the gate, each with the reason.
    run_id
        MLflow's parent run; empty where it could not be told.
    not_logged
        What MLflow was not told, each with the reason.
    tracking_uri
        Where the runs are.
    promotion, verdict
        The promotion that followed, None when there was none, and why in a sentence.
    files
        The report to look at, the same to read, and the card of the best.
    """

    dataset: Dataset
    result: RecommenderResult
    products: tuple[ProductScores, ...]
    bundles: tuple[Bundle, ...]
    refused: tuple[str, ...]
    run_id: str
    not_logged: tuple[str, ...]
    tracking_uri: str
    promotion: Promotion | None
    verdict: str
    files: ReportFiles


def train_recommender(rooms: Rooms, on_progress: Progress = no_progress) -> RecommenderReport:
    """Learn the declared candidates and make the best of them champion if the policy says so.

    Raises
    ------
    KeepfitError
        When panel, declaration, tracking store or a candidate is at fault.
    """
    on_progress("data", 0, 1)
    dataset = load_dataset(rooms)
    require_monitored_columns(rooms, dataset)
    on_progress("data", 1, 1)
    tracking = rooms.tracking
    rows = _rows(dataset)
    result = _searched(rooms, dataset, rows, on_progress)
    attempts = Attempts(rooms.log, "train")
    run_id, child_ids = _log_runs(rooms, dataset, result, attempts)
    result, exported, refused = _pass_gate(dataset, rows.matrix, result, child_ids, on_progress)
    products = _product_scores(dataset, rows, result.best)
    told = _card_facts(rooms, dataset, result, products)
    card = partial(recommender_card, told=told)
    bundles = tuple(store_version(rooms, dataset, one, card, importances={}, attempts=attempts) for one in exported)
    compare = partial(compare_recommenders, dataset, project=rooms.project)
    promotion, verdict = settle_succession(rooms, dataset, result.best.holdout, bundles, compare)
    trained = TrainedTable(
        project=rooms.project.name,
        made_at=stamp(utc_now()),
        source=dataset.source.name,
        origin=str(dataset.source.origin),
        warning=bundles[0].facts.lineage.warning,
        training_rows=len(dataset.split.train),
        holdout_rows=len(dataset.split.holdout),
        is_promoted=promotion is not None,
        verdict=verdict,
        refused=refused,
    )
    files = write_recommender_report(rooms, ReportedRecommenders(trained, result, told, bundles), run_id, attempts)
    rooms.log.add("train", f"{len(result.candidates)} recommenders, best {result.best.recipe.title}; {verdict}")
    return RecommenderReport(
        dataset=dataset,
        result=result,
        products=tuple(products),
        bundles=bundles,
        refused=refused,
        run_id=run_id,
        not_logged=tuple(attempts.not_logged),
        tracking_uri=tracking.uri,
        promotion=promotion,
        verdict=verdict,
        files=files,
    )


def _rows(dataset: Dataset) -> RecommenderRows:
    assert dataset.additions is not None  # noqa: S101 - of a panel
    matrix = history_door(dataset.signature).table(dataset.frame)
    return RecommenderRows(matrix, dataset.additions, dataset.split.train, dataset.split.holdout)


def _searched(rooms: Rooms, dataset: Dataset, rows: RecommenderRows, on_progress: Progress) -> RecommenderResult:
    panel, offers = rooms.project.panel, dataset.signature.offers
    assert panel is not None  # noqa: S101 - of a panel
    assert offers is not None  # noqa: S101 - as above
    return search_recommenders(
        panel.candidates,
        dataset.signature,
        offers,
        rows,
        section=rooms.project.training,
        metric=panel.metric,
        seed=rooms.project.project.seed,
        on_progress=on_progress,
    )


def _log_runs(rooms: Rooms, dataset: Dataset, result: RecommenderResult, attempts: Attempts) -> tuple[str, list[str]]:
    """Tell MLflow the search and each candidate; return their runs, empty texts where it could not be told."""
    tables = {
        "candidates.json": json_text(recommenders_table(result)),
        "baselines.json": json_text(baselines_table(result)),
    }
    return attempts.make(
        "the runs of the candidates",
        lambda: rooms.tracking.log_search(
            recommender_search_run(rooms.project, dataset, result),
            [recommender_run(one) for one in result.candidates],
            dataset_facts(dataset),
            tables,
        ),
        ("", [""] * len(result.candidates)),
    )


def _pass_gate(
    dataset: Dataset, matrix: Matrix, result: RecommenderResult, run_ids: list[str], on_progress: Progress
) -> tuple[RecommenderResult, list[Exported], tuple[str, ...]]:
    """Export the candidates; return those that pass the parity gate, and why the others do not."""
    exported, passed, refused = [], [], []
    for at, (one, run_id) in enumerate(zip(result.candidates, run_ids, strict=True)):
        on_progress("export", at, len(run_ids))
        fitted = Fitted(
            recipe=one.recipe,
            model=one.model,
            threshold=one.any_threshold,
            signature=dataset.signature,
            matrix=matrix,
            fit_rows=dataset.split.train,
            scores=one.holdout,
            protocol=result.protocol,
            run_id=run_id,
            offer_threshold=one.threshold,
        )
        try:
            exported.append(export_fitted(fitted, keeps_pipelines=False))
            passed.append(one)
        except TrainingError as error:
            refused.append(f"{one.recipe.title}: {error}")
    if not exported:
        raise TrainingError(
            f"no candidate can be exported; the first: {refused[0]}",
            where="keepfit.toml: [panel] candidates",
            hint="try other parameters, or report it",
        )
    on_progress("export", len(run_ids), len(run_ids))
    return replace(result, candidates=tuple(passed)), exported, tuple(refused)


def _product_scores(dataset: Dataset, rows: RecommenderRows, best: RecommenderCandidate) -> list[ProductScores]:
    offers = best.model.offers(rows.matrix[rows.holdout])
    said = recommended(rows.additions, rows.holdout, offers, best.threshold)
    return product_scores(said, dataset.signature.offers.products if dataset.signature.offers else ())


def _card_facts(
    rooms: Rooms, dataset: Dataset, result: RecommenderResult, products: list[ProductScores]
) -> RecommenderCardFacts:
    return RecommenderCardFacts(
        project=rooms.project.project,
        training=rooms.project.training,
        table=card_table(dataset, rooms.project.data),
        metric=result.metric,
        baseline=result.baselines["frequency"],
        products=products,
        never_added=dataset.additions.never_added if dataset.additions else (),
    )
