"""Write the first rows of the product panel to a file.

Usage: python panel.py FILE ROWS
"""

from __future__ import annotations

import sys
from pathlib import Path

from keepfit.datasets.twins.santander import write_panel


def main() -> None:
    """Write the file."""
    write_panel(Path(sys.argv[1]), rows=int(sys.argv[2]), seed=42)


if __name__ == "__main__":
    main()
