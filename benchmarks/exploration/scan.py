"""Describe a Parquet file with one streaming scan: count, missing, least, greatest and about how many distinct values.

Usage: python scan.py FILE
"""

from __future__ import annotations

import sys

import polars as pl

FACTS = ("count", "null_count", "min", "max", "approx_n_unique")


def main() -> None:
    """Print how many facts were found."""
    table = pl.scan_parquet(sys.argv[1])
    columns = table.collect_schema().names()
    asked = [getattr(pl.col(column), fact)().alias(f"{column} {fact}") for column in columns for fact in FACTS]
    print(table.select(asked).collect(engine="streaming").width)


if __name__ == "__main__":
    main()
