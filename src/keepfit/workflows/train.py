"""`keepfit train`: try every candidate, choose on the training rows, report on the held-out rows, store, promote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.errors import TrainingError
from keepfit.registry import Promotion
from keepfit.scoring import history_door
from keepfit.training import (
    CandidateResult,
    CardFacts,
    Diagnosis,
    Practice,
    SearchResult,
    SearchRows,
    Suspect,
    TrainedTable,
    card_page,
    declared_spaces,
    expand_candidates,
    published_practices,
    require_searchable,
    search,
)
from keepfit.workflows.contest import compare_on_holdout
from keepfit.workflows.data import load_dataset
from keepfit.workflows.model_review import column_weights, review
from keepfit.workflows.monitored_columns import require_monitored_columns
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.succession import settle_succession
from keepfit.workflows.tracking_attempts import Attempts
from keepfit.workflows.training_report import Reported, write_report
from keepfit.workflows.training_runs import candidate_run, dataset_facts, search_run, search_tables, trial_runs
from keepfit.workflows.versions import Exported, Fitted, export_fitted, store_version


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What a training did.

    Attributes
    ----------
    dataset
        The table.
    result
        All candidates, the best first.
    bundles
        The versions that were stored, in the order of their candidates.
    refused
        Candidates that did not pass the parity gate, each with the reason.
    pipelines
        Candidates that no graph can hold, and are kept as pipelines, each with the reason.
    suspects
        Columns that may know the answer.
    run_id
        MLflow's parent run; empty where it could not be told.
    not_logged
        What MLflow was not told, each with the reason.
    tracking_uri
        Where the runs are.
    promotion
        The promotion that followed; None when there was none.
    verdict
        Why the best was promoted, or was not, in a sentence.
    practices
        Scores as published systems measure, where `[evaluation] protocol` asks for them.
    page, facts, card
        The report to look at, the same to read, and the model card of the best.
    """

    dataset: Dataset
    result: SearchResult
    bundles: tuple[Bundle, ...]
    refused: tuple[str, ...]
    pipelines: tuple[str, ...]
    suspects: tuple[Suspect, ...]
    run_id: str
    not_logged: tuple[str, ...]
    tracking_uri: str
    promotion: Promotion | None
    verdict: str
    practices: tuple[Practice, ...]
    page: Path
    facts: Path
    card: Path


def train(rooms: Rooms, on_progress: Progress = no_progress) -> TrainReport:
    """Train the declared candidates and make the best of them champion if the policy says so.

    MLflow's store must answer before the first fit. If it fails later, what it could not be told is said, and nothing
    else is lost.

    Raises
    ------
    KeepfitError
        When table, declaration, tracking store or a candidate is at fault; what can be known before the first fit
        is told before it.
    """
    project = rooms.project
    recipes = expand_candidates(project.training.candidates)
    spaces = declared_spaces(project.training.candidates)
    on_progress("data", 0, 1)
    dataset = load_dataset(rooms)
    require_monitored_columns(rooms, dataset)
    on_progress("data", 1, 1)
    require_searchable(recipes, dataset.signature, project.training, spaces, project.training.selection)
    on_progress("open the tracking store", 0, 1)
    tracking = rooms.tracking
    on_progress("open the tracking store", 1, 1)
    matrix = history_door(dataset.signature).table(dataset.frame)
    rows = SearchRows(
        matrix,
        dataset.target,
        dataset.split.train,
        dataset.split.holdout,
        groups=dataset.groups,
        times=dataset.times,
    )
    result = search(
        recipes,
        dataset.signature,
        rows,
        section=project.training,
        seed=project.project.seed,
        spaces=spaces,
        selection=project.training.selection,
        memory=rooms.workspace.studies,
        on_progress=on_progress,
    )
    attempts = Attempts(rooms.log, "train")
    run_id, child_ids = _log_runs(rooms, dataset, result, attempts, on_progress)
    chosen = _pass_gate(rooms, dataset, matrix, result, run_ids=child_ids, on_progress=on_progress)
    told, diagnosis = _review(rooms, dataset, chosen, rows, on_progress)
    bundles = _store(rooms, dataset, chosen, (told, diagnosis), rows=rows, attempts=attempts, on_progress=on_progress)
    promotion, verdict = settle_succession(
        rooms, dataset, chosen.result.best.holdout, bundles, partial(compare_on_holdout, dataset, project=project)
    )
    trained = TrainedTable(
        project=project.name,
        made_at=stamp(utc_now()),
        source=dataset.source.name,
        origin=str(dataset.source.origin),
        warning=bundles[0].facts.lineage.warning,
        training_rows=len(dataset.split.train),
        holdout_rows=len(dataset.split.holdout),
        is_promoted=promotion is not None,
        verdict=verdict,
        refused=chosen.refused,
        pipelines=chosen.pipelines,
        suspects=told.suspects,
    )
    practices: tuple[Practice, ...] = ()
    if project.evaluation.protocol == "published":
        practices = published_practices(chosen.result, rows, project.training, seed=project.project.seed)
    reported = Reported(trained, chosen.result, diagnosis, told, bundles, practices)
    files = write_report(rooms, dataset, reported, run_id, attempts)
    rooms.log.add("train", f"{len(result.candidates)} candidates, best {chosen.result.best.recipe.title}; {verdict}")
    for suspect in told.suspects:
        rooms.log.add("train", f"leakage: {suspect.said}")
    return TrainReport(
        dataset=dataset,
        result=chosen.result,
        bundles=bundles,
        refused=chosen.refused,
        pipelines=chosen.pipelines,
        suspects=told.suspects,
        run_id=run_id,
        not_logged=tuple(attempts.not_logged),
        tracking_uri=tracking.uri,
        promotion=promotion,
        verdict=verdict,
        practices=practices,
        page=files.page,
        facts=files.facts,
        card=files.card,
    )


