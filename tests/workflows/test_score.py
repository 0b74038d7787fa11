"""A file of rows in, a file of answers out: in order, whole or not at all, and as the service would answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepfit.errors import BundleError, DatasetError, RecordError
from keepfit.scoring import Scorer
from keepfit.workflows import score as score_module
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.score import ScoreTask, score

FRAME = pl.DataFrame(
    {
        "id": ["a", "b", "c", "d", "e"],
        "age": [30.0, 2.5, 70.0, None, 95.0],
        "income": [1.0, 2.0, None, 1e39, 5.0],
        "job": ["fixed", "fixed", "pilot", None, "partime"],
        "note": ["", "x", None, "y", "z"],
    }
)
ANSWERS = {
    "id": ["a", "c", "e"],
    "probability": [0.30000001192092896, 0.699999988079071, 0.949999988079071],
    "decision": ["no", "yes", "yes"],
    "model_version": ["1", "1", "1"],
}
REFUSED = {
    "row": [2, 4],
    "id": ["b", "d"],
    "field": ["age", "income"],
    "reason": [
        "expected a whole number, found 2.5",
        "1e+39 is too large; expected a finite number that float32 can hold",
    ],
}
FORMS = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


@pytest.fixture
def rooms(make_scoring_project, tmp_path):
    return Rooms.open(make_scoring_project(tmp_path))


def written(frame, path):
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


def read(path):
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    return pl.read_csv(path, schema_overrides={"model_version": pl.String})


def files(folder):
    return sorted(path.name for path in folder.iterdir() if path.name not in (".keepfit", "keepfit.toml"))


@FORMS
@pytest.mark.parametrize("to", [".csv", ".parquet"])
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("rows", [1, 2, 100])
def test_a_file_of_answers(rooms, tmp_path, monkeypatch, suffix, to, workers, rows):
    """In the input's order, with the entity; what is refused is beside it; wherever the input is cut."""
    monkeypatch.setattr(score_module, "batch_rows", lambda *_, **__: rows)
    source, out = written(FRAME, tmp_path / f"in{suffix}"), tmp_path / f"out{to}"
    report = score(rooms, ScoreTask(source, out, workers=workers))
    assert read(out).to_dict(as_series=False) == ANSWERS
    assert read(tmp_path / f"out.rejected{to}").to_dict(as_series=False) == REFUSED
    assert files(tmp_path) == sorted([source.name, out.name, f"out.rejected{to}"])
    assert (report.version, report.rows, report.scored, report.refused) == (1, 5, 3, 2)
    assert report.rejected == tmp_path / f"out.rejected{to}"
    assert report.decisions == {"no": 1, "yes": 2}
    assert report.refusals == {"age": 1, "income": 1}
    assert report.unusual == {("income", "missing"): 1, ("job", "unseen"): 1, ("age", "out_of_range"): 1}
    assert "score: v1, 5 rows of" in rooms.log.path.read_text()


CELL = st.sampled_from(
    ["", "NA", "7", "070", "1.0", "2.5", "-3", "1e39", "inf", "x", " 4", "fixed", "pilot", '"', "a\nb"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(CELL, CELL, CELL), max_size=7), rows=st.integers(1, 4), words=st.booleans())
def test_the_answers_of_a_csv_do_not_depend_on_where_it_is_cut(
    make_scoring_project, tmp_path_factory, monkeypatch, cells, rows, words
):
    """Each row is what it is alone, at the door of the service."""
    folder = tmp_path_factory.mktemp("cut")
    rooms = Rooms.open(make_scoring_project(folder, data='missing_values = ["", "7"]' if words else "", unseen=False))
    frame = pl.DataFrame(cells, schema=dict.fromkeys(("age", "income", "job"), pl.String), orient="row")
    frame.with_row_index("id").write_csv(folder / "in.csv", quote_style="always")
    monkeypatch.setattr(score_module, "batch_rows", lambda *_, **__: rows)
    score(rooms, ScoreTask(folder / "in.csv", folder / "out.parquet"))
    door, scorer = Scorer(rooms.store.champion()).door, Scorer(rooms.store.champion())
    answers, refused = [], []
    for row, texts in enumerate(cells, start=1):
        record = said(texts, ["", "7"] if words else ["", "NA", "NaN", "null"])
        try:
            answers.append((str(row - 1), scorer.probabilities(door.row(record))[0]))
        except RecordError as error:
            refused += [(row, str(row - 1), one.field, one.message) for one in error.violations]
    assert read(folder / "out.parquet").select("id", "probability").rows() == answers
    side = folder / "out.rejected.parquet"
    assert (read(side).rows() if side.exists() else []) == refused


