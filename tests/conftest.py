"""What every test begins with: no home, no project, no network of the person who runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

DATASETS = Path(__file__).parents[1] / ".." / "shared" / "datasets"


@pytest.fixture(autouse=True)
def _out_of_reach(monkeypatch, tmp_path_factory):
    """Keep the real home, its settings and the network out of reach."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("KEEPFIT_HOME", "KEEPFIT_PROJECT", "KEEPFIT_ACTOR", "KEEPFIT_DATA_MIRROR", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KEEPFIT_OFFLINE", "1")
