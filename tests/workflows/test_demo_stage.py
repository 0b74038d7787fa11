"""The demo, and what a demo may remove."""

from __future__ import annotations

import pytest
import urllib3

from keepfit.errors import ProjectError
from keepfit.workflows.demo_stage import demo_rooms, served, told_of
from keepfit.workflows.rooms import Rooms


def test_a_folder_that_is_no_demos_is_left_alone(tmp_path):
    """A demo never clears a folder that it did not make."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ProjectError, match="the folder is not empty, and no demo's; choose another with --into"):
        demo_rooms("credit-status", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_unknown_example_is_told(tmp_path):
    """A name that is no example lists the nearest."""
    with pytest.raises(ProjectError, match='there is no example "credit"; did you mean "credit-status"'):
        demo_rooms("credit", tmp_path / "new")


def test_a_folder_of_an_earlier_demo_is_cleared(tmp_path):
    """What it left goes, and the example is there afresh."""
    folder = tmp_path / "demo"
    demo_rooms("credit-status", folder)
    (folder / "left.txt").write_text("of the last time")
    rooms = demo_rooms("credit-status", folder)
    assert not (folder / "left.txt").exists()
    assert rooms.folder == folder


def answers(url) -> int:
    return urllib3.request("GET", f"{url}/ready", timeout=5, retries=False).status


def test_a_project_is_served_as_long_as_the_block_runs(make_scoring_project, tmp_path, free_port):
    """At the address that it declares, and with what it says in a log of its own; a fault in the block ends it too."""
    port = free_port()
    make_scoring_project(tmp_path)
    file = tmp_path / "keepfit.toml"
    file.write_text(f"{file.read_text()}[serving]\nport = {port}\n")
    rooms = Rooms.open(tmp_path)

    def fails() -> None:
        with served(rooms) as url:
            assert url == f"http://127.0.0.1:{port}"
            assert answers(url) == 200
            raise ValueError("in the block")

    with pytest.raises(ValueError, match="in the block"):
        fails()
    with pytest.raises(urllib3.exceptions.HTTPError):
        answers(f"http://127.0.0.1:{port}")
    assert (rooms.workspace.root / "service.log").exists()


def test_where_the_port_is_taken_another_is_found(make_scoring_project, tmp_path, free_port):
    """Two demos beside each other: each has its own service."""
    port = free_port()
    make_scoring_project(tmp_path)
    file = tmp_path / "keepfit.toml"
    file.write_text(f"{file.read_text()}[serving]\nport = {port}\n")
    rooms = Rooms.open(tmp_path)
    with served(rooms) as first, served(rooms) as second:
        assert first == f"http://127.0.0.1:{port}"
        assert second != first
        assert (answers(first), answers(second)) == (200, 200)


def test_an_act_is_put_before_each_step():
    """Its numbers are as they were."""
    told = []
    told_of(lambda *shown: told.append(shown), "train")("data", 1, 2, "so far")
    assert told == [("train: data", 1, 2, "so far")]
