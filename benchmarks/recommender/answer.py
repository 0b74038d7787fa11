"""What an answer about all products takes for one raw record, in process: Keepfit's and the published recipe's.

Usage: python answer.py FOLDER

A record is as JSON was decoded; each time it is another one. Keepfit's answer is what a service gives: the door, the
graph, and which products are recommended. The recipe's is a frame of one row, prepared as its table was, and a
`predict_proba` of each model.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from records import read_records, without_history  # the files beside this one
from seed_recipe import THRESHOLD, features, probabilities

from keepfit.scoring import Door, Graph
from keepfit.scoring.recommending import Recommending

Record = dict[str, Any]
WARM_UP = 50
SLOW = 200  # records of what takes milliseconds


def times(answer: Callable[[Record], Any], records: Sequence[Record]) -> dict[str, float]:
    """Return how long answers take, milliseconds: the median, and what 99 of 100 do not exceed."""
    for record in records[:WARM_UP]:
        answer(record)
    took = []
    for record in records:
        began = time.perf_counter()
        answer(record)
        took.append(time.perf_counter() - began)
    median, late = np.quantile(took, [0.5, 0.99]) * 1000
    return {"records": len(records), "median_ms": float(median), "p99_ms": float(late)}


def ours(folder: Path) -> Callable[[Record], Any]:
    """Return what answers as a service does."""
    signature, model, threshold = pickle.loads((folder / "ours.pickle").read_bytes())
    door, graph = Door(signature), Graph(model, where="benchmark")
    products = signature.offers.products
    recommending = Recommending(products, signature.outcome.labels[0], [threshold] * len(products))
    return lambda record: recommending.answers(*graph.offers(door.row(record)))


def recipe(folder: Path) -> Callable[[Record], Any]:
    """Return what answers as the recipe's pipeline does."""
    incomes, models = pickle.loads((folder / "seed.pickle").read_bytes())

    def answer(record: Record) -> Any:
        return probabilities(models, features(pd.DataFrame([record]), incomes)) > THRESHOLD

    return answer


def main() -> None:
    """Print the times."""
    folder = Path(sys.argv[1])
    records = read_records(folder)
    alone = [without_history(record) for record in records]
    answer = ours(folder)
    found = {
        "with_history": times(answer, records),
        "alone": times(answer, alone),
        "recipe": times(recipe(folder), alone[:SLOW]),
        "months": float(np.median([len(record["history"]) for record in records])),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
