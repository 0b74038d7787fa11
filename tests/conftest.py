"""What every test begins with: no home, no project, no network of the person who runs them."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("keepfit", deadline=None)  # a machine may be slow: time is for benchmarks
hypothesis.settings.load_profile("keepfit")

DATASETS = Path(__file__).parents[1] / ".." / "shared" / "datasets"
OWN_SETTINGS = ("KEEPFIT_HOME", "KEEPFIT_PROJECT", "KEEPFIT_ACTOR", "KEEPFIT_DATA_MIRROR", "MLFLOW_TRACKING_URI")


@pytest.fixture(scope="session", autouse=True)
def _out_of_reach(tmp_path_factory):
    """Keep the real home, its settings and the network out of reach, of fixtures of every scope too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        for name in OWN_SETTINGS:
            patch.delenv(name, raising=False)
        patch.setenv("KEEPFIT_OFFLINE", "1")
        yield


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The folder of real tables; what needs it is skipped without it."""
    if not DATASETS.is_dir():
        pytest.skip("the real tables are not at hand (../shared/datasets)")
    return DATASETS
