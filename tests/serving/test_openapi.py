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