def said(texts, missing):
    """Return what the cells of a row say: an age, an income, a job."""
    numbers = {"7": 7.0, "1.0": 1.0, "2.5": 2.5, "-3": -3.0, "1e39": 1e39}
    age, income, job = (None if text in missing else text for text in texts)
    return {"age": numbers.get(age, age), "income": numbers.get(income, income), "job": job}


def test_nothing_refused_leaves_no_side_file(rooms, tmp_path):
    """One of an earlier scoring is removed."""
    good = FRAME.filter(pl.col("id").is_in(["a", "c"]))
    (tmp_path / "out.rejected.csv").write_text("of yesterday")
    report = score(rooms, ScoreTask(written(good, tmp_path / "in.csv"), tmp_path / "out.csv"))
    assert report.rejected is None
    assert files(tmp_path) == ["in.csv", "out.csv"]


def test_what_is_refused_may_go_elsewhere(rooms, tmp_path):
    """To a file of another form, too."""
    task = ScoreTask(written(FRAME, tmp_path / "in.csv"), tmp_path / "out.csv", rejected=tmp_path / "bad.parquet")
    assert score(rooms, task).rejected == tmp_path / "bad.parquet"
    assert read(tmp_path / "bad.parquet").to_dict(as_series=False) == REFUSED


def test_columns_are_kept(rooms, tmp_path):
    """The entity and those that are named, or all; those of a CSV as they are written there."""
    written(FRAME.with_columns(code=pl.lit("007")), tmp_path / "in.csv")
    score(rooms, ScoreTask(tmp_path / "in.csv", tmp_path / "out.parquet", ids=("code", "age")))
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found.columns == ["id", "code", "age", "probability", "decision", "model_version"]
    assert found.select("code", "age").row(0) == ("007", "30.0")
    score(rooms, ScoreTask(tmp_path / "in.csv", tmp_path / "out.parquet", keep_all=True))
    assert pl.read_parquet(tmp_path / "out.parquet").columns == [*FRAME.columns, "code", *list(ANSWERS)[1:]]


def test_rows_without_a_name_are_numbered(rooms, tmp_path):
    """Where no column names them, so that answers can be put beside their rows."""
    score(rooms, ScoreTask(written(FRAME.drop("id"), tmp_path / "in.parquet"), tmp_path / "out.csv"))
    assert read(tmp_path / "out.csv")["row"].to_list() == [1, 3, 5]
    assert read(tmp_path / "out.rejected.csv").columns == ["row", "field", "reason"]


def test_a_table_without_rows_has_no_answers(rooms, tmp_path):
    """It is a table nevertheless, and so is the file of its answers."""
    for name in ("in.csv", "in.parquet"):
        report = score(rooms, ScoreTask(written(FRAME.head(0), tmp_path / name), tmp_path / "out.parquet"))
        assert (report.rows, report.refused, report.rejected) == (0, 0, None)
        assert pl.read_parquet(tmp_path / "out.parquet").columns == list(ANSWERS)


def test_another_version_scores_when_asked_for(rooms, tmp_path, make_scoring_project):
    """And says so in every row; one that is not there is refused."""
    make_scoring_project(tmp_path)
    source = written(FRAME, tmp_path / "in.csv")
    assert score(rooms, ScoreTask(source, tmp_path / "out.csv")).version == 2
    assert score(rooms, ScoreTask(source, tmp_path / "out.csv", version=1)).version == 1
    assert set(read(tmp_path / "out.csv")["model_version"]) == {"1"}
    with pytest.raises(BundleError, match="no such bundle"):
        score(rooms, ScoreTask(source, tmp_path / "out.csv", version=9))


def test_progress_is_told(rooms, tmp_path, monkeypatch):
    """After each batch, with all rows at the end."""
    monkeypatch.setattr(score_module, "batch_rows", lambda *_, **__: 2)
    told = []
    task = ScoreTask(written(FRAME, tmp_path / "in.parquet"), tmp_path / "out.csv")
    score(rooms, task, on_progress=lambda step, done, total, note="": told.append((step, done, total)))
    assert told == [("score rows", done, 5) for done in (2, 4, 5, 5)]


