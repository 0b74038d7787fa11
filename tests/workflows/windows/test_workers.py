"""Workers count parts of a table, and their profiles add up to that of the whole."""

from __future__ import annotations

import json
import pickle

import dask
import pandas as pd
import polars as pl
import pytest

from keepfit.errors import BundleError, DatasetError, KeepfitError, MonitoringError
from keepfit.workflows.windows.profiles import profile_window
from keepfit.workflows.windows.table_file import file_window
from keepfit.workflows.windows.workers import add_up, count_part
from profiled_project import add_champion, make_profiled, outcomes, require_same, rows

TABLE = rows(5).hstack(outcomes(5))


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return make_profiled(tmp_path_factory.mktemp("workers"))


@pytest.fixture(scope="module")
def champion(rooms):
    return rooms.store.champion()


def of_file(rooms, champion, table: pl.DataFrame, **how):
    path = rooms.folder / "window.parquet"
    table.write_parquet(path)
    return file_window(rooms, path, champion, **how).window.profile


def test_workers_of_dask_count_what_the_file_holds(rooms, champion, tmp_path):
    """Its partitions, counted by other processes, add up to the profile of the whole file, which a check takes."""
    parts = []
    for at in range(3):
        part = tmp_path / f"part{at}.parquet"
        TABLE[at * 100 : at * 100 + 100].write_parquet(part)
        parts.append(dask.delayed(count_part)(str(champion.path), dask.delayed(pd.read_parquet)(part)))
    counted = dask.compute(*parts, scheduler="processes", num_workers=2)
    kept = add_up(champion.path, counted, tmp_path / "window.json", source="three workers")
    require_same(kept.profile, of_file(rooms, champion, TABLE))
    assert (kept.project, kept.version, kept.source) == ("t", 1, "three workers")
    window, _ = profile_window([tmp_path / "window.json"], champion)
    assert window.profile == kept.profile


def test_a_profile_can_be_pickled(champion):
    """So any pool of processes can bring it back."""
    counted = count_part(champion.path, TABLE)
    assert pickle.loads(pickle.dumps(counted)) == counted


def test_a_pandas_part_goes_through_the_same_door(rooms, champion):
    """Categories as such, NaN and None among texts, whole numbers that are floats, flags with holes."""
    part = TABLE.to_pandas()
    part["job"] = part["job"].astype(object).where(part["job"].notna(), float("nan"))
    part["since"] = part["since"].astype("category")
    part["rooms"] = part["rooms"].astype(float).astype("Int64").astype("category")
    assert str(part["age"].dtype) == "float64"
    assert str(part["member"].dtype) == "object"
    part.index = [f"row {at}" for at in part.index]
    require_same(count_part(champion.path, part), of_file(rooms, champion, TABLE))


@pytest.mark.parametrize("scores", [True, False])
def test_the_champion_scores_when_it_is_asked(rooms, champion, scores):
    """Rows without probability and label have scores then only."""
    table = rows(6)
    counted = count_part(champion.path, table, scores=scores)
    require_same(counted, of_file(rooms, champion, table, scores=scores))
    assert counted.outputs[0].score.known == (table.height if scores else 0)


@pytest.mark.parametrize("empty", [TABLE[:0], TABLE[:0].to_pandas(), pd.DataFrame(columns=TABLE.columns)])
def test_an_empty_part_counts_nothing(champion, empty):
    """A partition may have lost all its rows, and with them its types."""
    assert count_part(champion.path, empty).rows == 0


def test_no_parts_are_no_rows(champion):
    """The sum of nothing is a profile without rows, in the same bins."""
    kept = add_up(champion.path, [])
    assert (kept.profile.rows, kept.profile.bins) == (0, count_part(champion.path, TABLE).bins)


def test_what_is_no_part_is_refused(champion):
    """With what it is, and what is wanted."""
    for wrong, said in (
        (TABLE.lazy(), "part: is a LazyFrame, and no DataFrame of polars or pandas; collect it, or hand over"),
        (TABLE.drop("age", "since"), "part: lacks age, since, which the champion takes"),
        (TABLE.with_columns(age=pl.lit("x")), "part: age: expected a whole number, found String"),
        (pd.concat([TABLE.to_pandas()] * 2, axis=1), "part: has two columns age; leave one out"),
        (TABLE.to_pandas().assign(job=[1, "a"] * 150), "part: job cannot be read (Could not convert"),
        (TABLE.to_pandas().assign(age=[1j, 2] * 150), "part: age cannot be read (Unsupported numpy type"),
        (TABLE.to_pandas().assign(age=pd.arrays.SparseArray([0, 1] * 150)), "part: age cannot be read (Did not"),
    ):
        with pytest.raises(DatasetError) as caught:
            count_part(champion.path, wrong)
        assert str(caught.value).startswith(said)
    with pytest.raises(MonitoringError, match=r"^part: row 3, age: expected a whole number, found 1\.5"):
        count_part(champion.path, TABLE.with_columns(age=pl.Series([1.0, 2.0, 1.5] * 100)))


def test_parts_of_another_bundle_do_not_add_up(rooms, champion, tmp_path):
    """Neither to this one's nor in a file; a bundle that is not there counts nothing, and no folder is made."""
    with pytest.raises(BundleError, match="no such bundle"):
        count_part(tmp_path / "none", TABLE)
    with pytest.raises(KeepfitError, match=r"^out .*none: no such folder"):
        add_up(champion.path, [], tmp_path / "none" / "w.json")
    other = add_champion(rooms, 2)
    with pytest.raises(MonitoringError, match="was counted in other bins"):
        add_up(champion.path, [count_part(champion.path, TABLE), count_part(other.path, TABLE)])
    assert json.loads(json.dumps(add_up(other.path, []).to_dict()))["version"] == 2
