"""A panel's file scored: each row by the months that the file has of it, as a request with its history would be."""

from __future__ import annotations

import polars as pl
import pytest

from keepfit.errors import DatasetError
from keepfit.scoring import Scorer
from keepfit.workflows import score as score_module
from keepfit.workflows import score_past as past_module
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.score import ScoreTask, score
from keepfit.workflows.train_recommender import train_recommender
from recommender_model import PRODUCTS, PROJECT, make_recommender, panel, records_with_history, tiny_recommender

FORMS = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return make_recommender(tmp_path_factory.mktemp("recommender"))


@pytest.fixture(scope="module")
def expected(rooms):
    """What a service would answer to each row of the panel with its history, in the table's order."""
    scorer, records = Scorer(rooms.store.champion()), records_with_history(panel())
    answers = scorer.answers(scorer.door.rows(records))
    return list(zip([one["who"] for one in records], answers.probability, answers.decision, strict=True))


def written(frame, path):
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


def read(path):
    return pl.read_parquet(path).select(pl.col("who").cast(pl.Int64), "probability", "decision").rows()


def alone(rooms, frame):
    """What is answered to the rows without any past."""
    scorer = Scorer(rooms.store.champion())
    answers = scorer.answers(scorer.door.rows(frame.to_dicts()))
    return list(zip(answers.probability, answers.decision, strict=True))


@FORMS
@pytest.mark.parametrize("rows", [100, 10_000])
@pytest.mark.parametrize("workers", [1, 2])
def test_each_row_is_answered_as_a_request_with_its_history(
    rooms, expected, tmp_path, monkeypatch, suffix, rows, workers
):
    """Wherever the file is cut, with any number of threads: what is cut apart still knows its months before."""
    for module in (score_module, past_module):
        monkeypatch.setattr(module, "batch_rows", lambda *_, **__: rows)
    source = written(panel(), tmp_path / f"in{suffix}")
    report = score(rooms, ScoreTask(source, tmp_path / "out.parquet", workers=workers))
    assert (report.rows, report.scored, report.refused) == (len(expected), len(expected), 0)
    assert not report.rests_on_rows_alone
    assert read(tmp_path / "out.parquet") == expected
    assert report.absent == ()


def test_training_said_the_same(rooms, tmp_path):
    """Of the rows that it was taught and judged by, by its own pipeline."""
    tiny = tiny_recommender()
    source = written(panel(), tmp_path / "in.csv")
    score(rooms, ScoreTask(source, tmp_path / "out.parquet", ids=("month",)))
    found = {
        (who, month): value
        for who, month, value in pl.read_parquet(tmp_path / "out.parquet")
        .select(pl.col("who").cast(pl.Int64), "month", "probability")
        .rows()
    }
    frame = tiny.dataset.frame
    keys = zip(frame["who"].to_list(), frame["month"].cast(pl.String).to_list(), strict=True)
    said = [found[key] for key in keys]
    assert said == pytest.approx(tiny.result.best.model.probability(tiny.matrix).tolist(), abs=1e-5)


@FORMS
def test_the_order_of_the_rows_does_not_matter(rooms, expected, tmp_path, monkeypatch, suffix):
    """A month may come before those before it, and in another batch; the answers are in the file's order."""
    for module in (score_module, past_module):
        monkeypatch.setattr(module, "batch_rows", lambda *_, **__: 97)
    order = panel().with_row_index("at").sample(fraction=1, shuffle=True, seed=1)
    source = written(order.drop("at"), tmp_path / f"in{suffix}")
    score(rooms, ScoreTask(source, tmp_path / "out.parquet"))
    assert read(tmp_path / "out.parquet") == [expected[at] for at in order["at"].to_list()]


@FORMS
@pytest.mark.parametrize("gone", ["who", "fund"])
def test_without_whom_or_a_product_rows_stand_alone(rooms, tmp_path, suffix, gone):
    """The report says so; each row is answered as a request without a history."""
    frame = panel().drop(gone)
    report = score(rooms, ScoreTask(written(frame, tmp_path / f"in{suffix}"), tmp_path / "out.parquet"))
    assert report.rests_on_rows_alone
    found = pl.read_parquet(tmp_path / "out.parquet").select("probability", "decision").rows()
    assert found == alone(rooms, frame)


FAULTS = [
    (
        lambda one: pl.concat([one, one[:1]]),
        r"who 1000 has 2 rows of the month of 2015-06-28: 1, \d+; leave one row for",
    ),
    (lambda one: one.filter(pl.col("month") != "2015-09-28"), "month: there is no row of 2015-09, and there are rows"),
    (lambda one: one.with_columns(loan=pl.lit(3)), "row 1, loan: '?3'? is neither 0 nor 1; a product is there"),
    (lambda one: one.with_columns(month=pl.lit("soon")), "row 1, month: 'soon' is no date of the format %Y-%m-%d"),
    (lambda one: one.with_columns(month=pl.lit("2999-01-28")), "row 1, month: 2999-01-28 lies in the future"),
    (lambda one: one.with_columns(who=pl.lit(None, dtype=pl.Int64)), "row 1, who: whom the row is about is missing"),
]


