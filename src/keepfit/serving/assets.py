"""The files of the documentation page, which a package on our own disk holds: nothing comes from a CDN."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def documentation_assets() -> Path:
    """Return the folder of Swagger UI's files."""
    found = importlib.util.find_spec("fastapi_offline")
    assert found is not None, "a dependency of ours"  # noqa: S101 - an incomplete install is our mistake
    assert found.origin is not None  # noqa: S101 - as above
    return Path(found.origin).parent / "static"
