"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    Path,
    typer.Option(
        "--project", "-p", help="The project file, or its folder.", envvar="KEEPFIT_PROJECT", show_default=True
    ),
]
HERE = Path()
