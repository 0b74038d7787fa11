"""`keepfit profile` as somebody at a terminal meets it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sqlalchemy import Boolean

from keepfit.profiles.profile_file import read_profile
from profiled_project import make_profiled, rows
from sql_tables import sqlite_url, write_rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = make_profiled(tmp_path_factory.mktemp("profile")).folder
    rows(5).write_parquet(folder / "w.parquet")
    write_rows(sqlite_url(folder), "loans", rows(5), {"member": Boolean()})
    return folder


def keepfit(folder, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keepfit", "profile", *arguments]
    everything = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=everything, timeout=60)


def test_a_file_and_a_database_are_counted(folder):
    """It prints how many rows of what, and where their profile is."""
    done = keepfit(folder, "w.parquet", "--score", "--out", "file.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("\nv1: 300 rows of w.parquet\nprofile: file.json\n")
    named = keepfit(folder, "--sql", "${LOANS}", "--table", "loans", "--out", "sql.json", LOANS=sqlite_url(folder))
    assert named.returncode == 0, named.stderr
    assert named.stdout.endswith("\nv1: 300 rows of the table loans\nprofile: sql.json\n")
    kept = [read_profile(folder / name) for name in ("file.json", "sql.json")]
    assert kept[0].profile.columns[2:] == kept[1].profile.columns[2:]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--sql", "sqlite://"), 2, "--sql and --table go together"),
        (("--table", "loans"), 2, "--sql and --table go together"),
        (("--sql", "mysql://host/db", "--table", "t"), 1, '"mysql" is no database that rows are counted in'),
        (("--url", "http://127.0.0.1:9"), 1, "nothing answers there"),
        (("w.csv", "--url", "http://127.0.0.1:9"), 1, "a file and --url are named"),
    ],
)
def test_what_cannot_be_is_told(folder, arguments, status, said):
    """One message, and no file."""
    done = keepfit(folder, *arguments, "--out", "none.json")
    assert done.returncode == status, done.stderr
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not (folder / "none.json").exists()
