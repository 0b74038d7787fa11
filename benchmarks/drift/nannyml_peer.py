"""Judge windows by NannyML's univariate drift (Wasserstein and Jensen-Shannon); runs in the peer's own environment.

Usage: python nannyml_peer.py REFERENCE WINDOW [--chunk-rows N]

Prints a line of JSON: how many chunks the window has, the columns that raised an alert in any of them, and for each of
these the numbers of its chunks. Without `--chunk-rows` a table is cut into ten chunks, as NannyML does by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # before it is imported: it sends nothing then

import nannyml
import pandas as pd

METHODS = ("wasserstein", "jensen_shannon")


def alerts(reference: pd.DataFrame, window: pd.DataFrame, chunk_rows: int | None) -> pd.DataFrame:
    """Return whether a chunk of the window raised an alert, `(n_chunks, n_columns)`."""
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=list(reference.columns),
        continuous_methods=["wasserstein"],
        categorical_methods=["jensen_shannon"],
        chunk_size=chunk_rows,
    )
    found = calculator.fit(reference).calculate(window).filter(period="analysis").to_df()
    raised = {name: found[name, method, "alert"] for name, method, what in found.columns if what == "alert"}
    return pd.DataFrame(raised).astype(bool)


def main() -> None:
    """Print what was found."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("window")
    parser.add_argument("--chunk-rows", type=int)
    asked = parser.parse_args()
    raised = alerts(pd.read_parquet(asked.reference), pd.read_parquet(asked.window), asked.chunk_rows)
    chunks = {name: raised.index[raised[name]].tolist() for name in raised.columns if raised[name].any()}
    print(json.dumps({"chunks": len(raised), "found": list(chunks), "alerts": chunks}))


if __name__ == "__main__":
    main()
