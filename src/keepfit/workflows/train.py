"""`keepfit train`: try every candidate, choose on the training rows, report on the held-out rows, store, promote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.errors import BundleError, TrainingError
from keepfit.evaluation import METRICS, Estimate
from keepfit.registry import Incumbent, Promotion, decide_succession
from keepfit.reporting import write_drawings, write_json, write_page
from keepfit.scoring import Scorer, history_door
from keepfit.tracking import DatasetFacts, RunFacts
from keepfit.training import (
    CandidateResult,
    Diagnosis,
    SearchResult,
    SearchRows,
    TrainedTable,
    diagnose,
    expand_candidates,
    search,
    train_page,
)
from keepfit.workflows.contest import compare_on_holdout, holdout_obstacle
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.versions import Fitted, make_version


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
    run_id
        MLflow's parent run.
    tracking_uri
        Where the runs are.
    promotion
        The promotion that followed; None when there was none.
    verdict
        Why the best was promoted, or was not, in a sentence.
    page, facts
        The report to look at, and the same to read.
    """

    dataset: Dataset
    result: SearchResult
    bundles: tuple[Bundle, ...]
    refused: tuple[str, ...]
    run_id: str
    tracking_uri: str
    promotion: Promotion | None
    verdict: str
    page: Path
    facts: Path


