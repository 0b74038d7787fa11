"""What the published recipe scores on the held-out rows, and by how much Keepfit's choice is better on the same rows.

Usage: python score_learnt.py FOLDER
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import numpy as np
from learn_ours import figures  # the files beside this one
from prepared import declaration, read_prepared
from seed_recipe import THRESHOLD

from keepfit.evaluation import Recommended, recommendation_scores
from keepfit.evaluation.recommendations import recommendation_difference
from keepfit.training.recommender.search import recommended

COMPARED = ("map", "f1_micro")


def main() -> None:
    """Print the scores, and the differences."""
    folder = Path(sys.argv[1])
    prepared, seed = read_prepared(folder), declaration().project.seed
    _, entities = np.unique(prepared.additions.entities[prepared.holdout], return_inverse=True)

    def said(name: str, threshold: float) -> Recommended:
        return recommended(prepared.additions, prepared.holdout, np.load(folder / f"{name}.npy"), threshold)

    _, _, threshold = pickle.loads((folder / "ours.pickle").read_bytes())
    recipe, ours = said("seed_record", THRESHOLD), said("ours", threshold)
    found = {"record": figures(recommendation_scores(recipe, entities, seed=seed))}
    if (folder / "seed_history.npy").is_file():
        found["history"] = figures(recommendation_scores(said("seed_history", THRESHOLD), entities, seed=seed))
    better = {name: recommendation_difference(ours, recipe, entities, name, seed=seed) for name in COMPARED}
    print(json.dumps({"scores": found, "better": figures(better)}))


if __name__ == "__main__":
    main()
