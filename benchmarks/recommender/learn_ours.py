"""Keepfit's ways to learn what is added next: the whole choice between them, or one by itself.

Usage: python learn_ours.py FOLDER choose|per_product|ranker THREADS

`choose` learns each twice and scores all of it, as training does, and keeps what the best says of the held-out rows,
its graph and its threshold; a candidate by itself is learnt once, of all rows that teach.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from prepared import Prepared, declaration, read_prepared  # the file beside this one

from keepfit.evaluation import Estimate
from keepfit.training.recommender.front import build_front
from keepfit.training.recommender.learners import learn
from keepfit.training.recommender.search import RecommenderResult, RecommenderRows, search_recommenders

CHOOSE = "choose"


def chosen(prepared: Prepared, threads: int) -> tuple[RecommenderResult, float]:
    """Return the choice of the example's candidates, and the seconds it took."""
    project, signature = declaration(), prepared.signature
    rows = RecommenderRows(prepared.matrix, prepared.additions, prepared.train, prepared.holdout)
    began = time.perf_counter()
    result = search_recommenders(
        project.panel.candidates,
        signature,
        signature.offers,
        rows,
        section=project.training.model_copy(update={"jobs": threads}),
        metric=project.panel.metric,
        seed=project.project.seed,
    )
    return result, time.perf_counter() - began


def learnt(prepared: Prepared, model: str, threads: int) -> float:
    """Return the seconds that a candidate takes by itself: its features, and its trees."""
    project, additions, train = declaration(), prepared.additions, prepared.train
    candidate = next(one for one in project.panel.candidates if one.model == model)
    seed = project.project.seed
    began = time.perf_counter()
    front = build_front(prepared.signature, project.training, seed=seed)
    features = front.fit_transform(prepared.matrix[train])
    learn(candidate, features, additions.added[train], additions.is_open[train], seed=seed, workers=threads)
    return time.perf_counter() - began


def figures(scores: dict[str, Estimate]) -> dict[str, list[float]]:
    """Return scores as JSON has them: the value, and the ends of its interval."""
    return {name: [one.value, one.low, one.high] for name, one in scores.items()}


def main() -> None:
    """Print what it took, and of the choice what came of it."""
    folder, asked, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    prepared = read_prepared(folder)
    if asked != CHOOSE:
        print(json.dumps({"seconds": learnt(prepared, asked, threads)}))
        return
    result, seconds = chosen(prepared, threads)
    best = result.best
    np.save(folder / "ours.npy", best.model.offers(prepared.matrix[prepared.holdout]))
    kept = (prepared.signature, best.model.to_onnx(), best.threshold)
    (folder / "ours.pickle").write_bytes(pickle.dumps(kept))
    print(json.dumps({"seconds": seconds, **_said(result)}))


def _said(result: RecommenderResult) -> dict[str, Any]:
    candidates = [
        {
            "name": one.recipe.model,
            "threshold": one.threshold,
            "seconds": one.seconds,
            "validation": one.validation,
            "holdout": figures(one.holdout),
        }
        for one in result.candidates
    ]
    baselines = {name: figures(scores) for name, scores in result.baselines.items()}
    return {"metric": result.metric, "protocol": result.protocol, "candidates": candidates, "baselines": baselines}


if __name__ == "__main__":
    main()
