"""The notebook of an exploration: executed, whole, and kept when somebody has changed it.

Every kernel is started by a process of its own: what its libraries leave behind is theirs.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import nbformat
import pytest

from keepfit.datasets.twins.santander import generate
from keepfit.errors import ExplorationError
from keepfit.workflows.examples import unpack_example
from keepfit.workflows.notebook import require_notebook_libraries

FAILING = """
import sys
from pathlib import Path
import nbformat
from keepfit.errors import ExplorationError
from keepfit.project import Workspace
from keepfit.workflows.notebook import execute_notebook

notebook = nbformat.v4.new_notebook()
notebook.cells = [nbformat.v4.new_code_cell("ok = 1"), nbformat.v4.new_code_cell("1 / 0")]
folder = Path(sys.argv[1])
try:
    execute_notebook(notebook, folder / "eda.ipynb", workspace=Workspace(folder), cell_seconds=60)
except ExplorationError as error:
    print(error)
"""


def ran(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "shutting down" not in done.stderr  # a kernel that was left behind says so at its end
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("heart")
    unpack_example("heart-disease", folder)
    ran("-m", "keepfit", "explore", "--notebook", "--project", str(folder))
    return folder


def read(folder):
    return nbformat.read(folder / ".keepfit" / "reports" / "eda.ipynb", as_version=4)


def test_every_cell_has_run_and_every_finding_stands_in_it(folder):
    """A valid notebook whose code cells have outputs and no error, with the report's own sentences."""
    notebook = read(folder)
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert {output.output_type for output in outputs} <= {"display_data", "execute_result", "stream"}
    assert sum("image/png" in output.get("data", {}) for output in outputs) > 3
    text = "\n".join(cell.source for cell in notebook.cells).replace("\\", "")
    facts = json.loads((folder / ".keepfit" / "reports" / "eda.json").read_text())
    assert all(finding["sentence"] in text for finding in facts["findings"])


def test_the_notebook_of_a_panel_runs(tmp_path):
    """On a few thousand rows: the months and products come from the same functions as the page, each product drawn."""
    unpack_example("product-recommendation", tmp_path)
    generate(7, 4_000).write_parquet(tmp_path / "few.parquet")
    file = tmp_path / "keepfit.toml"
    file.write_text(file.read_text().replace('"santander-products"', '"few.parquet"'))
    ran("-m", "keepfit", "explore", "--notebook", "--project", str(tmp_path))
    notebook = read(tmp_path)
    text = "\n".join(cell.source for cell in notebook.cells)
    facts = json.loads((tmp_path / ".keepfit" / "reports" / "eda.json").read_text())
    assert f"{facts['panel']['customers']:,} customers (ncodpers) in 17 months" in text
    assert text.index("## The panel") < text.index("## Columns")
    (drawing,) = (cell for cell in notebook.cells if "def draw_by_month" in cell.source)
    assert sum("image/png" in output.get("data", {}) for output in drawing.outputs) == 3


def test_it_names_no_folder_of_this_machine(folder):
    """The project is found by a path relative to the notebook."""
    assert str(folder) not in "\n".join(cell.source for cell in read(folder).cells)


def test_a_changed_notebook_is_kept(folder):
    """One that somebody carried on from gets another name when it is made anew."""
    notebook = read(folder)
    notebook.cells[-1].source = "my_own = 1"
    nbformat.write(notebook, folder / ".keepfit" / "reports" / "eda.ipynb")
    ran("-m", "keepfit", "explore", "--notebook", "--project", str(folder))
    (kept,) = (folder / ".keepfit" / "reports").glob("eda-kept-*.ipynb")
    assert "my_own = 1" in kept.read_text()
    assert "my_own = 1" not in "\n".join(cell.source for cell in read(folder).cells)


def test_a_cell_that_fails_is_named(tmp_path):
    """The error is the cell's own, with its place; no traceback."""
    said = ran("-c", FAILING, str(tmp_path))
    assert said.startswith("eda.ipynb: cell 2 (1 / 0): ZeroDivisionError: division by zero; mend that, or explore")


def test_without_its_libraries_the_way_out_is_told(monkeypatch):
    """The extra is named."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ExplorationError, match=r"a notebook needs nbformat, .*; pip install \"keepfit\[notebook\]\""):
        require_notebook_libraries()
