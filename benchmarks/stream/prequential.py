"""A contestant along a stream: asked about each batch before it is taught it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from contestants import Build  # the files beside this one
from numpy.typing import NDArray
from wines import Stream

from keepfit.arrays import Floats, Labels
from keepfit.evaluation import scores
from keepfit.signature import Signature

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Answered:
    """What a contestant said of the streamed rows, in their order.

    Attributes
    ----------
    labels, wines, batches
        Each row's class, wine, and batch from 0, `(n_rows,)`.
    before, after
        The probabilities that it gave before and after it learnt the row's batch, `(n_rows,)`; `after` is empty where
        it was not asked.
    seconds
        What each batch took to learn; of ours with all that goes with it.
    """

    labels: Labels
    wines: NDArray[np.int64]
    batches: NDArray[np.int64]
    before: Floats
    after: Floats
    seconds: Floats

    def losses(self) -> Floats:
        """Return the log-loss of each batch, as it was asked before, `(n_batches,)`."""
        each = [self.batches == batch for batch in range(len(self.seconds))]
        return np.array([scores(self.labels[rows], self.before[rows], _HALF)["log_loss"] for rows in each])

    def told_by_itself(self) -> tuple[float, float]:
        """Return log-loss and ROC AUC on the rows just learnt, each the mean over the batches with both classes."""
        found = []
        for batch in range(len(self.seconds)):
            rows = self.batches == batch
            if len(np.unique(self.labels[rows])) > 1:
                score = scores(self.labels[rows], self.after[rows], _HALF)
                found.append((score["log_loss"], score["roc_auc"]))
        loss, auc = np.mean(found, axis=0)
        return float(loss), float(auc)


def answered(build: Build, signature: Signature, stream: Stream, seed: int, *, asks_after: bool = False) -> Answered:
    """Lead a contestant along a stream; `asks_after` is whether it is asked again about what it has just learnt."""
    model = build(signature, stream.begin, seed)
    before, after, seconds = [], [], []
    for batch in stream.batches:
        before.append(model.probability(batch.matrix))
        began = time.perf_counter()
        model.learn(batch.matrix, batch.labels)
        seconds.append(time.perf_counter() - began)
        after.append(model.probability(batch.matrix) if asks_after else np.empty(0))
    return Answered(
        np.concatenate([batch.labels for batch in stream.batches]),
        np.concatenate([batch.wines for batch in stream.batches]),
        np.repeat(np.arange(len(stream.batches)), [len(batch) for batch in stream.batches]),
        np.concatenate(before),
        np.concatenate(after),
        np.array(seconds),
    )
