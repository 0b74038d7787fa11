"""What MLflow is told of a search among recommenders."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from keepfit.datasets import Dataset
from keepfit.evaluation import Estimate
from keepfit.project.declaration import Project
from keepfit.tracking import RunFacts
from keepfit.training.recommender import RecommenderCandidate, RecommenderResult
from keepfit.workflows.training_runs import score_metrics


def recommenders_table(result: RecommenderResult) -> list[dict[str, Any]]:
    """Return the candidates as rows of plain JSON types, the best first."""
    return [
        {
            "rank": rank,
            "model": one.recipe.model,
            "parameters": dict(one.recipe.parameters),
            "validation": one.validation,
            "holdout": _scores(one.holdout),
            "threshold": one.threshold,
            "seconds": one.seconds,
        }
        for rank, one in enumerate(result.candidates, start=1)
    ]


def baselines_table(result: RecommenderResult) -> dict[str, Any]:
    """Return what no skill scores, by the name of the baseline."""
    return {name: _scores(scores) for name, scores in result.baselines.items()}


def recommender_search_run(project: Project, dataset: Dataset, result: RecommenderResult) -> RunFacts:
    """Return the run of a whole search."""
    panel = project.panel
    parameters = {
        "source": dataset.source.name,
        "origin": str(dataset.source.origin),
        "rows": dataset.frame.height,
        "train_from": panel.train_from if panel else "",
        "hold_from": panel.hold_from if panel else "",
        "seed": project.project.seed,
        "candidates": len(result.candidates),
        "best": result.best.recipe.title,
    }
    baselines = {
        f"baseline_{name}_{metric}": score.value
        for name, scores in result.baselines.items()
        for metric, score in scores.items()
    }
    tags = {"keepfit.kind": "search", "keepfit.protocol": result.protocol, "keepfit.fingerprint": dataset.fingerprint}
    metrics = {**score_metrics(result.best.validation, result.best.holdout), **baselines}
    return RunFacts(f"train {project.name}", parameters, metrics, tags)


def recommender_run(one: RecommenderCandidate) -> RunFacts:
    """Return the run of a candidate."""
    parameters = {"model": one.recipe.model, **one.recipe.parameters}
    metrics = {**score_metrics(one.validation, one.holdout), "fit_seconds": one.seconds}
    return RunFacts(one.recipe.title, parameters, metrics, {"keepfit.kind": "candidate"})


def _scores(scores: dict[str, Estimate]) -> dict[str, Any]:
    return {name: asdict(score) for name, score in scores.items()}
