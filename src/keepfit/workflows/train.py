"""`keepfit train`: try every candidate, choose on the training rows, report on the held-out rows, store, promote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.evaluation import METRICS, Estimate
from keepfit.registry import Promotion, is_staged
from keepfit.reporting import write_json, write_page
from keepfit.retraining import Comparison, Contest, compare
from keepfit.scoring import Scorer, history_door
from keepfit.tracking import DatasetFacts, RunFacts
from keepfit.training import CandidateResult, SearchResult, TrainedTable, expand_candidates, search, train_page
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
    result = search(
        recipes,
        dataset.signature,
        matrix,
        dataset.target,
        train=dataset.split.train,
        holdout=dataset.split.holdout,
        section=project.training,
        seed=project.project.seed,
        on_progress=lambda done, total: on_progress("fit the candidates", done, total),
    )
    on_progress("log the runs", 0, 1)
    run_id, child_ids = tracking.log_search(
        _parent(rooms, dataset, result),
        [_child(candidate) for candidate in result.candidates],
        dataset_facts(dataset),
        {"candidates.json": json.dumps(candidates_table(result), indent=1)},
    )
    on_progress("log the runs", 1, 1)
    kept = result.candidates[: project.promotion.keep]
    bundles = []
    for at, candidate in enumerate(kept):
        on_progress("store the best", at, len(kept))
        bundles.append(
            make_version(
                rooms,
                dataset,
                Fitted(
                    recipe=candidate.recipe,
                    estimator=candidate.estimator,
                    signature=dataset.signature,
                    matrix=matrix,
                    fit_rows=dataset.split.train,
                    scores=candidate.holdout,
                    baseline=result.baseline,
                    protocol=result.protocol,
                    run_id=child_ids[at],
                ),
            )
        )
    on_progress("store the best", len(kept), len(kept))
    promotion, verdict = _promote(rooms, dataset, result, bundles)
    name = f"train-v{bundles[0].facts.version}"
    page, facts = rooms.workspace.reports / f"{name}.html", rooms.workspace.reports / f"{name}.json"
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
    )
    write_page(train_page(trained, result), page)
    write_json(_facts(trained, dataset, result, bundles), facts)
    rooms.log.add("train", f"{len(recipes)} candidates, best {result.best.recipe.title}; {verdict}")
    return TrainReport(dataset, result, tuple(bundles), run_id, tracking.uri, promotion, verdict, page, facts)


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
            "seconds": candidate.seconds,
        }
        for rank, candidate in enumerate(result.candidates, start=1)
    ]


def _promote(
    rooms: Rooms, dataset: Dataset, result: SearchResult, bundles: list[Bundle]
) -> tuple[Promotion | None, str]:
    """Apply the policy: the best must be staged, and must not be worse than the champion on the held-out rows."""
    section, best = rooms.project.promotion, bundles[0]
    score = result.best.holdout[section.staging_metric]
    shown = f"{section.staging_metric} {score.value:.4f} [{score.low:.4f}, {score.high:.4f}] on the held-out rows"
    with rooms.journal() as journal:
        facts = {
            "versions": [bundle.facts.version for bundle in bundles],
            "best": best.facts.version,
            "score": asdict(score),
        }
        journal.record_event(rooms.project.name, "trained", rooms.actor, facts)
        if not is_staged(score.value, section):
            return None, f"v{best.facts.version} is not promoted: {shown}, threshold {section.staging_threshold:g}"
        champion = rooms.store.pointer("champion")
        evidence: dict[str, Any] = {"holdout": {name: asdict(value) for name, value in result.best.holdout.items()}}
        if champion is not None:
            if rooms.store.champion().facts.lineage.journal_ranges:
                said = "it has learnt from the journal, and the held-out rows of the table cannot judge that"
                return (
                    None,
                    f"v{champion.version} stays champion: {said}; `keepfit promote {best.facts.version}` does it",
                )
            against = _against_champion(rooms, dataset, best)
            evidence["against_champion"] = against.to_dict()
            if against.gain.value <= 0:
                said = f"{against.metric} differs by {against.gain.value:+.4f} on the held-out rows"
                return None, f"v{champion.version} stays champion: v{best.facts.version} is not better ({said})"
        verdict = (
            f"v{best.facts.version} is champion: {shown}, above the staging threshold {section.staging_threshold:g}"
        )
        promoted = rooms.registry(journal).promote(
            best.facts.version,
            actor=rooms.actor,
            reason=verdict,
            evidence=evidence,
            expected=champion.version if champion else None,
        )
        return promoted.promotion, verdict + (f" ({promoted.mirror_fault})" if promoted.mirror_fault else "")


def _against_champion(rooms: Rooms, dataset: Dataset, best: Bundle) -> Comparison:
    """Compare the best candidate with the champion on the held-out rows."""
    champion, challenger = Scorer(rooms.store.champion()), Scorer(best)
    rows = dataset.frame[dataset.split.holdout.tolist()]

    def answers(scorer: Scorer) -> Any:
        return scorer.probabilities(history_door(scorer.door.signature).table(rows))

    contest = Contest(
        dataset.target[dataset.split.holdout],
        answers(champion),
        answers(challenger),
        champion.threshold,
        challenger.threshold,
    )
    return compare(contest, rooms.project.training.metric, seed=rooms.project.project.seed)


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


def _facts(trained: TrainedTable, dataset: Dataset, result: SearchResult, bundles: list[Bundle]) -> dict[str, Any]:
    biased: dict[str, Estimate] = result.best_on_holdout.holdout
    return {
        **asdict(trained),
        "fingerprint": dataset.fingerprint,
        "metric": result.metric,
        "higher_is_better": METRICS[result.metric].higher_is_better,
        "protocol": result.protocol,
        "baseline": result.baseline,
        "versions": [bundle.facts.version for bundle in bundles],
        "best_on_holdout": {
            "recipe": result.best_on_holdout.recipe.title,
            "score": asdict(biased[result.metric]),
            "protocol": "biased: the best of all candidates, chosen on the very rows that it is reported on",
        },
        "candidates": candidates_table(result),
    }
