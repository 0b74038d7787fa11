"""The API's description of a record."""

from __future__ import annotations

from keepfit.serving.openapi import record_schema
from keepfit.signature import Column, Kind, Outcome, Signature


def test_a_number_written_as_text_is_described():
    """A column that takes texts for numbers says so, and which of them mean no value."""
    age = Column("age", Kind.INTEGER, True, 18, 90, missing_values=("", "NA"), is_written_as_text=True)
    plain = Column("rate", Kind.NUMBER, optional=False)
    schema = record_schema(Signature((age, plain), Outcome("y", "no", "yes")))
    assert schema["properties"]["age"] == {
        "type": ["integer", "string", "null"],
        "description": (
            "Seen in training: 18 to 90. A text that holds the number is taken too, with blanks around it or without. "
            "An empty text, NA means: missing."
        ),
    }
    assert schema["properties"]["rate"] == {"type": "number"}


def test_a_date_is_described_in_its_format():
    """A text; ISO 8601 alone is what JSON Schema calls a date. Range and example are written as a request is."""
    iso = Column("left", Kind.DATE, False, 16919.0, 16921.0)
    own = Column("joined", Kind.DATE, True, 16919.0, 16921.0, description="First day.", format="%d-%m-%Y")
    schema = record_schema(Signature((iso, own), Outcome("y", "no", "yes")))
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
