"""`keepfit simulate` as somebody at a terminal meets it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest

from profiled_project import make_profiled
from recommender_model import make_recommender
from waiting import until


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return make_profiled(tmp_path_factory.mktemp("simulate"))


@pytest.fixture(scope="module")
def service(rooms, serve):
    with serve(rooms) as service:
        yield service


def started(rooms, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "keepfit", "simulate", *arguments]
    return subprocess.Popen(command, cwd=rooms.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(rooms, *arguments: str) -> tuple[int, str, str]:
    with started(rooms, *arguments) as process:
        said, wrong = process.communicate(timeout=60)
    return process.returncode, said, wrong


def count(rooms) -> int:
    with rooms.journal() as journal:
        return journal.count("t")


def test_random_load_is_summed_up(rooms, service):
    """How many were answered, what was decided, by which version, how fast; no label is reported."""
    pace = ("--rate", "500", "--pause", "0.001", "--concurrency", "3")
    status, said, wrong = ended(rooms, "--mode", "random", "--requests", "60", "--url", service.url, *pace)
    assert (status, wrong) == (0, "")
    assert re.search(r"\n60 customers answered \(\d+ no, \d+ yes\)\n", said)
    assert re.search(r"\n60 by v1; half of them within [\d.]+ ms, 99 % within [\d.]+ ms\n$", said)
    assert "labels" not in said


def test_ctrl_c_ends_it_with_what_came(rooms, service):
    """The summary is of what was answered until then; the exit status is that of an interrupt."""
    before = count(rooms)
    with started(rooms, "--mode", "random", "--requests", "1000000", "--url", service.url) as process:
        until(lambda: count(rooms) > before + 20, "requests are answered")
        process.send_signal(signal.SIGINT)
        said, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (130, "")
    told = int(re.search(r"(\d+) customers answered", said)[1])
    assert 20 <= told <= count(rooms) - before
    assert re.search(rf"\n{told} by v1; half of them", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--mode", "chaos"), "'chaos' is not one of 'noise', 'replay', 'shift', 'random'"),
        (("--stream", "--mode", "random"), "a stream sends rows that trained, or those of shift"),
        (("--stream", "--requests", "5"), "a stream has no end"),
        (("--stream", "--rate", "5"), "one customer at a time"),
    ],
)
def test_what_does_not_go_together_is_told(rooms, arguments, said):
    """Before anything is sent."""
    status, _, wrong = ended(rooms, *arguments)
    assert status == 2
    assert said in " ".join(wrong.split())


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    return make_recommender(tmp_path_factory.mktemp("recommender") / "project")


def test_a_panel_replays_where_nothing_else_is_asked_for(recommender, serve):
    """Held-out rows with their labels: how many agree is told, and each product by how often it was recommended."""
    with serve(recommender) as service:
        status, said, wrong = ended(recommender, "--requests", "40", "--url", service.url)
    assert (status, wrong) == (0, "")
    decided = re.search(r"\n40 customers answered \((.+)\)\n", said)[1]
    assert {part.split(" ")[1] for part in decided.split(", ")} <= {"nothing", "card", "loan", "fund", "plan"}
    assert re.search(r"\n40 labels matched, [\d.]+% of them agree with the prediction\n", said)
    with recommender.journal() as journal:
        assert {one.prediction.features["month"][:7] for one in journal.window("t", rows=None)} == {"2015-12"}


@pytest.mark.parametrize("arguments", [("--mode", "noise"), ("--mode", "shift"), ("--stream", "--mode", "shift")])
def test_a_panel_has_no_labels_of_two_classes(recommender, arguments):
    """What to send instead is told."""
    status, _, wrong = ended(recommender, *arguments, "--url", "http://127.0.0.1:9")
    assert status == 1
    assert f"--mode: {arguments[-1]} has labels of two classes, and of a panel a label lists" in " ".join(wrong.split())
    assert "send --mode replay, or --mode random without labels" in " ".join(wrong.split())
