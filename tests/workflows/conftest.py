"""The credit example, small enough to be trained again and again."""

from __future__ import annotations

import pytest

from answered_rows import record_answers
from keepfit.serving import bind
from keepfit.workflows.examples import unpack_example
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

SMALL = """[[training.candidates]]
model = "random_forest"
grid = { n_estimators = [10, 30], max_depth = [8], min_samples_split = [10] }
"""


@pytest.fixture(scope="session")
def make_project():
    """Unpacks the credit example with two candidates instead of fifty, on its twin."""

    def make(folder, change=lambda text: text) -> Rooms:
        file = unpack_example("credit-status", folder)
        text = file.read_text()
        begin, end = text.index("[[training.candidates]]"), text.index("[promotion]")
        file.write_text(change(text[:begin] + SMALL + "\n" + text[end:]))
        return Rooms.open(folder)

    return make


@pytest.fixture(scope="session")
def free_port():
    """Finds a port that nobody listens on."""

    def found() -> int:
        with bind("127.0.0.1", 0) as bound:
            return bound.getsockname()[1]

    return found


@pytest.fixture(scope="session")
def answered(make_project, tmp_path_factory):
    """A trained project whose champion has answered rows that were held out; its journal grows by checks only."""
    rooms = make_project(tmp_path_factory.mktemp("answered"))
    train(rooms)
    record_answers(rooms)
    return rooms