@FORMS
@pytest.mark.parametrize(("change", "said"), FAULTS)
def test_a_file_that_is_no_panel_is_told(rooms, tmp_path, suffix, change, said):
    """The file, its row, and what to do; nothing is written."""
    source = written(change(panel()), tmp_path / f"in{suffix}")
    with pytest.raises(DatasetError, match=said) as caught:
        score(rooms, ScoreTask(source, tmp_path / "out.parquet"))
    assert str(source) in str(caught.value)
    assert [one.name for one in tmp_path.iterdir()] == [source.name]


@FORMS
def test_a_file_without_rows_has_no_answers(rooms, tmp_path, suffix):
    """And no fault."""
    report = score(rooms, ScoreTask(written(panel()[:0], tmp_path / f"in{suffix}"), tmp_path / "out.parquet"))
    assert (report.rows, report.refused, report.rests_on_rows_alone) == (0, 0, False)
    assert read(tmp_path / "out.parquet") == []


@FORMS
def test_a_refused_row_is_part_of_the_past_of_others(rooms, tmp_path, suffix):
    """What it owned is known, though it has no answer itself; the others are answered as with it."""
    frame = panel()
    row = frame.with_row_index().filter((pl.col("who") == 1003) & (pl.col("month") == "2015-08-28"))["index"][0]
    joined = pl.when(pl.int_range(pl.len()) == row).then(pl.lit("2015-12-31")).otherwise("joined")
    report = score(
        rooms, ScoreTask(written(frame.with_columns(joined=joined), tmp_path / f"in{suffix}"), tmp_path / "out.parquet")
    )
    assert (report.refused, report.refusals) == (1, {"joined": 1})
    scorer, records = Scorer(rooms.store.champion()), records_with_history(frame)
    told = scorer.answers(scorer.door.rows([one for at, one in enumerate(records) if at != row]))
    assert [value for _, value, _ in read(tmp_path / "out.parquet")] == told.probability


def test_what_the_file_calls_the_past_is_no_answer(rooms, tmp_path):
    """The answers keep the file's columns alone: what was made of its months is not among them."""
    source = written(panel()[:20], tmp_path / "in.parquet")
    score(rooms, ScoreTask(source, tmp_path / "out.parquet", keep_all=True))
    names = pl.read_parquet(tmp_path / "out.parquet").columns
    assert names[: len(panel().columns)] == panel().columns
    assert not any("__" in name or name in ("months_known", "products_owned") for name in names)
    assert set(PRODUCTS) <= set(names)


WRITTEN = [({0: "-", 1: "1"}, 'missing_values = ["", "-"]\n', None), ({0: "0.0", 1: "1.0"}, "", 0)]


@pytest.mark.parametrize(("texts", "declared", "not_owned"), WRITTEN, ids=["a word for missing", "decimals"])
def test_what_training_reads_as_owned_is_read_so(tmp_path, texts, declared, not_owned):
    """In the months before as in the row itself, however a file writes it."""
    rooms = make_recommender(tmp_path / "project")
    (rooms.folder / "keepfit.toml").write_text(PROJECT.replace("[data.dates]", f"{declared}[data.dates]"))
    plan = pl.col("plan").replace_strict(texts, return_dtype=pl.String)
    source = written(panel().with_columns(plan), tmp_path / "in.csv")
    assert score(Rooms.open(rooms.folder), ScoreTask(source, tmp_path / "out.parquet")).refused == 0
    records = [{**one, "plan": one["plan"] or not_owned} for one in records_with_history(panel())]
    scorer = Scorer(rooms.store.champion())
    assert [value for _, value, _ in read(tmp_path / "out.parquet")] == scorer.answers(
        scorer.door.rows(records)
    ).probability


@pytest.mark.filterwarnings("ignore")  # the warnings are MLflow's own
def test_true_and_false_are_owned_and_not(tmp_path):
    """A table whose products are written so trains, and its own file is scored, each row by its months."""
    told = panel().with_columns(pl.col(name) == 1 for name in PRODUCTS)
    (tmp_path / "keepfit.toml").write_text(PROJECT, encoding="utf-8")
    told.write_csv(tmp_path / "panel.csv")
    rooms = Rooms.open(tmp_path)
    trained = train_recommender(rooms)
    report = score(rooms, ScoreTask(tmp_path / "panel.csv", tmp_path / "out.parquet", ids=("month",)))
    assert (report.rows, report.refused) == (told.height, 0)
    scorer = Scorer(rooms.store.champion())
    records = records_with_history(told)
    answers = scorer.answers(scorer.door.rows(records))
    assert [value for _, value, _ in read(tmp_path / "out.parquet")] == answers.probability
    assert trained.refused == ()
