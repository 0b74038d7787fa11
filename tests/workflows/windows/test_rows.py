"""The rows behind a check as numbers: those that taught, those of the journal, those of a file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import polars as pl
import pytest

from keepfit.errors import DatasetError, MonitoringError
from keepfit.journal import Prediction, PredictionIds, Window, store
from keepfit.journal.windows import newest_parts
from keepfit.scoring import history_door
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows import table_file
from keepfit.workflows.windows.rows import WindowRows, file_rows, journal_rows_asked, reference_dataset, taught_rows
from profiled_project import COLUMNS, SIGNATURE, make_profiled, rows
from recommender_model import make_recommender

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = rows(5, 100)
MATRIX = history_door(SIGNATURE).table(TABLE)
_new_id = PredictionIds()


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return make_profiled(tmp_path_factory.mktemp("rows"))


@pytest.fixture
def read(rooms, tmp_path, monkeypatch):
    """Reads a table's file, seven rows at a time."""
    monkeypatch.setattr(table_file, "batch_rows", lambda *_, **__: 7)

    def written(frame, suffix=".parquet"):
        path = tmp_path / f"window{suffix}"
        frame.write_csv(path) if suffix == ".csv" else frame.write_parquet(path)
        return file_rows(rooms, path, rooms.store.champion())

    return written


def test_some_columns_are_left_out_on_both_sides():
    """The others keep their order, and their names go with them; names that are none change nothing."""
    both = WindowRows(MATRIX[:60], MATRIX[60:], COLUMNS)
    left = both.without(["income", "since", "nobody"])
    assert [column.name for column in left.columns] == ["age", "job", "rooms", "member", "debt"]
    np.testing.assert_array_equal(left.reference, MATRIX[:60][:, [0, 2, 3, 4, 6]])
    np.testing.assert_array_equal(left.window, MATRIX[60:][:, [0, 2, 3, 4, 6]])
    np.testing.assert_array_equal(both.without([]).window, both.window)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_rows_of_a_file_are_those_of_the_door_in_their_order(read, suffix):
    """However many batches it is read in; its columns may stand in another order, and others beside them."""
    shuffled = TABLE.select("debt", pl.lit(1).alias("extra"), *TABLE.columns[:-1])
    found = read(shuffled, suffix)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, MATRIX)


def test_a_wrong_value_is_named_by_its_row_in_the_file(read):
    """Counted from one, through all batches."""
    ages = TABLE["age"].cast(pl.Float64)
    with pytest.raises(MonitoringError, match=r"row 51, age: expected a whole number, found 1\.5"):
        read(TABLE.with_columns(age=ages.scatter(50, 1.5)))
    with pytest.raises(DatasetError, match="lacks since, which the champion takes"):
        read(TABLE.drop("since"))


def test_rows_of_the_journal_are_what_was_sent_the_newest_first(rooms, monkeypatch):
    """In however many parts they are read; of another version, or another time, there is none."""
    monkeypatch.setattr(store, "newest_parts", partial(newest_parts, part_rows=7))
    made = [
        Prediction(_new_id(), BEGAN + timedelta(minutes=at), "t", 1, None, json.dumps(sent), 0.5, "no", 1e-5)
        for at, sent in enumerate(TABLE.to_dicts())
    ]
    with rooms.journal() as journal:
        journal.record_predictions(made)
        newest = journal_rows_asked(journal, Window("t", 30, model_version=1), SIGNATURE)
        between = Window("t", 1000, BEGAN + timedelta(minutes=10), BEGAN + timedelta(minutes=20), 1)
        then = journal_rows_asked(journal, between, SIGNATURE)
        none = journal_rows_asked(journal, Window("t", 1000, model_version=2), SIGNATURE)
    np.testing.assert_array_equal(newest, MATRIX[:69:-1])
    np.testing.assert_array_equal(then, MATRIX[10:20][::-1])
    assert none.shape == (0, len(COLUMNS))


def test_rows_that_taught_are_the_tables_without_those_held_out(tmp_path):
    """In the order of the split, through the door of what happened already."""
    labelled = TABLE.with_columns(y=pl.Series(["no", "yes"] * 50), id=pl.int_range(100, eager=True))
    labelled.write_parquet(tmp_path / "t.parquet")
    (tmp_path / "keepfit.toml").write_text('[project]\nname = "t"\n[data]\nsource = "t.parquet"\ntarget = "y"\n')
    dataset = load_dataset(Rooms.open(tmp_path))
    found = taught_rows(dataset, SIGNATURE)
    assert 0 < len(dataset.split.holdout) == len(TABLE) - len(found)
    np.testing.assert_array_equal(found, MATRIX[dataset.split.train])


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A panel's project, its dataset of today, and its champion as it would be had it learnt of the months to one."""
    rooms = make_recommender(tmp_path_factory.mktemp("panel") / "project")
    champion, dataset = rooms.store.champion(), load_dataset(rooms)

    def taught_until(month, rows):
        lineage = replace(champion.facts.lineage, taught_until=month, rows=rows)
        return replace(champion, facts=replace(champion.facts, lineage=lineage))

    return rooms, dataset, taught_until


def test_the_rows_of_a_panel_that_taught_are_of_the_months_that_did(grown):
    """The panel grows, and today more months teach: those since the champion was learnt are not its reference."""
    rooms, dataset, taught_until = grown
    champion = rooms.store.champion()
    np.testing.assert_array_equal(reference_dataset(rooms, champion).split.train, dataset.split.train)
    months = dataset.frame["month"].cast(pl.String).str.slice(0, 7)[dataset.split.train.tolist()]
    before = dataset.split.train[(months <= "2015-09").to_numpy()]
    assert 0 < len(before) < len(dataset.split.train)
    found = reference_dataset(rooms, taught_until("2015-09", len(before)))
    np.testing.assert_array_equal(found.split.train, before)
    np.testing.assert_array_equal(found.split.holdout, dataset.split.holdout)


def test_a_panel_whose_months_are_others_now_is_refused(grown):
    """Rows were added to months that taught, or what the past says is declared otherwise: it says which."""
    rooms, dataset, taught_until = grown
    now = len(dataset.split.train)
    with pytest.raises(
        DatasetError, match=f"{now} rows teach up to 2015-11 now, and v1 has learnt of {now - 1}; put it"
    ):
        reference_dataset(rooms, taught_until("2015-11", now - 1))
    champion = rooms.store.champion()
    offers = champion.facts.signature.offers
    signature = replace(champion.facts.signature, offers=replace(offers, panel=replace(offers.panel, memory=3)))
    with pytest.raises(
        DatasetError, match=r"tells the past otherwise than to v1 \(products, lags or memory have changed"
    ):
        reference_dataset(rooms, replace(champion, facts=replace(champion.facts, signature=signature)))
