"""The API's description of a record, and of itself."""

from __future__ import annotations

import pytest

from keepfit.scoring.values import LARGEST
from keepfit.serving.openapi_bodies import record_schema
from keepfit.signature import Column, Kind, Outcome, Signature

OUTCOME = Outcome("y", "no", "yes")
ENDS = {"minimum": -int(LARGEST), "maximum": int(LARGEST)}
OPEN = {"/", "/health", "/ready", "/v2/health/live", "/v2/health/ready", "/metrics"}


def schema_of(*columns, unseen=False):
    return record_schema(Signature(columns, OUTCOME, accepts_unseen=unseen))


def test_a_number_written_as_text_is_described():
    """A column that takes texts for numbers says so, and which of them mean no value."""
    age = Column("age", Kind.INTEGER, True, 18, 90, missing_values=("", "NA"), is_written_as_text=True)
    plain = Column("rate", Kind.NUMBER, optional=False)
    schema = schema_of(age, plain)
    described = schema["properties"]["age"]
    assert described.pop("pattern").startswith("^")
    assert described == {
        **ENDS,
        "type": ["integer", "string", "null"],
        "description": (
            "Seen in training: 18 to 90. A text that holds the number is taken too, with blanks around it or without. "
            "An empty text, NA means: missing."
        ),
    }
    assert schema["properties"]["rate"] == {**ENDS, "type": "number"}
    assert schema["required"] == ["rate"]


def test_a_date_is_described_in_its_format():
    """A text; ISO 8601 alone is what JSON Schema calls a date. Range and example are written as in a request."""
    iso = Column("left", Kind.DATE, False, 16919.0, 16921.0)
    own = Column("joined", Kind.DATE, True, 16919.0, 16921.0, description="First day.", format="%d-%m-%Y")
    schema = schema_of(iso, own)
    for described in schema["properties"].values():
        assert "[0-9]{4}" in described.pop("pattern")
    assert schema["properties"]["left"] == {
        "type": "string",
        "format": "date",
        "description": (
            "A date, written as %Y-%m-%d: for example 2016-04-29. Seen in training: 2016-04-28 to 2016-04-30."
        ),
    }
    assert schema["properties"]["joined"] == {
        "type": ["string", "null"],
        "description": (
            "First day. A date, written as %d-%m-%Y: for example 29-04-2016. "
            "Seen in training: 28-04-2016 to 30-04-2016."
        ),
    }
    assert schema["example"] == {"left": "2016-04-29", "joined": "29-04-2016"}


def test_a_range_that_is_held_to_is_in_the_schema():
    """Numbers outside are refused, or taken for the nearer end, or scored: the schema says which."""
    column = Column("age", Kind.INTEGER, False, 18.0, 68.0, out_of_range="reject")
    assert schema_of(column)["properties"]["age"] == {
        "type": "integer",
        "minimum": 18,
        "maximum": 68,
        "description": "Seen in training: 18 to 68.",
    }
    clipped = Column("age", Kind.INTEGER, False, 18.0, 68.0, out_of_range="clip")
    assert schema_of(clipped)["properties"]["age"] == {
        **ENDS,
        "type": "integer",
        "description": "Seen in training: 18 to 68. A number outside is taken for the nearer end.",
    }


def test_a_vocabulary_is_listed_with_all_that_stands_for_it():
    """Words, other spellings, words for missing, and numbers in a vocabulary of numbers."""
    column = Column(
        "stars", Kind.CATEGORY, True, categories=("1", "2"), missing_values=("0",), spellings=(("one", "1"),)
    )
    stars = schema_of(column)["properties"]["stars"]
    assert stars["enum"] == ["1", "2", "one", "0", 0, 1, 2, None]
    assert stars["description"] == "0 means: missing."
    needed = Column("stars", Kind.CATEGORY, False, categories=("1", "2"), missing_values=("0",), label="Stars")
    assert schema_of(needed)["properties"]["stars"] == {
        "title": "Stars",
        "type": ["string", "number"],
        "enum": ["1", "2", 1, 2],
        "description": "0 means: missing, and is refused.",
    }


def test_other_names_of_a_column_are_described():
    """A needed column comes by one of its names; each name has the column's schema."""
    schema = schema_of(Column("income", Kind.NUMBER, False, aliases=("salary",)))
    assert schema["properties"]["salary"] == {**ENDS, "type": "number", "description": "Another name of income."}
    assert schema["required"] == []
    assert schema["allOf"] == [{"oneOf": [{"required": ["income"]}, {"required": ["salary"]}]}]


@pytest.fixture(scope="module")
def document(service):
    return service.get("/openapi.json").json()


def test_every_route_is_described(document):
    """The document lists what the service answers, and each operation can say what it refuses."""
    assert set(document["paths"]) >= OPEN | {
        "/api/prediction",
        "/invocations",
        "/api/labels",
        "/api/model",
        "/random",
        "/v2",
    }
    for path, item in document["paths"].items():
        for method in {"get", "post"} & set(item):
            operation = item[method]
            assert operation["summary"]
            assert operation["tags"]
            assert {"200", "400", "421"} <= set(operation["responses"])
            assert ("401" in operation["responses"]) == (path not in OPEN)
            assert ("security" in operation) == (path not in OPEN)
            assert all("X-Request-ID" in response["headers"] for response in operation["responses"].values())


def test_what_is_described_is_there(service, document):
    """No path of the document is unknown to the service."""
    for path, item in document["paths"].items():
        if "{" not in path and "get" in item:
            expected = 403 if path.startswith("/admin/") else 200  # administration is off
            assert service.get(path).status == expected, path


def test_descriptions_are_for_callers(document):
    """No line of a docstring that is for developers."""
    assert "Raises" not in str(document["paths"])
