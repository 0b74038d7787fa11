"""What MLflow is told of a search: its table, its runs, and the candidates as plain rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from keepfit.datasets import Dataset
from keepfit.evaluation import Estimate
from keepfit.project.declaration import Project
from keepfit.reporting import json_text
from keepfit.tracking import DatasetFacts, RunFacts
from keepfit.training import CandidateResult, SearchResult


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
            "features": list(candidate.recipe.features),
            "validation": candidate.validation,
            "holdout": {name: asdict(score) for name, score in candidate.holdout.items()},
            "threshold": candidate.threshold,
            "calibration": candidate.model.calibration.to_dict(),
            "seconds": candidate.seconds,
        }
        for rank, candidate in enumerate(result.candidates, start=1)
    ]


def search_run(project: Project, dataset: Dataset, result: SearchResult) -> RunFacts:
    """Return the run of a whole search."""
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
    return RunFacts(
        f"train {project.name}", parameters, score_metrics(result.best.validation, result.best.holdout), tags
    )


def candidate_run(candidate: CandidateResult) -> RunFacts:
    """Return the run of a candidate."""
    parameters = {"model": candidate.recipe.model, **candidate.recipe.parameters}
    metrics = {**score_metrics(candidate.validation, candidate.holdout), "fit_seconds": candidate.seconds}
    return RunFacts(candidate.recipe.title, parameters, metrics, {"keepfit.kind": "candidate"})


def trial_runs(result: SearchResult) -> list[RunFacts]:
    """Return a run for each trial of the searches in spaces."""
    return [
        RunFacts(
            f"{study.model} trial {number}",
            {"model": study.model, **trial.parameters},
            {f"validation_{result.metric}": trial.score, "fit_seconds": trial.seconds},
            {"keepfit.kind": "trial", "keepfit.state": trial.state},
        )
        for study in result.studies
        for number, trial in enumerate(study.trials, start=1)
    ]


def search_tables(result: SearchResult) -> dict[str, str]:
    """Return the files that are kept with the run of a whole search: JSON by file name."""
    tables: dict[str, Any] = {
        "candidates.json": candidates_table(result),
        "members.json": [asdict(member) for member in result.members],
    }
    if result.selection is not None:
        tables["selection.json"] = asdict(result.selection)
    if result.studies:
        tables["searches.json"] = [asdict(study) for study in result.studies]
    return {name: json_text(table) for name, table in tables.items()}


def score_metrics(validation: Mapping[str, float], holdout: Mapping[str, Estimate]) -> dict[str, float]:
    """Return scores as MLflow's metrics, those of the held-out rows with their intervals."""
    metrics = {f"validation_{name}": value for name, value in validation.items()}
    for name, score in holdout.items():
        metrics |= {
            f"holdout_{name}": score.value,
            f"holdout_{name}_low": score.low,
            f"holdout_{name}_high": score.high,
        }
    return metrics
