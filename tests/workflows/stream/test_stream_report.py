"""The report of a stream, as it is written and as a browser shows it."""

from __future__ import annotations

import json

import pytest
from tests.reporting.conftest import browser  # noqa: F401 - a fixture

from keepfit.workflows.stream.stream import StreamTask, stream
from stream_project import make_stream_project, turning_csv


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A stream whose concept has turned, its report read."""
    rooms = make_stream_project(tmp_path_factory.mktemp("told"))
    (rooms.folder / "new.csv").write_text(turning_csv(60, 140))
    return stream(rooms, StreamTask(str(rooms.folder / "new.csv")))


def test_the_facts_are_those_of_the_stream(told):
    """JSON without NaN: what was learnt, the losses with their intervals, each batch."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    facts = json.loads(told.facts.read_text(), parse_constant=refuse)
    assert (facts["project"], facts["batches"], facts["rows"]) == ("s", 10, 200)
    assert (facts["champion"], facts["frozen"]) == (told.champion, 1)
    assert facts["losses"]["challenger"]["value"] == told.losses["challenger"].value
    assert [one["number"] for one in facts["history"]] == [*range(1, 11)]
    assert [one["promoted"] for one in facts["history"] if one["promoted"]] == [*range(2, told.champion + 1)]


def test_the_page_tells_it_in_a_browser(told, browser):  # noqa: F811 - the fixture
    """Who took over and when, the course as a figure; nothing is asked of any other place, nothing complains."""
    browser.open(told.page.as_uri())
    assert not browser.complaints
    assert {address.split(":")[0] for address in browser.requests} <= {"file", "data"}
    text = browser.value("document.body.innerText")
    promoted = next(one for one in told.history if one.promoted)
    assert f"v{told.champion}" in text
    assert str(promoted.number) in text
    assert browser.value("document.querySelectorAll('svg').length") >= 1
    for width, scheme in ((1200, "light"), (390, "dark")):
        browser.look(width, scheme)
        assert browser.value("document.documentElement.scrollWidth") <= width
    assert "nan" not in text.lower().split()
    assert "None" not in text