def test_absent_columns_are_told(rooms, tmp_path):
    """Those that may be missing; they are missing in every row."""
    report = score(rooms, ScoreTask(written(FRAME.drop("job"), tmp_path / "in.csv"), tmp_path / "out.csv"))
    assert report.absent == ("job",)
    assert report.unusual["job", "missing"] == 3


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"source": "none.csv"}, r"none\.csv: no such file; name a file with a table"),
        ({"source": "keepfit.toml"}, r"cannot read \.toml files"),
        ({"source": "."}, "is a folder"),
        ({"out": "in.csv"}, r"OUT .*in\.csv: is the table itself"),
        ({"out": "link.csv"}, r"OUT .*link\.csv: is the table itself"),
        ({"out": "none/out.csv"}, "OUT .*none: no such folder; make it"),
        ({"out": "out.xlsx"}, r"cannot write \.xlsx files; accepted: \.csv, \.parquet"),
        ({"out": "out"}, "cannot write a file without a suffix"),
        ({"out": "folder.csv"}, "OUT .*is a folder"),
        ({"rejected": "in.csv"}, r"--rejected .*in\.csv: is the table itself"),
        ({"rejected": "out.csv"}, r"--rejected .*out\.csv: is OUT itself"),
        ({"rejected": "./none/../out.csv"}, "no such folder"),
        ({"rejected": "bad.txt"}, r"--rejected .*cannot write \.txt files"),
        ({"source": "out.rejected.csv"}, r"--rejected .*out\.rejected\.csv: is the table itself"),
        ({"ids": ("Id",)}, r'in\.csv, --id: no such column "Id"; did you mean "id"\?'),
        ({"source": "taken.csv", "keep_all": True}, '"decision" cannot be kept: a column of the answers is called so'),
        ({"source": "taken.csv", "ids": ("reason",)}, '"reason" cannot be kept: a column of what is refused'),
        ({"source": "ragged.csv"}, r"ragged\.csv: line 4 has 2 fields, the header has 5"),
        ({"source": "long.csv"}, r"long\.csv: line 4 has 6 fields, the header has 5"),
        ({"source": "latin.csv"}, "is not UTF-8"),
        ({"source": "typed.parquet"}, r"typed\.parquet: age: expected a whole number, found String"),
        ({"source": "other.csv"}, "has none of the model's columns"),
    ],
)
def test_what_cannot_be_scored_leaves_everything_as_it_was(rooms, tmp_path, monkeypatch, task, said):
    """In words: where, what, what to do; no half of a file, and no file of before is lost."""
    monkeypatch.setattr(score_module, "batch_rows", lambda *_, **__: 2)
    text = written(FRAME, tmp_path / "in.csv").read_text()
    lines = text.splitlines()
    (tmp_path / "link.csv").hardlink_to(tmp_path / "in.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "out.rejected.csv").write_text(text)
    (tmp_path / "taken.csv").write_text("age,decision,reason\n1,2,3\n")
    (tmp_path / "ragged.csv").write_text("\n".join([*lines[:3], "c,1", *lines[4:]]))
    (tmp_path / "long.csv").write_text("\n".join([*lines[:3], lines[3] + ",1", *lines[4:]]))
    (tmp_path / "latin.csv").write_bytes(text.encode() + "ä,1,1,fixed,ü\n".encode("latin-1"))
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    written(FRAME.with_columns(pl.col("age").cast(pl.String)), tmp_path / "typed.parquet")
    (tmp_path / "out.csv").write_text("of yesterday")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    given = {"source": "in.csv", "out": "out.csv", **task}
    paths = {name: tmp_path / value for name, value in given.items() if name in ("source", "out", "rejected")}
    with pytest.raises(DatasetError, match=said):
        score(rooms, ScoreTask(**{**given, **paths}))
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_required_column_must_be_there(make_scoring_project, tmp_path):
    """As in a request."""
    rooms = Rooms.open(make_scoring_project(tmp_path, optional=False))
    with pytest.raises(DatasetError, match="age: no such column"):
        score(rooms, ScoreTask(written(FRAME.drop("age"), tmp_path / "in.csv"), tmp_path / "out.csv"))


def test_a_table_that_changes_meanwhile_is_refused(rooms, tmp_path):
    """Half of the old and half of the new is no table."""
    task = ScoreTask(written(FRAME, tmp_path / "in.csv"), tmp_path / "out.csv")

    def change(*_):
        task.source.write_text("id,age\n1,2\n")

    with pytest.raises(DatasetError, match="changed while it was read"):
        score(rooms, task, on_progress=change)
    assert files(tmp_path) == ["in.csv"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, SystemExit])
