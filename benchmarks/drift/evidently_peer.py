"""Judge windows by Evidently's data-drift preset; runs in the peer's own environment.

Usage: python evidently_peer.py REFERENCE WINDOW... [--page FILE --facts FILE]

Prints a line of JSON for each window: the columns that it calls drifted, and whether the dataset is. With `--page` and
`--facts` the report of the last window is written as HTML and as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings
from typing import Any

os.environ["DO_NOT_TRACK"] = "1"  # before it is imported: it sends nothing then

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

DATASET, COLUMN = "evidently:metric_v2:DriftedColumnsCount", "evidently:metric_v2:ValueDrift"


def is_drifted(metric: dict[str, Any]) -> bool:
    """Tell whether a column has drifted: by a p-value below the threshold, or a distance that reaches it."""
    limit, value = metric["config"]["threshold"], metric["value"]
    return value < limit if "p_value" in metric["config"]["method"] else value >= limit


def judged(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says of a window."""
    metrics = facts["metrics"]
    columns = [metric for metric in metrics if metric["config"]["type"] == COLUMN]
    whole = next(metric for metric in metrics if metric["config"]["type"] == DATASET)
    found = [metric["config"]["column"] for metric in columns if is_drifted(metric)]
    scores = {metric["config"]["column"]: metric["value"] for metric in columns}
    is_alarm = whole["value"]["share"] >= whole["config"]["drift_share"]
    return {"found": found, "alarm": is_alarm, "scores": scores}


def main() -> None:
    """Print a line for each window."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("windows", nargs="+")
    parser.add_argument("--page")
    parser.add_argument("--facts")
    asked = parser.parse_args()
    reference = pd.read_parquet(asked.reference)
    for window in asked.windows:
        report = Report([DataDriftPreset()]).run(pd.read_parquet(window), reference)
        print(json.dumps(judged(json.loads(report.json()))), flush=True)
    if asked.page:
        report.save_html(asked.page)
    if asked.facts:
        report.save_json(asked.facts)


if __name__ == "__main__":
    main()
