"""The tables of the journal, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()
PART_ROWS = 20_000  # the most that who reads all of a table holds at once

predictions = Table(
    "predictions",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("project", Text, nullable=False),
    Column("model_version", Integer, nullable=False),
    Column("entity", Text),
    Column("features", Text, nullable=False),  # empty when they were erased
    Column("probability", Float, nullable=False),
    Column("decision", Text, nullable=False),
    Column("duration_seconds", Float, nullable=False),
    Column("salt", LargeBinary),
    Column("commitment", LargeBinary),
)
shadows = Table(
    "shadows",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("prediction_id", Text, nullable=False),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("project", Text, nullable=False),
    Column("model_version", Integer, nullable=False),
    Column("probability", Float, nullable=False),
    Column("decision", Text, nullable=False),
)
labels = Table(
    "labels",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("project", Text, nullable=False),
    Column("prediction_id", Text, nullable=False),  # empty while a label of an entity waits for its prediction
    Column("label", Text, nullable=False),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("entity", Text),
    Column("as_of_microseconds", BigInteger),
    Column("salt", LargeBinary),
    Column("commitment", LargeBinary),
)
events = Table(
    "events",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("project", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("epoch", Integer),
)
seals = Table(
    "seals",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("is_keyed", Integer, nullable=False),
)
