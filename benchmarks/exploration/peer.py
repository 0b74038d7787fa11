"""Write ydata-profiling's minimal report of a CSV; runs in the peer's own environment.

Usage: python peer.py TABLE SEPARATOR PAGE
"""

from __future__ import annotations

import sys

import pandas as pd
from ydata_profiling import ProfileReport


def main() -> None:
    """Read the table and write the page."""
    table, separator, page = sys.argv[1:]
    ProfileReport(pd.read_csv(table, sep=separator), minimal=True, progress_bar=False).to_file(page, silent=True)


if __name__ == "__main__":
    main()
