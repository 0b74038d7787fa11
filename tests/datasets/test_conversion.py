"""A large CSV becomes Parquet once: the same table as read whole, the same errors."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import conversion
from keepfit.datasets.conversion import as_parquet, is_large_csv
from keepfit.datasets.table import read_table
from keepfit.datasets.twins import santander
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

SECTION = DataSection(source="mine.csv", target="y")


@pytest.fixture
def file(tmp_path):
    def write(content, name="mine.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "workspace" / "cache"


def told(call) -> str:
    with pytest.raises(DatasetError) as caught:
        call()
    return str(caught.value)


def test_a_csv_is_large_by_its_bytes(file, tmp_path):
    """From the threshold on; other files and no files are not."""
    path = file("x,y\n1,2\n")
    assert is_large_csv(path, least_bytes=8)
    assert not is_large_csv(path, least_bytes=9)
    assert not is_large_csv(path)
    assert not is_large_csv(file("x" * 20, "mine.parquet"), least_bytes=8)
    assert not is_large_csv(tmp_path / "absent.csv", least_bytes=0)


def test_the_panel_is_the_same_table(tmp_path, cache):
    """The product panel, whose columns are text, padded numbers, codes and gaps, is what it is when read whole."""
    santander.write_panel(tmp_path / "panel.csv", rows=20_000, seed=1)
    kept = as_parquet(tmp_path / "panel.csv", cache, SECTION)
    assert kept.parent == cache
    assert_frame_equal(pl.read_parquet(kept), read_table(tmp_path / "panel.csv"))


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n" + "1,x\n" * 3000 + "2.5,\n",
        "a,b\n007,1\n8,\n",
        'a,b\n1,"x\n\ny"\n\n2,z\n\n',
        "a\n1\n\n2\n",
        "a,b\r1,2\r\r3,4\r",
        b"\xef\xbb\xbfa;b\r\n1;NA\r\n?;2\r\n",
        'a,b\n1,"x,y"\n2,\n',
    ],
)
def test_a_csv_is_the_same_table(file, cache, content):
    """Types from all rows, codes, blank lines, line ends, marks: as when it is read whole."""
    path = file(content)
    assert_frame_equal(pl.read_parquet(as_parquet(path, cache, SECTION)), read_table(path))
    assert [entry.suffix for entry in cache.iterdir()] == [".parquet"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "a,b\n",
        "a,b\n1,2\n3,4,5\n",
        "a,b\n1,2\n3\n5,6\n",
        'a,b\n1,2\n"3,4\n5,6\n',
        'a,b\nx"y,2\n',
        "a,b,a\n1,2,3\n",
        b"a,b\n" + b"x,2\n" * 5000 + b"Bel\xe9m,2\n",
        "a,b\r1,2\n3,4\n",
    ],
)
def test_a_csv_that_cannot_be_read_is_told_alike(file, cache, content):
    """The same words as when it is read whole, and nothing is kept."""
    path = file(content)
    assert told(lambda: as_parquet(path, cache, SECTION)) == told(lambda: read_table(path))
    assert not cache.is_dir() or list(cache.iterdir()) == []


def test_an_absent_csv_is_told(tmp_path, cache):
    """As when it is read whole."""
    path = tmp_path / "absent.csv"
    assert told(lambda: as_parquet(path, cache, SECTION)) == told(lambda: read_table(path))


def test_it_is_converted_once(file, cache, monkeypatch):
    """The same bytes read the same way are in the cache; they are not converted again."""
    kept = as_parquet(file("a,b\n1,2\n"), cache, SECTION)
    monkeypatch.setattr(conversion, "write_csv_as_parquet", None)
    assert as_parquet(file("a,b\n1,2\n"), cache, SECTION) == kept


def test_other_bytes_or_another_way_of_reading_is_another_table(file, cache):
    """Other rows, another separator, other words for missing: converted again, and what was before is deleted."""
    content = "a;b,c\n1;?,3\n"
    first = as_parquet(file(content), cache, SECTION)
    other = as_parquet(file(content), cache, SECTION.model_copy(update={"separator": ";"}))
    assert pl.read_parquet(other).columns == ["a", "b,c"]
    words = as_parquet(file(content), cache, SECTION.model_copy(update={"missing_values": ["1;?"]}))
    assert pl.read_parquet(words).row(0) == (None, 3)
    rows = as_parquet(file(content + "2;?,4\n"), cache, SECTION)
    assert len({first, other, words, rows}) == 4
    assert list(cache.iterdir()) == [rows]


def test_a_table_of_a_longer_name_stays(file, cache):
    """Only what was converted of the same name is deleted."""
    longer = as_parquet(file("a,b\n1,2\n", "mine-full.csv"), cache, SECTION)
    other = cache / "mine-twin-42.parquet"
    other.touch()
    kept = as_parquet(file("a,b\n1,2\n"), cache, SECTION)
    assert set(cache.iterdir()) == {longer, other, kept}


def test_a_table_of_the_same_name_in_another_folder_stays(file, cache, tmp_path):
    """Two projects' `mine.csv` in one cache are two tables."""
    (tmp_path / "other").mkdir()
    first = as_parquet(file("a,b\n1,2\n"), cache, SECTION)
    second = as_parquet(file("a,b\n3,4\n", "other/mine.csv"), cache, SECTION)
    assert set(cache.iterdir()) == {first, second}


def test_a_cache_that_cannot_be_written_is_told(file, cache):
    """A file in the place of the cache is told with its name."""
    cache.parent.write_text("a file")
    said = told(lambda: as_parquet(file("a,b\n1,2\n"), cache, SECTION))
    assert "cannot be written: Not a directory; check its folder, its rights and the space on the disk" in said
