"""Targets and the past of a panel's rows, by Keepfit.

Usage: python ours.py PANEL.parquet [--sums]
"""

from __future__ import annotations

import json
import sys
from typing import Any

import polars as pl
from what import LAGS, checksums  # the file beside this one

from keepfit.datasets.panel import read_panel
from keepfit.datasets.twins.santander_products import PRODUCTS
from keepfit.ownership import LONGEST
from keepfit.panel_columns import PanelColumns


def main() -> None:
    """Print how many rows there are, and with `--sums` what was found."""
    columns = PanelColumns("ncodpers", "fecha_dato", PRODUCTS, lags=LAGS, memory=LONGEST)
    panel = read_panel(pl.scan_parquet(sys.argv[1]), columns, where=sys.argv[1])
    added, is_known = panel.additions()
    past = panel.history()
    found: dict[str, Any] = {"rows": len(past)}
    if "--sums" not in sys.argv:
        print(json.dumps(found))
        return
    width = len(PRODUCTS)
    found |= {
        "known": int(is_known.sum()),
        "added": int(panel.ownership.flags(added).sum(dtype="int64")),
        "ago": checksums(past[:, 2 : 2 + width * len(LAGS)], width),
        "added_since": checksums(past[:, -2 * width : -width], width)[0],
        "dropped_since": checksums(past[:, -width:], width)[0],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
