"""Targets and the past of a panel's rows, the straightforward way in pandas.

Usage: python pandas_way.py PANEL.parquet [--sums]

A month before or after is joined by customer and month; when something was last added is filled forward within each
customer. Types are as small as they can be: this is no straw man.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from what import LAGS, checksums  # the file beside this one

KEYS = ["ncodpers", "month"]


def read(path: str) -> tuple[pd.DataFrame, list[str]]:
    """Return customers, months and products, in the order of both."""
    products = [name for name in pq.read_schema(path).names if name.startswith("ind_") and name.endswith("_ult1")]
    frame = pd.read_parquet(path, columns=["ncodpers", "fecha_dato", *products])
    dates = pd.to_datetime(frame["fecha_dato"])
    frame["month"] = (dates.dt.year * 12 + dates.dt.month).astype("int16")
    frame[products] = frame[products].fillna(0).astype("int8")
    return frame.drop(columns="fecha_dato").sort_values(KEYS, ignore_index=True), products


def moved(frame: pd.DataFrame, products: list[str], months: int) -> pd.DataFrame:
    """Return what each row had so many months ago, -1 where there was no row."""
    other = frame[[*KEYS, *products]].copy()
    other["month"] += np.int16(months)
    joined = frame[KEYS].merge(other, on=KEYS, how="left")
    return joined[products].fillna(-1).astype("int8")


def main() -> None:
    """Print how many rows there are, and with `--sums` what was found."""
    frame, products = read(sys.argv[1])
    width = len(products)
    now = frame[products]
    after, before = moved(frame, products, -1), moved(frame, products, 1)
    is_known = after[products[0]] >= 0
    ago = [moved(frame, products, lag) for lag in LAGS]
    since = {}
    for name, event in (("added", (now == 1) & (before == 0)), ("dropped", (now == 0) & (before == 1))):
        month = event.mul(frame["month"], axis=0).astype("float32").where(event)
        last = month.groupby(frame["ncodpers"]).ffill()
        since[name] = (-last.sub(frame["month"], axis=0)).fillna(-1).astype("int8")
    added = (after == 1) & (now == 0)
    found: dict[str, Any] = {"rows": len(frame)}
    if "--sums" not in sys.argv:
        print(json.dumps(found))
        return
    found |= {
        "known": int(is_known.sum()),
        "added": int(added.to_numpy().sum()),
        "ago": [checksums(one.to_numpy(), width)[0] for one in ago],
        "added_since": checksums(since["added"].to_numpy(), width)[0],
        "dropped_since": checksums(since["dropped"].to_numpy(), width)[0],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
