"""The query of a request: what there is, each once, and whom it names."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from keepfit.serving.problems import RequestProblemError
from keepfit.serving.query import entity_of, query_of


def asked(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def test_parameters_that_there_are_come_by_name():
    """Decoded; of a project that declares no entity parameter the empty name is none."""
    assert query_of(asked("who=a%20b&explain=true"), ("who", "explain")) == {"who": "a b", "explain": "true"}
    assert query_of(asked(""), ("", "explain")) == {}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("why=1", 'there is no query parameter "why"; there are who, explain'),
        ("=1", 'there is no query parameter ""; there are who, explain'),
        ("who=1&who=1", "who came twice"),
    ],
)
def test_others_are_refused(query, said):
    """And what came twice, though it says the same."""
    with pytest.raises(RequestProblemError, match=said) as caught:
        query_of(asked(query), ("who", "", "explain"))
    assert caught.value.status == 422


def test_an_entity_is_what_the_journal_can_keep():
    """None where the query is silent, or the project declares no parameter; a blank is nobody."""
    assert entity_of({"who": "7"}, "who") == "7"
    assert entity_of({"explain": "true"}, "who") is None
    assert entity_of({"explain": "true"}, "") is None
    with pytest.raises(RequestProblemError, match=r"^who "):
        entity_of({"who": ""}, "who")
