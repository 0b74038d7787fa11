"""The credit table's records as predictions, made before any clock runs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from keepfit.clock import utc_now
from keepfit.journal import Prediction, PredictionIds
from keepfit.signature import Signature
from keepfit.workflows.data import load_dataset
from keepfit.workflows.examples import unpack_example
from keepfit.workflows.rooms import Rooms

PROJECT = "credit"
_STEP = 7919  # a prime: neighbours in the journal are strangers in the table
_PART = 20_000


class Rows:
    """Predictions with the features of the credit example, 13 to a record, its own nulls among them."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            unpack_example("credit-status", Path(folder))
            dataset = load_dataset(Rooms.open(Path(folder)))
        self.signature: Signature = dataset.signature
        self.origin = dataset.source.origin
        self.texts = [json.dumps(row) for row in dataset.frame.select(self.signature.names).to_dicts()]
        self._ids = PredictionIds()

    def made(self, count: int, *, has_entity: bool = False) -> list[Prediction]:
        """Return so many new predictions."""
        now = utc_now()
        return [
            Prediction(
                self._ids(),
                now + timedelta(milliseconds=at),
                PROJECT,
                1,
                f"customer-{at * _STEP % 100_003}" if has_entity else None,
                self.texts[at * _STEP % len(self.texts)],
                at % 997 / 997,
                "good",
                1e-5,
            )
            for at in range(count)
        ]

    def parts(self, count: int) -> Iterator[list[Prediction]]:
        """Yield so many predictions in parts."""
        for begin in range(0, count, _PART):
            yield self.made(min(_PART, count - begin))
