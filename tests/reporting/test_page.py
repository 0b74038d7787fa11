"""What a page is made of."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from keepfit.reporting import Badge, Code, Link, Mark, Page, Table, TableColumn
from keepfit.reporting.page import STATES, require_state


@pytest.mark.parametrize("state", STATES)
def test_a_state_has_a_colour(state):
    """The four states are taken."""
    require_state(state)
    assert Badge(state, "text").state == Mark(state, "text").state == state


@pytest.mark.parametrize("made", [Badge, Mark])
@pytest.mark.parametrize("state", ["red", "", "OK", "ok warn"])
def test_no_other_state_is_taken(made, state):
    """A state without a colour is refused, and those that have one are named."""
    with pytest.raises(ValueError, match=f"no such state: '{state}'; one of ok, warn, alarm, unknown"):
        made(state, "text")


@pytest.mark.parametrize("row", [[], [1], [1, 2, 3]])
def test_a_row_is_as_long_as_the_head(row):
    """A row too short or too long is refused, and told by its number."""
    columns = [TableColumn("a"), TableColumn("b")]
    with pytest.raises(ValueError, match=f"row 1 has {len(row)} cells under 2 headings"):
        Table(columns, [[1, 2], row])


@pytest.mark.parametrize("language", ["", "python", "c++", "c#", "objective-c"])
def test_a_language_is_a_word(language):
    """The languages that there are, or none."""
    assert Code("text", language).language == language


@pytest.mark.parametrize("language", ["two words", "a\nb", "`", "Python"])
def test_no_other_language_is_taken(language):
    """What would break the fence of a code is refused."""
    with pytest.raises(ValueError, match="is no word for a language"):
        Code("text", language)


@pytest.mark.parametrize("address", ["docs", "../metrics", "/a/b?c=1&d#e", "https://example.org:8000/a", "#here"])
def test_a_link_leads_to_the_web_or_next_door(address):
    """Addresses of the web, and relative ones."""
    assert Link("name", address).address == address


@pytest.mark.parametrize(
    "address",
    ["", "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "data:text/html,a", "a b", 'a"b', "a>b"],
)
def test_no_other_address_is_taken(address):
    """What would run a script, or end the attribute, is refused."""
    with pytest.raises(ValueError, match="is no address that a page may lead to"):
        Link("name", address)


def test_a_page_does_not_change():
    """A page is a record: what was composed is what is written."""
    page = Page("title", "subtitle", [])
    with pytest.raises(FrozenInstanceError):
        page.title = "another"
