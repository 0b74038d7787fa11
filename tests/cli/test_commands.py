"""The commands as a person meets them: what they print, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keepfit.datasets.twins.santander import generate
from keepfit.workflows.examples import unpack_example

PROJECT = '[data]\nsource = "credit"\ntarget = "Status"\n'


def keepfit(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keepfit", *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "keepfit.toml").write_text(PROJECT)
    return tmp_path


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one message of a refused command."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("keepfit: ")
    return done.stderr


def test_help_names_every_command(tmp_path):
    """`keepfit --help` lists the commands, and imports no heavy library to do it."""
    done = keepfit("--help", cwd=tmp_path)
    for name in (
        "new",
        "data",
        "train",
        "models",
        "promote",
        "rollback",
        "serve",
        "simulate",
        "check",
        "retrain",
        "dashboards",
        "up",
        "status",
        "down",
        "demo",
    ):
        assert f"  {name} " in done.stdout
    script = (
        "import sys, keepfit.cli.main;"
        "print([name for name in ('polars','numpy','pydantic','sqlalchemy','mlflow','sklearn') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path):
    """Outside of a project the way in is told."""
    assert "no such project file; write one with `keepfit new" in refused(keepfit("train", cwd=tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[data]\nsource = "credit"\ntarget = "Stauts"\n',
            '[data] target = "Stauts": no such column in credit; did you',
        ),
        ('[data]\nsource = "credt"\ntarget = "Status"\n', 'no such name in the catalogue; did you mean "credit"?'),
        ('[data]\nsource = "no.csv"\ntarget = "Status"\n', "no.csv: no such file"),
        ('[data]\nsource = "empty.csv"\ntarget = "Status"\n', "empty.csv: the file is empty"),
        ('[data]\nsource = "header.csv"\ntarget = "y"\n', "header.csv: there is a header, but no rows"),
        ('[data]\nsource = "one.csv"\ntarget = "y"\n', 'has one class only, "1"'),
        ('[data]\nsource = "gaps.csv"\ntarget = "y"\n', "39 of 40 values are missing"),
        (PROJECT + "[trainig]\nfolds = 3\n", '[trainig]: no such key; did you mean "training"?'),
        (PROJECT + '[training]\nfolds = "five"\n', '[training] folds = "five"'),
        (
            PROJECT + '[[training.candidates]]\nmodel = "random_forest"\ngrid = { max_dept = [3] }\n',
            'random_forest has no parameter max_dept; did you mean "max_depth"?',
        ),
        (PROJECT + '[tracking]\nuri = "http://127.0.0.1:9"\n', "http://127.0.0.1:9: MLflow's store cannot be reached"),
        (PROJECT + '[tracking]\nuri = "${NOT_SET}"\n', "[tracking] uri: the environment has no NOT_SET"),
        ("[data\n", "is not TOML"),
    ],
)
def test_bad_input_is_one_message_before_anything_is_trained(tmp_path, text, said):
    """What is wrong, where, and what to do: exit code 1, no traceback, nothing half-written."""
    (tmp_path / "keepfit.toml").write_text(text)
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "header.csv").write_text("x,y\n")
    (tmp_path / "one.csv").write_text("x,y\n" + "1,1\n" * 40)
    (tmp_path / "gaps.csv").write_text("x,y\n1,1\n" + "1,\n" * 39)
    assert said in refused(keepfit("train", cwd=tmp_path))
    assert not (tmp_path / ".keepfit" / "bundles").exists()


def test_a_checksum_that_differs_is_told(folder, tmp_path):
    """A mirrored file that is not the public one is refused with both digests and the way out."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "credit_data.csv").write_text("x,Status\n1,good\n")
    said = refused(keepfit("data", cwd=folder, KEEPFIT_DATA_MIRROR=str(mirror)))
    assert "the checksum differs: SHA-256 is " in said
    assert "acd2b41f7923a4b7" in said
    assert "unset KEEPFIT_DATA_MIRROR" in said


def test_a_twin_is_announced_loudly(folder):
    """Without file, mirror and network the generated table says that it is one."""
    done = keepfit("data", cwd=folder)
    assert done.returncode == 0
    assert "GENERATED from its published statistics" in done.stdout
    assert "4454 rows by 15 columns, twin: generated with seed 42" in done.stdout


