"""A folder as a source: each file when it is whole, each content once."""

from __future__ import annotations

import os
import threading
from hashlib import sha256
from itertools import pairwise

import polars as pl
import pytest

from keepfit.datasets.arrivals import folder as folder_module
from keepfit.datasets.arrivals import wholeness
from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.datasets.arrivals.folder import FolderSource
from keepfit.errors import DatasetError
from waiting import until


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Looks come soon after one another, and patience ends soon."""
    monkeypatch.setattr(folder_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(folder_module, "PATIENCE_SECONDS", 0.3)


class Watched:
    """A source of a folder with what it said, and what was learnt."""

    def __init__(self, folder, *, is_followed=False):
        self.folder, self.stop = folder, threading.Event()
        self.said: list[str] = []
        self.learnt: set[str] = set()
        self.found: list[Delivery] = []
        self.source = FolderSource(
            folder,
            separator=None,
            is_followed=is_followed,
            stop=self.stop,
            say=self.said.append,
            is_taken=self.learnt.__contains__,
        )

    def learn(self):
        """Yield deliveries, each learnt when the next one is asked for."""
        for delivery in self.source.deliveries():
            self.found.append(delivery)
            yield delivery
            self.learnt.add(delivery.key)

    def names(self):
        return [delivery.name for delivery in self.learn()]


@pytest.fixture
def watched(tmp_path):
    return Watched(tmp_path)


@pytest.fixture
def following(tmp_path):
    """A source that is followed by a thread, and what it has learnt so far."""
    watched = Watched(tmp_path, is_followed=True)
    thread = threading.Thread(target=watched.names)
    thread.start()
    yield watched
    watched.stop.set()
    thread.join(20)
    assert not thread.is_alive()


def write(path, seconds, rows=2):
    path.write_text("x,y\n" + "".join(f"{seconds},{at}\n" for at in range(rows)))
    os.utime(path, (seconds, seconds))


def test_files_come_the_oldest_first(watched):
    """CSV and Parquet; the source ends with the last."""
    write(watched.folder / "a.csv", 30)
    write(watched.folder / "b.csv", 20)
    pl.DataFrame({"x": [1]}).write_parquet(watched.folder / "c.parquet")
    os.utime(watched.folder / "c.parquet", (10, 10))
    assert watched.names() == ["c.parquet", "b.csv", "a.csv"]
    assert watched.said == []


def test_a_delivery_says_what_waits(watched):
    """Rows of the later files that are whole, new and tables; its key is SHA-256 of its bytes."""
    for at, name in enumerate(("a.csv", "b.csv", "c.csv", "d.csv")):
        write(watched.folder / name, 10 + at, rows=5 * (at + 1))
    pl.DataFrame({"x": range(7)}).write_parquet(watched.folder / "b2.parquet")
    os.utime(watched.folder / "b2.parquet", (11, 11))
    watched.learnt.add(sha256((watched.folder / "c.csv").read_bytes()).hexdigest())
    found = list(watched.learn())
    assert [(one.name, one.rows.rows, one.waiting_rows) for one in found] == [
        ("a.csv", 5, 37),
        ("b.csv", 10, 27),
        ("b2.parquet", 7, 20),
        ("d.csv", 20, 0),
    ]
    assert found[0].key == sha256((watched.folder / "a.csv").read_bytes()).hexdigest()


def test_the_same_bytes_are_taken_once(watched):
    """A copy is skipped, and so is what an earlier stream has learnt; both are said."""
    write(watched.folder / "new.csv", 10)
    write(watched.folder / "new_2.csv", 10)
    assert watched.names() == ["new.csv"]
    skipped = "{} holds the same bytes as one that was learnt: skipped"
    assert watched.said == [skipped.format("new_2.csv")]
    again = Watched(watched.folder)
    again.learnt |= watched.learnt
    assert again.names() == []
    assert again.said == [skipped.format("new.csv"), skipped.format("new_2.csv")]


def test_other_files_are_passed_over_once(following):
    """By name, and many of them in one sentence."""
    for name in ("notes.md", *(f"{at}.png" for at in range(6))):
        (following.folder / name).write_text("x")
    write(following.folder / "new.csv", 10)
    until(lambda: following.found, "the table is taken")
    write(following.folder / "new2.csv", 11)
    until(lambda: len(following.found) == 2, "the next is taken")
    told = ", ".join(following.said)
    assert [told.count(name) for name in ("0.png", "1.png", "4.png")] == [1, 1, 1]
    assert all(one.startswith("passed over, as no CSV or Parquet file: ") for one in following.said)


def test_only_what_changed_is_read_again(watched, monkeypatch):
    """A key is made once of a file that stays as it is, and again when its time is another one."""
    asked = []
    key = folder_module.content_key
    monkeypatch.setattr(folder_module, "content_key", lambda path: asked.append(path.name) or key(path))
    write(watched.folder / "new.csv", 10)
    assert watched.names() == ["new.csv"]
    assert watched.names() == []
    assert asked == ["new.csv"]
    os.utime(watched.folder / "new.csv", (11, 11))
    assert watched.names() == []
    assert asked == ["new.csv"] * 2
    assert watched.said == ["new.csv holds the same bytes as one that was learnt: skipped"]


@pytest.mark.parametrize("name", ["new.csv", "new.parquet"])
def test_a_half_written_file_is_taken_when_it_is_whole(following, name):
    """Piece by piece is written what is read as one table, once."""
    whole = following.folder / f".{name}"
    table = pl.DataFrame({"x": range(5000), "y": range(5000)})
    table.write_csv(whole) if name.endswith("csv") else table.write_parquet(whole)
    content = whole.read_bytes()
    ends = [at for at in range(999, len(content) - 3, 999) if content[at - 1 : at] != b"\n"]
    with (following.folder / name).open("wb") as file:
        until(lambda: f"{name} is empty; it is taken when it is whole" in following.said, "an empty file is told")
        for begin, end in pairwise([0, *ends, len(content) - 3]):  # no piece looks like a whole CSV
            file.write(content[begin:end])
            file.flush()
        until(lambda: any("half-written" in one for one in following.said), "a half file is told")
        assert following.found == []
        file.write(content[-3:])
    until(lambda: following.found, "the whole file is taken")
    (found,) = following.found
    assert found.key == sha256(content).hexdigest()
    assert pl.concat(found.rows.read(["x", "y"], rows=1000)).cast(pl.Int64).equals(table)


def test_a_csv_without_a_last_line_break_is_taken_by_and_by(watched, monkeypatch):
    """When nobody has written to it for some seconds; an old one at once."""
    monkeypatch.setattr(wholeness, "SETTLED_SECONDS", 0.1)
    (watched.folder / "new.csv").write_text("x,y\n1,2\n3,4")
    assert watched.names() == ["new.csv"]
    monkeypatch.setattr(wholeness, "SETTLED_SECONDS", 5.0)
    write(watched.folder / "old.csv", 10)
    (watched.folder / "old.csv").write_text("x,y\n5,6")
    os.utime(watched.folder / "old.csv", (10, 10))
    assert watched.names() == ["old.csv"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("new.csv", "", "is empty; wait until whoever writes it is done"),
        ("new.csv", "x,y\n1", "is half-written: its last line has no end; wait"),
        ("new.parquet", "PAR1....", "is half-written: it does not end as a Parquet file does; wait"),
    ],
)
def test_patience_ends_where_nobody_follows(watched, name, content, said):
    """What is whole is handed over before; then it is said which file is not, and why."""
    write(watched.folder / "b.csv", 10)
    (watched.folder / name).write_text(content)
    deliveries = watched.learn()
    assert next(deliveries).name == "b.csv"
    with pytest.raises(DatasetError, match=said) as caught:
        next(deliveries)
    assert caught.value.where == str(watched.folder / name)
    assert watched.source.pass_over(name)
    assert watched.names() == []


@pytest.mark.parametrize("told", ["name", "key"])
def test_a_refused_file_is_taken_again_when_its_bytes_change(watched, told):
    """A file that is no table comes as an error until it is passed over; the others go on."""
    bad, content = watched.folder / "a.parquet", b"PAR1 this is no table PAR1"
    bad.write_bytes(content)
    os.utime(bad, (10, 10))
    write(watched.folder / "b.csv", 20)
    for _ in range(2):
        with pytest.raises(DatasetError, match="cannot be read as Parquet") as caught:
            watched.names()
        assert caught.value.where == str(bad)
    assert watched.source.pass_over(bad.name if told == "name" else sha256(content).hexdigest())
    assert watched.names() == ["b.csv"]
    os.utime(bad, (30, 30))
    assert watched.names() == []
    assert watched.said == ["a.parquet holds the same bytes as one that was refused: skipped"]
    pl.DataFrame({"x": [1]}).write_parquet(bad)
    assert watched.names() == ["a.parquet"]


def test_a_delivery_may_be_refused(following):
    """Whoever reads it refuses it by its name: it does not come again, and the next one does."""
    write(following.folder / "a.csv", 10)
    until(lambda: following.found, "it is handed over")
    assert following.source.pass_over("a.csv")
    os.utime(following.folder / "a.csv", (11, 11))
    write(following.folder / "b.csv", 12)
    until(lambda: len(following.found) == 2, "the next one is handed over")
    assert [one.name for one in following.found] == ["a.csv", "b.csv"]


def test_it_says_whether_there_is_what_it_is_to_refuse(watched):
    """By name or key, of a file that was there at the last look; what is refused is not handed over."""
    content = "x,y\n1,2\n"
    (watched.folder / "a.csv").write_text(content)
    os.utime(watched.folder / "a.csv", (10, 10))
    write(watched.folder / "b.csv", 20)
    key = sha256(content.encode()).hexdigest()
    assert [watched.source.pass_over(told) for told in ("a.csv", key)] == [False, False]  # before any look
    deliveries = watched.source.deliveries()
    assert next(deliveries).name == "a.csv"
    told = ("a.csv", key, "b.csv", "c.csv", key[:-1], "", str(watched.folder / "a.csv"))
    assert [watched.source.pass_over(one) for one in told] == [True, True, True, False, False, False, False]
    assert list(deliveries) == []
    (watched.folder / "a.csv").unlink()
    assert watched.names() == []
    assert [watched.source.pass_over(one) for one in ("a.csv", "b.csv")] == [False, True]


def test_no_name_refuses_nothing(watched):
    """An error may not say of which file it is; files whose key nobody has asked for yet are not meant."""
    write(watched.folder / "a.csv", 10)
    (watched.folder / "b.csv").write_text("x,y\n1")
    deliveries = watched.source.deliveries()
    assert next(deliveries).name == "a.csv"
    assert not watched.source.pass_over("")
    (watched.folder / "b.csv").write_text("x,y\n1,2\n")
    assert [one.name for one in deliveries] == ["b.csv"]


def test_a_file_that_vanishes_is_no_error(watched, monkeypatch):
    """Taken away after the look that found it: it is as if it had not been."""
    write(watched.folder / "a.csv", 10)
    write(watched.folder / "b.csv", 20)
    key = folder_module.content_key

    def late(path):
        if path.name == "a.csv":
            path.unlink()
        return key(path)

    monkeypatch.setattr(folder_module, "content_key", late)
    assert watched.names() == ["b.csv"]


def test_a_file_that_changes_while_it_is_opened_waits(watched, monkeypatch):
    """What the key was made of is not there any more: the next look has another one."""
    path, key, turns = watched.folder / "a.csv", folder_module.content_key, []
    write(path, 10)

    def late(asked):
        found = key(asked)
        if not turns:
            turns.append(found)
            write(path, 11, rows=9)
        return found

    monkeypatch.setattr(folder_module, "content_key", late)
    (found,) = watched.learn()
    assert (found.key, found.rows.rows) == (sha256(path.read_bytes()).hexdigest(), 9)


def test_it_ends_when_it_is_told_to(following):
    """Also between two files that are there."""
    write(following.folder / "a.csv", 10)
    until(lambda: following.found, "the first is taken")
    following.stop.set()
    write(following.folder / "b.csv", 20)
    stopped = Watched(following.folder)
    stopped.stop.set()
    assert stopped.names() == []
    eager = Watched(following.folder)
    deliveries = eager.learn()
    next(deliveries)
    eager.stop.set()
    assert list(deliveries) == []


def test_no_folder_is_told(tmp_path):
    """A name that leads nowhere."""
    with pytest.raises(DatasetError, match="nowhere: no such folder"):
        Watched(tmp_path / "nowhere").names()