def train(rooms: Rooms, on_progress: Progress = no_progress) -> TrainReport:
    """Train the declared candidates and make the best of them champion if the policy says so.

    Raises
    ------
    KeepfitError
        When table, declaration, tracking store or a candidate is at fault; what can be known before the first fit
        is told before it.
    """
    project = rooms.project
    recipes = expand_candidates(project.training.candidates)
    on_progress("data", 0, 1)
    dataset = load_dataset(rooms)
    on_progress("data", 1, 1)
    on_progress("open the tracking store", 0, 1)
    tracking = rooms.tracking
    on_progress("open the tracking store", 1, 1)
    matrix = history_door(dataset.signature).table(dataset.frame)
    rows = SearchRows(matrix, dataset.target, dataset.split.train, dataset.split.holdout, groups=dataset.groups)
    result = search(
        recipes,
        dataset.signature,
        rows,
        section=project.training,
        seed=project.project.seed,
        on_progress=lambda done, total: on_progress("fit the candidates", done, total),
    )
    on_progress("log the runs", 0, 1)
    run_id, child_ids = tracking.log_search(
        _parent(rooms, dataset, result),
        [_child(candidate) for candidate in result.candidates],
        dataset_facts(dataset),
        {
            "candidates.json": json.dumps(candidates_table(result), indent=1),
            "members.json": json.dumps([asdict(member) for member in result.members], indent=1),
        },
    )
    on_progress("log the runs", 1, 1)
    stored = _store_best(rooms, dataset, matrix, result, run_ids=child_ids, on_progress=on_progress)
    on_progress("look at the held-out rows", 0, 1)
    diagnosis = diagnose(
        Scorer(stored.bundles[0]).probabilities,
        stored.bundles[0].facts.threshold,
        rows,
        dataset.signature,
        metric=project.training.metric,
        section=project.evaluation,
        seed=project.project.seed,
    )
    on_progress("look at the held-out rows", 1, 1)
    promotion, verdict = _succeed(rooms, dataset, stored)
    page, facts = _write_report(
        rooms, dataset, stored, run_id=run_id, diagnosis=diagnosis, promotion=promotion, verdict=verdict
    )
    rooms.log.add("train", f"{len(recipes)} candidates, best {stored.result.best.recipe.title}; {verdict}")
    return TrainReport(
        dataset, stored.result, stored.bundles, stored.refused, run_id, tracking.uri, promotion, verdict, page, facts
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    """The candidates whose graphs answer as they do, the bundles of the best of them, and why others were refused."""

    result: SearchResult
    bundles: tuple[Bundle, ...]
    refused: tuple[str, ...]


def _store_best(
    rooms: Rooms,
    dataset: Dataset,
    matrix: NDArray[np.float32],
    result: SearchResult,
    *,
    run_ids: list[str],
    on_progress: Progress,
) -> _Stored:
    """Make versions of the best candidates; one that does not pass the parity gate gives its place to the next."""
    keep = min(rooms.project.promotion.keep, len(result.candidates))
    bundles: list[Bundle] = []
    refused: dict[int, str] = {}
    for at, (candidate, run_id) in enumerate(zip(result.candidates, run_ids, strict=True)):
        if len(bundles) == keep:
            break
        on_progress("store the best", len(bundles), keep)
        fitted = Fitted(
            recipe=candidate.recipe,
            model=candidate.model,
            threshold=candidate.threshold,
            signature=dataset.signature,
            matrix=matrix,
            fit_rows=dataset.split.train,
            scores=candidate.holdout,
            baseline=result.baseline,
            protocol=result.protocol,
            run_id=run_id,
        )
        try:
            bundles.append(make_version(rooms, dataset, fitted))
        except TrainingError as error:
            refused[at] = f"{candidate.recipe.title}: {error}"
            rooms.log.add("train", f"refused {candidate.recipe.title}: {error}")
    if not bundles:
        raise TrainingError(
            f"no candidate can be exported; the first: {next(iter(refused.values()))}",
            where="keepfit.toml: [training] candidates",
            hint="try other families or parameters",
        )
    on_progress("store the best", keep, keep)
    passed = tuple(candidate for at, candidate in enumerate(result.candidates) if at not in refused)
    return _Stored(replace(result, candidates=passed), tuple(bundles), tuple(refused.values()))


def dataset_facts(dataset: Dataset) -> DatasetFacts:
    """Return what MLflow is told of the table."""
    source = dataset.source
    return DatasetFacts(source.name, dataset.fingerprint, source.address, source.frame.height, source.frame.width)


def candidates_table(result: SearchResult) -> list[dict[str, Any]]:
    """Return the candidates as rows of plain JSON types, the best first."""
    return [
        {
            "rank": rank,
            "model": candidate.recipe.model,
            "parameters": dict(candidate.recipe.parameters),
            "validation": candidate.validation,
            "holdout": {name: asdict(score) for name, score in candidate.holdout.items()},
            "threshold": candidate.threshold,
            "calibration": candidate.model.calibration.to_dict(),
            "seconds": candidate.seconds,
        }
        for rank, candidate in enumerate(result.candidates, start=1)
    ]


def _succeed(rooms: Rooms, dataset: Dataset, stored: _Stored) -> tuple[Promotion | None, str]:
    """Put the best before the policy, and promote it if the policy says so."""
    best, result = stored.bundles[0], stored.result
    score = result.best.holdout[rooms.project.promotion.staging_metric]
    with rooms.journal() as journal:
        facts = {
            "versions": [bundle.facts.version for bundle in stored.bundles],
            "best": best.facts.version,
            "score": asdict(score),
        }
        journal.record_event(rooms.project.name, "trained", rooms.actor, facts)
        registry = rooms.registry(journal)
        now = registry.repair()
        incumbent = _incumbent(rooms, dataset, best, now.version) if now else None
        decision = decide_succession(best.facts.version, score, incumbent, rooms.project.promotion)
        if not decision.promotes:
            return None, decision.reason
        evidence: dict[str, Any] = {"holdout": {name: asdict(value) for name, value in result.best.holdout.items()}}
        if incumbent and incumbent.comparison:
            evidence["against_champion"] = incumbent.comparison.to_dict()
        promoted = registry.promote(
            best.facts.version,
            actor=rooms.actor,
            reason=decision.reason,
            evidence=evidence,
            expected=now.version if now else None,
        )
        return promoted.promotion, decision.reason + (f" ({promoted.mirror_fault})" if promoted.mirror_fault else "")


def _incumbent(rooms: Rooms, dataset: Dataset, best: Bundle, version: int) -> Incumbent:
    """Compare the best candidate with the champion, if the held-out rows can judge that one."""
    try:
        champion = rooms.store.champion()
    except BundleError as error:
        return Incumbent(version, None, str(error), is_readable=False)
    obstacle = holdout_obstacle(dataset, champion)
    if champion.facts.lineage.journal_ranges:
        obstacle = "it has learnt from the journal, and the held-out rows of the table cannot judge that"
    if obstacle:
        return Incumbent(version, None, obstacle)
    return Incumbent(version, compare_on_holdout(dataset, champion, best, rooms.project))


def _write_report(
    rooms: Rooms,
    dataset: Dataset,
    stored: _Stored,
    *,
    run_id: str,
    diagnosis: Diagnosis,
    promotion: Promotion | None,
    verdict: str,
) -> tuple[Path, Path]:
    """Write the page and its JSON; return their paths."""
    best = stored.bundles[0].facts
    trained = TrainedTable(
        project=rooms.project.name,
        made_at=stamp(utc_now()),
        source=dataset.source.name,
        origin=str(dataset.source.origin),
        warning=best.lineage.warning,
        training_rows=len(dataset.split.train),
        holdout_rows=len(dataset.split.holdout),
        is_promoted=promotion is not None,
        verdict=verdict,
        refused=stored.refused,
    )
    page = rooms.workspace.reports / f"train-v{best.version}.html"
    composed = train_page(trained, stored.result, diagnosis, dataset.signature.outcome)
    write_page(composed, page)
    drawings = write_drawings(composed, page.with_name(f"{page.stem}-figures"))
    facts = page.with_suffix(".json")
    write_json({**_facts(trained, dataset, stored), "diagnosis": asdict(diagnosis)}, facts)
    files = {"report.html": page, "report.json": facts, **{f"figures/{one.name}": one for one in drawings}}
    texts = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
    rooms.tracking.log_texts(run_id, {**texts, "MODEL_CARD.md": stored.bundles[0].card})
    return page, facts


def _parent(rooms: Rooms, dataset: Dataset, result: SearchResult) -> RunFacts:
    project = rooms.project
    parameters = {
        "source": dataset.source.name,
        "origin": str(dataset.source.origin),
        "rows": dataset.frame.height,
        "holdout": project.split.holdout,
        "split_seed": project.split_seed,
        "seed": project.project.seed,
        "folds": project.training.folds,
        "candidates": len(result.candidates),
        "best": result.best.recipe.title,
    }
    tags = {"keepfit.kind": "search", "keepfit.protocol": result.protocol, "keepfit.fingerprint": dataset.fingerprint}
    return RunFacts(f"train {project.name}", parameters, _metrics(result.best), tags)


def _child(candidate: CandidateResult) -> RunFacts:
    parameters = {"model": candidate.recipe.model, **candidate.recipe.parameters}
    metrics = {**_metrics(candidate), "fit_seconds": candidate.seconds}
    return RunFacts(candidate.recipe.title, parameters, metrics, {"keepfit.kind": "candidate"})


def _metrics(candidate: CandidateResult) -> dict[str, float]:
    metrics = {f"validation_{name}": value for name, value in candidate.validation.items()}
    for name, score in candidate.holdout.items():
        metrics |= {
            f"holdout_{name}": score.value,
            f"holdout_{name}_low": score.low,
            f"holdout_{name}_high": score.high,
        }
    return metrics


def _facts(trained: TrainedTable, dataset: Dataset, stored: _Stored) -> dict[str, Any]:
    result = stored.result
    biased: dict[str, Estimate] = result.best_on_holdout.holdout
    return {
        **asdict(trained),
        "fingerprint": dataset.fingerprint,
        "metric": result.metric,
        "higher_is_better": METRICS[result.metric].higher_is_better,
        "protocol": result.protocol,
        "baseline": result.baseline,
        "versions": [bundle.facts.version for bundle in stored.bundles],
        "best_on_holdout": {
            "recipe": result.best_on_holdout.recipe.title,
            "score": asdict(biased[result.metric]),
            "protocol": "biased: the best of all candidates, chosen on the very rows that it is reported on",
        },
        "members": [asdict(member) for member in result.members],
        "candidates": candidates_table(result),
    }
