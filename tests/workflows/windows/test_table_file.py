"""A table's file as a window: counted batch by batch, in stretches, with the rows whose label it tells."""

from __future__ import annotations

from functools import reduce

import numpy as np
import polars as pl
import pytest

from keepfit.errors import DatasetError, MonitoringError
from keepfit.profiles import Profile, count_window, merge
from keepfit.scoring import history_door
from keepfit.workflows.windows import table_file
from keepfit.workflows.windows.rows import file_rows
from keepfit.workflows.windows.table_file import file_window
from profiled_project import SIGNATURE, make_profiled, outcomes, require_same, rows
from recommender_model import make_recommender, panel, records_with_history

TABLE = rows(5).hstack(outcomes(5))


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return make_profiled(tmp_path_factory.mktemp("file"))


@pytest.fixture(scope="module")
def champion(rooms):
    return rooms.store.champion()


def at_once(champion, table: pl.DataFrame) -> Profile:
    """Return the profile of a table that is held as a whole."""
    labels = np.array([{"yes": 1, "no": 0, None: -1}[label] for label in table["y"]], dtype=np.int8)
    scores = table["probability"].fill_null(np.nan).to_numpy()
    return count_window(Profile.from_dict(champion.profile), history_door(SIGNATURE).table(table), scores, labels)


def test_a_file_is_counted_in_stretches_of_the_order_of_its_rows(rooms, champion, tmp_path):
    """Twenty of them, which add up to the whole; each is the profile of its rows."""
    path = tmp_path / "w.parquet"
    TABLE.write_parquet(path)
    told = []
    window = file_window(rooms, path, champion, on_progress=lambda *them: told.append(them)).window
    require_same(window.profile, at_once(champion, TABLE))
    assert [one.profile.rows for one in window.stretches] == [15] * 20
    require_same(window.stretches[7].profile, at_once(champion, TABLE[105:120]))
    assert reduce(merge, (one.profile for one in window.stretches)) == window.profile
    assert (window.source, window.first_at) == ("w.parquet", None)
    assert told[-1] == ("count rows", 300, 300)


def test_a_csv_is_counted_as_its_values(rooms, champion, tmp_path):
    """Its texts are read by the signature, its words for missing are missing."""
    path = tmp_path / "w.csv"
    TABLE.write_csv(path, null_value="NaN")
    require_same(file_window(rooms, path, champion).window.profile, at_once(champion, TABLE))


def test_rows_with_label_and_score_are_kept(rooms, champion, tmp_path):
    """In order: what quality is judged by; the others are counted only."""
    path = tmp_path / "w.parquet"
    TABLE.write_parquet(path)
    found = file_window(rooms, path, champion)
    both = TABLE.filter(pl.col("y").is_not_null() & pl.col("probability").is_not_null())
    np.testing.assert_array_equal(found.matrix, history_door(SIGNATURE).table(both))
    assert found.labels.tolist() == [int(label == "yes") for label in both["y"]]
    assert found.probability.tolist() == both["probability"].to_list()


def test_a_file_that_is_no_window_is_refused(rooms, champion, tmp_path):
    """No file, no row, no column, a value of another kind: each says where."""
    path = tmp_path / "w.parquet"
    with pytest.raises(DatasetError, match=r"w\.parquet: no such file"):
        file_window(rooms, path, champion)
    for table, error, said in (
        (TABLE[:0], MonitoringError, "has no row; name a file with the rows to be checked"),
        (TABLE.drop("job"), DatasetError, "lacks job, which the champion takes"),
        (TABLE.with_columns(member=pl.lit(1)), DatasetError, "member: expected true or false, found Int32"),
        (TABLE.with_columns(age=pl.lit(0.5)), MonitoringError, "row 1, age: expected a whole number, found 0.5"),
    ):
        table.write_parquet(path)
        with pytest.raises(error) as caught:
            file_window(rooms, path, champion)
        assert str(caught.value).startswith(f"{path}: {said}")


@pytest.fixture(scope="module")
def panel_rooms(tmp_path_factory):
    return make_recommender(tmp_path_factory.mktemp("panel") / "project")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_panels_own_months_are_the_past_of_its_rows(panel_rooms, tmp_path, monkeypatch, suffix):
    """As in batch scoring; numbers of a Parquet file are taken at their word, and rows of nobody stand alone."""
    champion, frame = panel_rooms.store.champion(), panel()
    signature, reference = champion.facts.signature, Profile.from_dict(champion.profile)
    expected = history_door(signature).rows(records_with_history(frame))
    monkeypatch.setattr(table_file, "batch_rows", lambda *_, **__: 300)

    def asked(table):
        path = tmp_path / f"in{suffix}"
        table.write_csv(path) if suffix == ".csv" else table.write_parquet(path)
        matrix = file_rows(panel_rooms, path, champion)
        found = file_window(panel_rooms, path, champion).window.profile
        require_same(found, count_window(reference, matrix, np.full(len(matrix), np.nan)))
        return matrix

    np.testing.assert_array_equal(asked(frame), expected)
    told = frame.with_columns(months_known=pl.lit(3, dtype=pl.Int8))
    places = signature.names.index("months_known")
    if suffix == ".parquet":
        assert (asked(told)[:, places] == 3).all()
    else:
        np.testing.assert_array_equal(asked(told), expected)
    assert (asked(frame.drop("who"))[:, places] == 0).all()
