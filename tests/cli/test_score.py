"""`keepfit score` as a batch job meets it: what it prints, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from recommender_model import make_recommender, panel

ROWS = "id,age,income,job\na,30,1,fixed\nb,x,2,fixed\nc,70,,pilot\n"


@pytest.fixture
def folder(make_scoring_project, tmp_path):
    (tmp_path / "in.csv").write_text(ROWS)
    return make_scoring_project(tmp_path)


def keepfit(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keepfit", "score", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=os.environ)


def test_refused_rows_end_with_three(folder):
    """Both files are whole nevertheless; the summary is on standard output, what was refused on standard error."""
    done = keepfit("in.csv", "out.parquet", cwd=folder)
    assert done.returncode == 3, done.stderr
    assert done.stderr == (
        "keepfit: 1 of 3 rows were refused (values: age 1); why is in out.rejected.parquet, the others are in "
        "out.parquet\n"
    )
    assert "v1 read 3 rows, scored 2 (1 no, 1 yes), refused 1; " in done.stdout
    assert " rows/s\n" in done.stdout
    assert [line.split() for line in done.stdout.splitlines()[3:]] == [
        ["column", "is", "values"],
        ["income", "missing", "1"],
        ["job", "unseen", "1"],
        ["wrote", "out.parquet"],
    ]
    assert pl.read_parquet(folder / "out.parquet")["id"].to_list() == ["a", "c"]
    assert pl.read_parquet(folder / "out.rejected.parquet")["row"].to_list() == [2]


def test_refused_rows_may_be_allowed(folder):
    """Then the job goes on; they are told nevertheless, and where they are is as the caller says."""
    done = keepfit("in.csv", "out.csv", "--allow-rejected", "--rejected", "bad.csv", "--keep-all", cwd=folder)
    assert done.returncode == 0
    assert "1 of 3 rows were refused" in done.stderr
    assert (folder / "bad.csv").read_text() == 'row,id,field,reason\n2,b,age,"expected a whole number, found ""x"""\n'
    assert (folder / "out.csv").read_text().splitlines()[0] == "id,age,income,job,probability,decision,model_version"


def test_a_job_that_scored_nothing_has_failed(folder):
    """Whatever is allowed: a column of another kind refuses every row."""
    (folder / "in.csv").write_text("id,age\na,x\nb,y\n")
    done = keepfit("in.csv", "out.csv", "--allow-rejected", cwd=folder)
    assert done.returncode == 3
    assert "2 of 2 rows were refused (values: age 2); why is in out.rejected.csv, no row was scored" in done.stderr
    assert "warning: column job is not in the table: it is missing in every row" in done.stdout


def test_all_rows_scored_end_with_zero(folder):
    """Nothing on standard error, no side file; by the version that is asked for, with the columns that are."""
    (folder / "in.csv").write_text(ROWS.replace(",x,", ",20,"))
    done = keepfit("in.csv", "out.csv", "--version", "1", "--id", "job", "--workers", "2", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / "out.rejected.csv").exists()
    assert (folder / "out.csv").read_text().splitlines()[:2] == [
        "id,job,probability,decision,model_version",
        "a,fixed,0.30000001192092896,no,1",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.csv", "out.csv"), "keepfit: none.csv: no such file; name a file with a table\n"),
        (("in.csv", "in.csv"), "keepfit: OUT in.csv: is the table itself; name another file\n"),
        (("in.csv", "out.csv", "--version", "9"), "no such bundle"),
    ],
)
def test_a_mistake_is_one_message(folder, arguments, said):
    """No traceback, no file."""
    done = keepfit(*arguments, cwd=folder)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out.csv").exists()


def test_a_panels_file_that_says_of_nobody_is_told(tmp_path):
    """Its rows are answered by themselves, with a warning; with the column there is none."""
    folder = make_recommender(tmp_path / "project").folder
    panel().drop("who").write_csv(folder / "alone.csv")
    warning = "warning: the table does not say whom a row is about, or lacks a product: nothing is known of the months"
    done = keepfit("alone.csv", "out.csv", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert warning in done.stdout
    whole = keepfit("panel.csv", "out.csv", cwd=folder)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "warning" not in whole.stdout
    assert f"v1 read {panel().height} rows, scored {panel().height} (" in whole.stdout
