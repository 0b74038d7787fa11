"""Where rows of a database are: a name that gives no password away, and needs no database library."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from keepfit.workflows.profile import ProfileTask
from keepfit.workflows.windows.sql_source import SqlSource

URL = "postgresql://ada:s3cret@db.example.org/loans"
SOURCE = SqlSource(URL, "lending.loans")


def test_the_url_is_shown_to_nobody():
    """Neither by itself nor in the task that holds it: a traceback and a log show these."""
    task = ProfileTask(Path("window.json"), sql=SOURCE)
    for shown in (repr(SOURCE), str(SOURCE), f"{SOURCE}", repr(task)):
        assert "s3cret" not in shown
        assert "db.example.org" not in shown
        assert "lending.loans" in shown


def test_it_is_the_place_and_nothing_else():
    """Two of one place are the same, the URL counts, and nobody moves it."""
    assert SqlSource(URL, "lending.loans") == SOURCE
    assert len({SOURCE, SqlSource(URL, "lending.loans"), SqlSource("sqlite:///loans.db", "lending.loans")}) == 2
    with pytest.raises(FrozenInstanceError):
        SOURCE.table = "others"


def test_a_place_is_named_without_what_reads_it():
    """A command reads its options before it loads a library."""
    code = (
        "import sys, keepfit.workflows.windows.sql_source; print({'sqlalchemy', 'polars', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"
