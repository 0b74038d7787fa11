"""Reports as files: whole or not at all."""

from __future__ import annotations

import errno
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.errors import KeepfitError
from keepfit.reporting import Page, Paragraph, Section, render_html, write_json, write_page

PAGE = Page("Größe · 価格", "with <markup>", [Section("one", [Paragraph("🙂")])])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=10,
)


def without_ends(value):
    """Return a value as JSON has it: what is no finite number is None."""
    if isinstance(value, dict):
        return {key: without_ends(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_ends(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def test_a_page_is_written_as_html(tmp_path):
    """In UTF-8; folders are made on the way, and nothing else lies there."""
    path = tmp_path / "new" / "folder" / "r.html"
    write_page(PAGE, path)
    assert path.read_text(encoding="utf-8") == render_html(PAGE)
    assert list(path.parent.iterdir()) == [path]


def test_a_report_takes_the_place_of_the_last(tmp_path):
    """A second report replaces the first, and who is reading the first reads it to its end."""
    path = tmp_path / "facts.json"
    write_json({"rows": [0.5] * 1000}, path)
    with path.open(encoding="utf-8") as reader:
        write_json({"rows": []}, path)
        assert json.load(reader) == {"rows": [0.5] * 1000}
    assert json.loads(path.read_text()) == {"rows": []}


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_facts_come_back(tmp_path_factory, facts):
    """What is written as JSON is read as it was; what is no finite number is null."""
    path = tmp_path_factory.getbasetemp() / "facts.json"
    write_json(facts, path)
    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail) == without_ends(facts)


def test_numpy_is_plain(tmp_path):
    """NumPy's numbers and arrays are written as numbers and lists, its NaN as null, a tuple as a list."""
    facts = {
        "float32": np.float32(0.5),
        "nan": np.float64("nan"),
        "infinite": np.float32("inf"),
        "int64": np.int64(2**53 + 1),
        "flag": np.bool_(True),
        "text": np.str_("a"),
        "matrix": np.array([[1.0, math.nan], [-math.inf, 2.0]]),
        "point": np.array(3),
        "pair": (np.int8(1), [np.float16(2.0)]),
        7: {"inner": np.array([], dtype=np.float64)},
    }
    path = tmp_path / "facts.json"
    write_json(facts, path)
    assert json.loads(path.read_text(), parse_constant=pytest.fail) == {
        "float32": 0.5,
        "nan": None,
        "infinite": None,
        "int64": 2**53 + 1,
        "flag": True,
        "text": "a",
        "matrix": [[1.0, None], [None, 2.0]],
        "point": 3,
        "pair": [1, [2.0]],
        "7": {"inner": []},
    }


def test_a_full_disk_leaves_the_last_report(tmp_path, monkeypatch):
    """When there is no room the old file stands whole, nothing half is left beside it, and the user is told."""
    path = tmp_path / "report.html"
    path.write_text("the last one")

    def half(self, text, **options):
        with self.open("w", **options) as file:
            file.write(text[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(KeepfitError) as told:
        write_page(PAGE, path)
    assert str(told.value) == (
        f"{path}: cannot be written (No space left on device); check the folder's rights and the free space"
    )
    assert isinstance(told.value.__cause__, OSError)
    assert path.read_text() == "the last one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_json_leaves_the_last_facts(tmp_path):
    """A mistake of ours stays a traceback, and the old facts stay too."""
    path = tmp_path / "facts.json"
    write_json({"rows": 1}, path)
    with pytest.raises(TypeError):
        write_json({"rows": object()}, path)
    assert json.loads(path.read_text()) == {"rows": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_way_is_told(tmp_path):
    """A file where a folder should be, and a folder where the file should be, are told with the path."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "report.html", tmp_path / "folder"):
        with pytest.raises(KeepfitError, match="cannot be written") as told:
            write_page(PAGE, path)
        assert told.value.where == str(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder"]
