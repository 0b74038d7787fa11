"""All that a journal knows of one prediction: what was answered, what a challenger said, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from keepfit.clock import moment, stamp_exactly
from keepfit.journal.records import Label, LabelledPrediction, Shadow
from keepfit.journal.store import Journal
from keepfit.journal.tables import labels, predictions, seals, shadows
from keepfit.journal.windows import labelled_prediction, newest_labels


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of a prediction.

    Attributes
    ----------
    prediction
        With its newest label.
    labels
        Every label that came for it, the oldest first: a later one corrects an earlier one.
    shadows
        What challengers would have answered.
    seal
        The number of the seal that covers it; None when none does.
    """

    prediction: LabelledPrediction
    labels: tuple[Label, ...]
    shadows: tuple[Shadow, ...]
    seal: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        made = self.prediction.prediction
        return {
            "seq": self.prediction.seq,
            "id": made.id,
            "at": stamp_exactly(made.at),
            "project": made.project,
            "model_version": made.model_version,
            "entity": made.entity,
            "features": made.features if made.sent else None,
            "probability": made.probability,
            "decision": made.decision,
            "duration_seconds": made.duration_seconds,
            "labels": [{"label": one.label, "at": stamp_exactly(one.at)} for one in self.labels],
            "challengers": [
                {"model_version": one.model_version, "probability": one.probability, "decision": one.decision}
                for one in self.shadows
            ],
            "seal": self.seal,
        }


def read_dossier(journal: Journal, project: str, prediction_id: str) -> Dossier | None:
    """Return what is known of a prediction of a project, None when it is not there."""
    made, said, link = predictions.c, labels.c, seals.c
    of_it = select(labels).where(said.project == project, said.prediction_id == prediction_id).order_by(said.seq)
    shadowed = select(shadows).where(shadows.c.project == project, shadows.c.prediction_id == prediction_id)
    with journal.reading() as connection:
        row = connection.execute(newest_labels().where(made.project == project, made.id == prediction_id)).one_or_none()
        if row is None:
            return None
        covering = select(link.number).where(link.kind == "predictions", link.first_seq <= row.seq)
        return Dossier(
            labelled_prediction(row),
            tuple(
                Label(
                    one.prediction_id,
                    one.label,
                    moment(one.at_microseconds),
                    one.entity,
                    None if one.as_of_microseconds is None else moment(one.as_of_microseconds),
                )
                for one in connection.execute(of_it)
            ),
            tuple(shadow_of(one) for one in connection.execute(shadowed.order_by(shadows.c.seq))),
            connection.execute(covering.where(link.last_seq >= row.seq)).scalar(),
        )


def shadow_of(row: Row[Any]) -> Shadow:
    """Return a row of the table of shadows."""
    at = moment(row.at_microseconds)
    return Shadow(row.prediction_id, at, row.project, row.model_version, row.probability, row.decision)
