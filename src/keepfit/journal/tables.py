"""The tables of the journal, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, UniqueConstraint

METADATA = MetaData()
_KEY = BigInteger().with_variant(Integer, "sqlite")

predictions = Table(
    "predictions",
    METADATA,
    Column("seq", _KEY, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("project", Text, nullable=False),
    Column("model_version", Integer, nullable=False),
    Column("entity", Text),
    Column("features", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("decision", Text, nullable=False),
    Column("duration_seconds", Float, nullable=False),
    Index("predictions_by_project", "project", "seq"),
    sqlite_autoincrement=True,
)
shadows = Table(
    "shadows",
    METADATA,
    Column("seq", _KEY, primary_key=True, autoincrement=True),
    Column("prediction_id", Text, nullable=False),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("project", Text, nullable=False),
    Column("model_version", Integer, nullable=False),
    Column("probability", Float, nullable=False),
    Column("decision", Text, nullable=False),
    Index("shadows_by_project", "project", "seq"),
    sqlite_autoincrement=True,
)
labels = Table(
    "labels",
    METADATA,
    Column("seq", _KEY, primary_key=True, autoincrement=True),
    Column("project", Text, nullable=False),
    Column("prediction_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("at_microseconds", BigInteger, nullable=False),
    Index("labels_by_prediction", "project", "prediction_id", "seq"),
    sqlite_autoincrement=True,
)
events = Table(
    "events",
    METADATA,
    Column("seq", _KEY, primary_key=True, autoincrement=True),
    Column("at_microseconds", BigInteger, nullable=False),
    Column("project", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("epoch", Integer),
    UniqueConstraint("project", "epoch", name="one_promotion_an_epoch"),
    sqlite_autoincrement=True,
)
