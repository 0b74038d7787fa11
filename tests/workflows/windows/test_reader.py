"""Rows of a table as numbers, scores and labels: what is read, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from keepfit.errors import DatasetError, MonitoringError
from keepfit.scoring import history_door
from keepfit.signature import Outcome
from keepfit.workflows.windows.reader import label_code, require_present, window_reader
from profiled_project import SIGNATURE, make_profiled, outcomes, rows

TABLE = rows(5).hstack(outcomes(5))


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    champion = make_profiled(tmp_path_factory.mktemp("rows")).store.champion()

    def reading(frame: pl.DataFrame, *, first: int = 0, scores: bool = False):
        reader = window_reader(champion, frame.schema, scores=scores, where="w.parquet")
        return reader.read(frame.select(reader.columns(frame.columns)), first)

    return reading


def test_rows_are_what_the_history_door_makes_of_them(read):
    """In whatever order the columns come, and whatever others there are; a label that is none is not known."""
    found = read(TABLE.select(pl.lit(1).alias("other"), *reversed(TABLE.columns)))
    np.testing.assert_array_equal(found.matrix, history_door(SIGNATURE).table(TABLE))
    np.testing.assert_array_equal(found.probability, TABLE["probability"].fill_null(np.nan).to_numpy())
    assert found.labels.tolist() == [{"yes": 1, "no": 0, None: -1}[label] for label in TABLE["y"]]


def test_scores_of_the_table_go_before_those_of_the_champion(read):
    """He scores where there are none and somebody wants them: who asks for it, or a label."""
    of_champion = read(TABLE.drop("probability")).probability
    age = history_door(SIGNATURE).table(TABLE)[:, 0]
    np.testing.assert_allclose(of_champion, np.nan_to_num(age, nan=50) / 100, rtol=1e-6)
    unlabelled = TABLE.drop("probability", "y")
    np.testing.assert_array_equal(read(unlabelled, scores=True).probability, of_champion)
    assert np.isnan(read(unlabelled).probability).all()
    assert (read(unlabelled).labels == -1).all()


def test_a_target_of_that_name_is_no_score(tmp_path):
    """A column `probability` that is what the model predicts is not what it has answered."""
    champion = make_profiled(tmp_path).store.champion()
    signature = replace(SIGNATURE, outcome=replace(SIGNATURE.outcome, name="probability"))
    champion = replace(champion, facts=replace(champion.facts, signature=signature))
    frame = TABLE.drop("probability").rename({"y": "probability"})
    found = window_reader(champion, frame.schema, scores=False, where="w").read(frame)
    assert found.labels.tolist() == [{"yes": 1, "no": 0, None: -1}[label] for label in TABLE["y"]]
    assert not np.isnan(found.probability).any()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"age": [1.0, 2.5] * 150}, "w.parquet: row 42, age: expected a whole number, found 2.5; row 44, age"),
        (
            {"probability": [0.5, 1.25] * 150},
            "w.parquet: row 42, probability: 1.25 is no probability; probabilities are from 0 to 1",
        ),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_row(read, change, said):
    """Counted from the first row of the table, from 1."""
    changed = TABLE.with_columns(**{name: pl.Series(values) for name, values in change.items()})
    with pytest.raises(MonitoringError) as caught:
        read(changed, first=40)
    assert str(caught.value).startswith(said)


def test_a_table_that_lacks_columns_is_refused(read):
    """Five of them are named."""
    with pytest.raises(DatasetError, match=r"^w\.parquet: lacks age, since, which the champion takes; a window has"):
        read(TABLE.drop("age", "since"))
    require_present([], "w.parquet")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("yes", 1),
        ("no", 0),
        ("Yes", None),
        ("1", None),
        (True, None),
        (1, None),
        *((one, -1) for one in (None, " ", "NA")),
    ],
)
def test_a_label_is_one_of_two_words(value, code):
    """Anything else is neither class; a word for missing, a blank and nothing are not known."""
    assert label_code(SIGNATURE, value, ["NA"]) == code


@pytest.mark.parametrize(("value", "code"), [(7, 1), ("7", 1), ("7.0", 1), (6.5, 0), ("up to 6.5", 0), ("good", None)])
def test_a_number_is_a_label_of_a_target_that_is_one(value, code):
    """The raw table's value, or the word of its class."""
    outcome = Outcome("quality", "up to 6.5", "above 6.5", limit=6.5)
    assert label_code(replace(SIGNATURE, outcome=outcome), value) == code


def test_a_label_of_neither_class_is_refused(read):
    """By its row and both words."""
    labels = pl.Series(["yes", "perhaps", *[None] * (TABLE.height - 2)], dtype=pl.String)
    with pytest.raises(MonitoringError, match=r"row 42, y: 'perhaps' is neither no nor yes; leave it empty"):
        read(TABLE.with_columns(labels.alias("y")), first=40)
