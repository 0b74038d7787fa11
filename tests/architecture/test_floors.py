"""The house stands as DESIGN.md says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_go_down_the_stairs():
    """import-linter finds every contract of pyproject.toml kept."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_pickle_is_loaded_but_in_a_process_of_its_own():
    """One file does, and nobody imports it: it is the whole of a process. No other loads one by any of its names."""
    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text()
        is_worker = file.name == "pipeline_worker.py"
        for word in ("pickle.load", "joblib.load", "dill.load", "skops.io", "mlflow.sklearn"):
            assert word not in text or (is_worker and word == "pickle.load"), f"{file} has {word}"
        assert "import pipeline_worker" not in text
        assert "from keepfit.scoring.pipeline_worker" not in text


def test_tests_mirror_the_rooms():
    """Every folder of tests is a room, this one, or the images' of `deploy`."""
    rooms = {entry.name for entry in (ROOT / "src" / "keepfit").iterdir() if entry.is_dir()}
    folders = {
        file.parent.relative_to(ROOT / "tests").parts[0]
        for file in (ROOT / "tests").rglob("test_*.py")
        if file.parent != ROOT / "tests"
    }
    assert folders - {"architecture", "benchmarks", "deploy"} <= rooms