@FORMS
def test_an_interruption_leaves_nothing(rooms, tmp_path, suffix, failure):
    """No file, no thread that waits."""

    def interrupt(*_):
        raise failure

    with pytest.raises(failure):
        score(rooms, ScoreTask(written(FRAME, tmp_path / "in.csv"), tmp_path / f"out{suffix}"), on_progress=interrupt)
    assert files(tmp_path) == ["in.csv"]


def test_words_for_missing_and_separator_are_the_projects(make_scoring_project, tmp_path):
    """As in the reading of its training table."""
    rooms = Rooms.open(make_scoring_project(tmp_path, data='missing_values = ["?"]\nseparator = "|"'))
    (tmp_path / "in.csv").write_text("id|age|income|job\n1|?|?|?\n2|20|NA|NA\n")
    report = score(rooms, ScoreTask(tmp_path / "in.csv", tmp_path / "out.csv"))
    assert read(tmp_path / "out.csv").rows() == [(1, 0.5, "yes", "1")]
    assert read(tmp_path / "out.rejected.csv").rows() == [(2, 2, "income", 'expected a number, found "NA"')]
    assert report.unusual["job", "missing"] == 1


GENERATED = """
import sys
from pathlib import Path
import polars as pl
folder, suffix, rows = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
table = pl.LazyFrame({"id": pl.int_range(0, rows, eager=True)}).with_columns(
    age=pl.col("id") % 97, income=pl.col("id").hash(1) % 1000, job=pl.lit("fixed"),
    **{f"x{at}": pl.col("id").hash(at) for at in range(10)},
)
sink = table.sink_csv if suffix == ".csv" else table.sink_parquet
sink(folder / f"in{suffix}")
"""
SCORED = """
import json, sys
from pathlib import Path
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.score import ScoreTask, score
folder, suffix = Path(sys.argv[1]), sys.argv[2]
report = score(Rooms.open(folder), ScoreTask(folder / f"in{suffix}", folder / f"out{suffix}", keep_all=True))
names = ("pandas", "sklearn", "mlflow", "scipy", "onnx", "lightgbm", "xgboost", "skl2onnx", "joblib")
loaded = [name for name in names if name in sys.modules]
status = Path("/proc/self/status").read_text()  # `getrusage` would count the memory of the parent too
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps({"rows": report.rows, "peak": peak, "loaded": loaded}))
"""


def scored_apart(folder: Path, suffix: str, rows: int, **environment: str) -> dict:
    """Score a generated table in a process of its own."""
    subprocess.run([sys.executable, "-c", GENERATED, str(folder), suffix, str(rows)], check=True)
    done = subprocess.run(
        [sys.executable, "-c", SCORED, str(folder), suffix],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(("suffix", "rows"), [(".parquet", 400_000), (".csv", 200_000)])
def test_memory_does_not_grow_with_the_rows(make_scoring_project, tmp_path, suffix, rows):
    """Eight times the rows, all columns kept; and no library of training is loaded.

    Thirteen columns of the added rows would take more than 140 MB if they were held. What the allocators of two threads
    keep varies with the load of the machine: from nothing to 40 MB.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc")
    make_scoring_project(tmp_path)
    few, many = (scored_apart(tmp_path, suffix, count) for count in (rows, 8 * rows))
    assert (few["rows"], many["rows"]) == (rows, 8 * rows)
    assert many["peak"] < few["peak"] + 80
    assert many["loaded"] == []


def test_one_thread_is_enough_for_polars(make_scoring_project, tmp_path):
    """It reads and writes by turns then, and neither waits for the other for ever."""
    make_scoring_project(tmp_path)
    assert scored_apart(tmp_path, ".parquet", 200_000, POLARS_MAX_THREADS="1")["rows"] == 200_000