def _log_runs(
    rooms: Rooms, dataset: Dataset, result: SearchResult, attempts: Attempts, on_progress: Progress
) -> tuple[str, list[str]]:
    """Tell MLflow the search and each candidate; return their runs, empty texts where it could not be told."""
    on_progress("log the runs", 0, 1)
    run_id, child_ids = attempts.make(
        "the runs of the candidates",
        lambda: rooms.tracking.log_search(
            search_run(rooms.project, dataset, result),
            [*(candidate_run(candidate) for candidate in result.candidates), *trial_runs(result)],
            dataset_facts(dataset),
            search_tables(result),
        ),
        ("", [""] * len(result.candidates)),
    )
    on_progress("log the runs", 1, 1)
    return run_id, child_ids[: len(result.candidates)]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What passed the gate.

    Attributes
    ----------
    result
        The candidates without those that were refused.
    exported
        The best of them.
    refused, pipelines
        Those that were refused, and those that are kept as pipelines, each with the reason.
    """

    result: SearchResult
    exported: tuple[Exported, ...]
    refused: tuple[str, ...]
    pipelines: tuple[str, ...]


def _pass_gate(
    rooms: Rooms,
    dataset: Dataset,
    matrix: NDArray[np.float32],
    result: SearchResult,
    *,
    run_ids: list[str],
    on_progress: Progress,
) -> _Chosen:
    """Export the best candidates; one that does not pass the parity gate gives its place to the next."""
    keep = min(rooms.project.promotion.keep, len(result.candidates))
    exported: list[Exported] = []
    kept: list[str] = []
    refused: dict[int, str] = {}
    for at, (candidate, run_id) in enumerate(zip(result.candidates, run_ids, strict=True)):
        if len(exported) == keep:
            break
        on_progress("export the best", len(exported), keep)
        try:
            fitted = _fitted(dataset, matrix, candidate, result.protocol_of(candidate), run_id)
            exported.append(export_fitted(fitted, keeps_pipelines=rooms.project.runs_pipelines))
            if exported[-1].obstacle:
                kept.append(f"{candidate.recipe.title}: {exported[-1].obstacle}")
        except TrainingError as error:
            refused[at] = f"{candidate.recipe.title}: {error}"
            rooms.log.add("train", f"refused {candidate.recipe.title}: {error}")
    if not exported:
        raise TrainingError(
            f"no candidate can be exported; the first: {next(iter(refused.values()))}",
            where="keepfit.toml: [training] candidates",
            hint="try other families or parameters",
        )
    on_progress("export the best", keep, keep)
    passed = tuple(candidate for at, candidate in enumerate(result.candidates) if at not in refused)
    return _Chosen(replace(result, candidates=passed), tuple(exported), tuple(refused.values()), tuple(kept))


def _fitted(
    dataset: Dataset, matrix: NDArray[np.float32], candidate: CandidateResult, protocol: str, run_id: str
) -> Fitted:
    return Fitted(
        recipe=candidate.recipe,
        model=candidate.model,
        threshold=candidate.threshold,
        signature=dataset.signature,
        matrix=matrix,
        fit_rows=dataset.split.train,
        scores=candidate.holdout,
        protocol=protocol,
        run_id=run_id,
    )


def _review(
    rooms: Rooms, dataset: Dataset, chosen: _Chosen, rows: SearchRows, on_progress: Progress
) -> tuple[CardFacts, Diagnosis]:
    """Look at the best, and fit it on fewer rows if the project asks for that."""
    shares = rooms.project.evaluation.learning_curve
    on_progress("look at the held-out rows", 0, 1)
    found = review(
        rooms.project,
        dataset,
        chosen.result,
        chosen.exported[0],
        rows,
        shares=shares,
        on_share=lambda done, total: on_progress("fit on fewer rows", done, total),
    )
    on_progress("look at the held-out rows", 1, 1)
    return found


def _store(
    rooms: Rooms,
    dataset: Dataset,
    chosen: _Chosen,
    reviewed: tuple[CardFacts, Diagnosis],
    *,
    rows: SearchRows,
    attempts: Attempts,
    on_progress: Progress,
) -> tuple[Bundle, ...]:
    """Make versions of what passed the gate; the card of the best says most."""
    told, diagnosis = reviewed
    keep = len(chosen.exported)
    bundles = []
    for at, (exported, candidate) in enumerate(zip(chosen.exported, chosen.result.candidates, strict=False)):
        on_progress("store the best", at, keep)
        calibration = candidate.model.calibration.method
        own = replace(told, calibration=calibration, diagnosis=None, learning=None) if at else told
        weights = column_weights(rooms.project, exported, rows) if at else diagnosis.weights
        card = partial(card_page, told=own)
        bundles.append(store_version(rooms, dataset, exported, card, importances=weights, attempts=attempts))
    on_progress("store the best", keep, keep)
    return tuple(bundles)
