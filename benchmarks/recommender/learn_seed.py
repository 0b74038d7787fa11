"""The published recipe, learnt of the same rows as Keepfit's candidates.

Usage: python learn_seed.py FOLDER record|history THREADS

`record` is the recipe, on the columns of the record; `history` gives it what Keepfit makes of the months before as
well, which says what is due to these and what to the learner. What it says of the held-out rows is kept, and of the
recipe its models.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from prepared import Prepared, declaration, read_prepared, read_raw  # the files beside this one
from seed_recipe import Incomes, features, learnt, probabilities

HISTORY = "history"


def main() -> None:
    """Print what it took."""
    folder, asked, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    prepared, raw = read_prepared(folder), read_raw(folder).to_pandas()
    train, holdout = prepared.train, prepared.holdout
    began = time.perf_counter()
    incomes = Incomes.of(raw.iloc[train])
    made = features(raw, incomes)
    if asked == HISTORY:
        made = pd.concat([made, _past(prepared)], axis=1)
    fitting = time.perf_counter()
    models = learnt(made.iloc[train], prepared.additions.added[train], declaration().project.seed, threads)
    ended = time.perf_counter()
    np.save(folder / f"seed_{asked}.npy", probabilities(models, made.iloc[holdout]))
    if asked != HISTORY:
        (folder / "seed.pickle").write_bytes(pickle.dumps((incomes, models)))
    print(json.dumps({"seconds": ended - fitting, "prepare_seconds": fitting - began, "columns": made.shape[1]}))


def _past(prepared: Prepared) -> pd.DataFrame:
    """Return what the months before say, as the door has it."""
    columns = prepared.signature.columns
    places = [at for at, column in enumerate(columns) if column.is_past]
    return pd.DataFrame(prepared.matrix[:, places], columns=[columns[at].name for at in places])


if __name__ == "__main__":
    main()
