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


def test_no_pickle_is_loaded_anywhere():
    """No file of the product loads a pickle by any of its names."""
    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text()
        for word in ("pickle.load", "joblib.load", "dill.load", "skops.io", "mlflow.sklearn"):
            assert word not in text, f"{file} has {word}"


def test_every_test_file_mirrors_a_source_file():
    """A test stands where its source stands: tests/journal/test_store.py for src/keepfit/journal/store.py."""
    source = ROOT / "src" / "keepfit"
    odd = {"architecture", "cli", "serving", "workflows"}  # tested at the door of the room, over HTTP or the shell
    for file in (ROOT / "tests").rglob("test_*.py"):
        folder = file.parent.relative_to(ROOT / "tests")
        if folder.parts and folder.parts[0] in odd:
            continue
        assert (source / folder / file.name.removeprefix("test_")).exists(), file
