"""The notebook of an exploration, as it is composed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.exploration import ExploredTable, explore_notebook

EXPLORED = ExploredTable("mine", "2026-11-21T09:00:00.000Z", "mine.csv", "file", "mine.csv", "", 1000)


@pytest.fixture
def found(explored):
    rng = np.random.default_rng(0)
    labels = rng.random(1000) < 0.3
    age = np.where(labels & (rng.random(1000) < 0.6), np.nan, rng.normal(size=1000))
    closed = np.where(labels, "2026-01-01", None).tolist()
    return explored({'my "age"': age, "closed": closed, "noise": rng.normal(size=1000)}, labels)


def sources(found):
    return [cell.source for cell in explore_notebook(EXPLORED, found, project_file="../keepfit.toml").cells]


def test_every_cell_is_code_that_can_be_read(found):
    """Whatever the columns are called, and whatever is said of them: missing values and leaks are drawn too."""
    notebook = explore_notebook(EXPLORED, found, project_file="../keepfit.toml")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for source in code:
        compile(source, "cell", "exec")
    assert 'draw_share(table.with_columns(pl.col("my \\"age\\"").is_null()), "my \\"age\\"")' in code
    assert 'draw_share(table.with_columns(pl.col("closed").is_null()), "closed")' in code


def test_leaks_come_first(found):
    """As on the page."""
    text = "\n".join(sources(found))
    assert text.index("### Leakage") < text.index("### What goes with what")


def test_a_table_that_is_too_large_is_sampled_here_too(found):
    """And it is said what the figures rest on."""
    assert not any("too large to hold" in source for source in sources(found))
    text = "\n".join(sources(replace(found, duplicates=None, rows=5_000_000)))
    assert "The table is too large to hold: sentences and figures rest on 1,000 of its rows" in text
    assert ".frame  # a sample of its rows" in text
