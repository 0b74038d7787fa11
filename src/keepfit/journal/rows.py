"""Records as rows of their tables: values in the order of the columns, `seq` left out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from keepfit.clock import microseconds
from keepfit.journal.chain import Row, commitments
from keepfit.journal.records import Prediction, Shadow

PREDICTION_COLUMNS = (
    "id",
    "at_microseconds",
    "project",
    "model_version",
    "entity",
    "features",
    "probability",
    "decision",
    "duration_seconds",
)
COMMITTED_COLUMNS = (*PREDICTION_COLUMNS, "salt", "commitment")
SHADOW_COLUMNS = ("prediction_id", "at_microseconds", "project", "model_version", "probability", "decision")


def prediction_row(one: Prediction) -> Row:
    """Return the values of `PREDICTION_COLUMNS`."""
    return (
        one.id,
        microseconds(one.at),
        one.project,
        one.model_version,
        one.entity,
        one.sent,
        one.probability,
        one.decision,
        one.duration_seconds,
    )


def committed_rows(made: Sequence[Prediction]) -> list[Row]:
    """Return the values of `COMMITTED_COLUMNS`, for a journal whose rows are sealed."""
    pairs = commitments([(one.entity, one.sent) for one in made])
    return [(*prediction_row(one), *pair) for one, pair in zip(made, pairs, strict=True)]


def by_column(committed: Sequence[Row]) -> list[dict[str, object]]:
    """Return committed rows as values by column."""
    return [dict(zip(COMMITTED_COLUMNS, row, strict=True)) for row in committed]


def shadow_row(one: Shadow) -> Row:
    """Return the values of `SHADOW_COLUMNS`."""
    return msgspec.structs.astuple(msgspec.structs.replace(one, at=microseconds(one.at)))