def test_the_table_is_explored(folder):
    """`keepfit explore` prints the findings and writes a page and JSON; of a twin it says so."""
    done = keepfit("explore", "--top", "3", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Status is good in " in done.stdout
    assert "more in the report" in done.stdout
    assert "GENERATED" in done.stdout
    assert (folder / ".keepfit" / "reports" / "eda.html").stat().st_size < 2_000_000
    assert json.loads((folder / ".keepfit" / "reports" / "eda.json").read_text())["rows"] == 4454


def test_a_panel_is_told(tmp_path):
    """`keepfit data` lists what is sent and counts what the past says; `keepfit explore` begins with the panel."""
    unpack_example("product-recommendation", tmp_path)
    generate(7, 4_000).write_parquet(tmp_path / "few.parquet")
    file = tmp_path / "keepfit.toml"
    file.write_text(file.read_text().replace('"santander-products"', '"few.parquet"'))
    told = keepfit("data", cwd=tmp_path).stdout
    assert "146 columns of the past follow, made of the months up to a row's own" in told
    assert "owned_1_ago__" not in told
    assert "rows are left out, as 2016-05 is the last month: what comes next is not known" in told
    assert "their target is missing" not in told
    explored = keepfit("explore", "--top", "1", cwd=tmp_path)
    assert explored.returncode == 0, explored.stderr
    assert " customers (ncodpers) in 17 months, 2015-01 to 2016-05: 4,000 rows" in explored.stdout


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_the_table_is_handed_over(folder, name):
    """`keepfit data --out` writes what was read."""
    assert keepfit("data", "--out", name, cwd=folder).returncode == 0
    assert (folder / name).stat().st_size > 1000


def test_without_a_champion_the_service_says_to_train(folder):
    """`keepfit serve` before the first training ends with a message."""
    assert "there is no champion; run `keepfit train` first" in refused(keepfit("serve", cwd=folder))


def test_without_a_service_the_simulation_says_to_serve(folder):
    """`keepfit simulate` with nothing to speak to ends with a message."""
    said = refused(keepfit("simulate", "--url", "http://127.0.0.1:9", "--requests", "2", cwd=folder))
    assert "http://127.0.0.1:9: nothing answers there" in said
    assert "start it with `keepfit serve`" in said


def test_new_writes_a_project_that_works(tmp_path):
    """`keepfit new --data --target` writes a commented file that the other commands take."""
    rows = "".join(f"{at},{'ab'[at % 2]},{int(at % 3 == 0)}\n" for at in range(60))
    (tmp_path / "table.csv").write_text("x,c,y\n" + rows)
    assert keepfit("new", "mine", "--data", "table.csv", "--target", "y", cwd=tmp_path).returncode == 0
    done = keepfit("data", "--project", "mine", cwd=tmp_path)
    assert "60 rows by 3 columns" in done.stdout
    assert "there is a project already" in refused(
        keepfit("new", "mine", "--data", "table.csv", "--target", "y", cwd=tmp_path)
    )
    said = refused(keepfit("new", "other", "--data", "table.csv", "--target", "z", cwd=tmp_path))
    assert "no such column" in said
    assert not (tmp_path / "other").exists()


def test_new_unpacks_the_worked_example(tmp_path):
    """`keepfit new --example` writes the example; a wrong name lists what there is."""
    assert keepfit("new", "credit", "--example", "credit-status", cwd=tmp_path).returncode == 0
    assert 'target = "Status"' in (tmp_path / "credit" / "keepfit.toml").read_text()
    said = refused(keepfit("new", "x", "--example", "credit-statu", cwd=tmp_path))
    assert 'there is no example "credit-statu"; did you mean "credit-status"?' in said


def test_a_whole_life_from_the_command_line(tmp_path):
    """train, models, promote, rollback, and a damaged bundle: messages, ledger and exit codes."""
    grid = '[[training.candidates]]\nmodel = "random_forest"\ngrid = { n_estimators = [5, 10], max_depth = [4] }\n'
    (tmp_path / "keepfit.toml").write_text(PROJECT + "[training]\nfolds = 2\n" + grid)
    trained = keepfit("train", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "v1 is champion" in trained.stdout
    assert "GENERATED" in trained.stdout
    assert json.loads((tmp_path / ".keepfit" / "reports" / "train-v1.json").read_text())["origin"] == "twin"
    promoted = keepfit("promote", "2", "--reason", "try it", cwd=tmp_path, KEEPFIT_ACTOR="ada")
    assert promoted.stdout == "v2 is champion, epoch 2\n"
    assert "v2 is champion already" in refused(keepfit("promote", "2", cwd=tmp_path))
    assert "no such bundle" in refused(keepfit("promote", "9", cwd=tmp_path))
    assert keepfit("rollback", cwd=tmp_path).stdout == "v1 is champion again instead of v2, epoch 3\n"
    assert "there is no champion to go back to" in refused(keepfit("rollback", cwd=tmp_path))
    listed = keepfit("models", cwd=tmp_path).stdout
    assert "ada" in listed
    assert "try it" in listed
    assert "rolled_back" in listed
    checked = keepfit("check", "--fail-on", "alarm", cwd=tmp_path)
    assert checked.returncode == 0
    assert "insufficient" in checked.stdout
    assert (
        "insufficient" in keepfit("check", "--since", "2026-01-01", "--until", "2026-01-02T10:00", cwd=tmp_path).stdout
    )
    backwards = refused(keepfit("check", "--since", "2026-01-02", "--until", "2026-01-02T02:00+02:00", cwd=tmp_path))
    assert "until: 2026-01-02T00:00:00.000Z is not after 2026-01-02T00:00:00.000Z" in backwards
    graph = tmp_path / ".keepfit" / "bundles" / "v1" / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    assert "bundle v1: model.onnx was altered" in refused(keepfit("serve", cwd=tmp_path))
    log = (tmp_path / ".keepfit" / "runs.log").read_text().splitlines()
    assert [line.split()[1] for line in log] == ["train:", "promote:", "rollback:", "check:", "check:"]


def test_a_time_that_is_none_is_told(folder):
    """`--since` takes ISO 8601; anything else is refused with an example, before the project is looked at."""
    for said in ("last week", "0001-01-01T00:00+14:00"):
        done = keepfit("check", "--since", said, cwd=folder)
        assert done.returncode == 2
        assert f'"{said}" is no date or time' in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("command", "library", "extra"),
    [("score", "polars", "tables"), ("data", "polars", "train"), ("train", "sklearn", "train")],
)
def test_an_install_that_only_serves_says_what_a_command_needs(folder, command, library, extra):
    """A library of an extra that is not installed is told in a line, with the extra's name."""
    options = {"score": [str(folder / "in.csv"), str(folder / "out.csv")]}.get(command, [])
    code = f"import sys; sys.modules[{library!r}] = None; from keepfit.cli.main import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", code, command, *options, "--project", str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 1
    assert (
        told.stderr.splitlines()[-1]
        == f'keepfit: this needs {library}, which is not installed; pip install "keepfit[{extra}]"'
    )
