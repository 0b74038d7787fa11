"""The scorer: a bundle, ready to answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle, Form
from keepfit.errors import BundleError, PipelineError
from keepfit.scoring.door import Door
from keepfit.scoring.graph import Graph
from keepfit.scoring.pipeline_process import PipelineProcess
from keepfit.scoring.probes import TOLERANCE
from keepfit.scoring.recommending import Answers, Recommending
from keepfit.scoring.record_reader import RecordReader


class Scorer:
    """A bundle's door and its model.

    Safe to use from several threads: it holds no state of a call.

    Parameters
    ----------
    bundle
        A verified bundle; the attribute of this name is without its model's bytes.
    runs_pipelines
        Whether a model that is a pickled pipeline may be run, in a process of its own.

    Raises
    ------
    BundleError
        When ONNX Runtime refuses the graph, or the graph has another input or output than the signature says; or when
        it is a pipeline that may not be run.
    PipelineError
        When it is a pipeline that cannot be loaded.
    """

    def __init__(self, bundle: Bundle, *, runs_pipelines: bool = False) -> None:
        self.bundle = replace(bundle, model=b"")
        self.door = Door(bundle.facts.signature)
        self.reader = RecordReader(self.door)
        self.threshold = bundle.facts.threshold
        self.labels = bundle.facts.signature.outcome.labels
        offers = bundle.facts.signature.offers
        self.recommending: Recommending | None = None
        if offers is not None:
            self.recommending = Recommending(offers.products, self.labels[0], bundle.facts.offer_thresholds)
        self._model = _model(bundle, runs_pipelines=runs_pipelines)
        try:
            self._warm_up()
        except BaseException:
            self._model.close()
            raise

    @property
    def form(self) -> Form:
        """What its model is."""
        return self.bundle.facts.form

    @property
    def is_apart(self) -> bool:
        """Whether another process answers: then a call takes milliseconds, and is not for an event loop."""
        return isinstance(self._model, PipelineProcess)

    @property
    def version(self) -> int:
        """The bundle's number in its store."""
        return self.bundle.facts.version

    def probabilities(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the probability of the positive class, `(n_rows,)`, for a matrix from the door."""
        return self._model.probabilities(matrix)

    def answers(self, matrix: Matrix) -> Answers:
        """Return what is answered to the rows of a matrix from the door."""
        if self.recommending is not None:
            return self.recommending.answers(*self._offered(matrix))
        probabilities = self.probabilities(matrix).tolist()
        return Answers(probabilities, [self.decision(one) for one in probabilities])

    def decision(self, probability: float) -> str:
        """Return the label that a probability of the positive class leads to."""
        return self.labels[int(probability >= self.threshold)]

    @property
    def decisions(self) -> tuple[str, ...]:
        """All that may be decided: two labels, or a product each, and nothing."""
        return self.labels if self.recommending is None else self.recommending.decisions

    def decided(self, decision: str) -> list[str]:
        """Return which of `decisions` a decision holds: one, or several products."""
        return self.door.signature.outcome.decided(decision)

    def _offered(self, matrix: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        assert isinstance(self._model, Graph)  # noqa: S101 - a recommender is never a pipeline
        return self._model.offers(matrix)

    def _asked(self, rows: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        return (self._model.probabilities(rows), None) if self.recommending is None else self._offered(rows)

    def _require_thresholds(self, products: int, where: str) -> None:
        assert self.recommending is not None  # noqa: S101 - it has offers
        known, thresholds = len(self.recommending.products), len(self.recommending.thresholds)
        if not products == known == thresholds:
            said = (
                f"its model recommends {products} products, and bundle.json has thresholds of {thresholds} of {known}"
            )
            raise BundleError(said, where=where, hint="train again")

    def _warm_up(self) -> None:
        """Ask the model what the fitted pipeline was asked, and refuse one that answers otherwise."""
        signature, where = self.bundle.facts.signature, f"bundle {self.bundle.path.name}"
        probes = self.bundle.facts.probes
        asked = [probe.row for probe in probes] or [(None,) * len(signature.columns)] * 2
        rows = np.array(asked, dtype=np.float32)
        try:
            answers, offers = self._asked(rows)
        except PipelineError:
            raise
        except Exception as error:  # ONNX Runtime raises classes of its own, with no common base
            said = f"its model does not score {len(signature.columns)} features ({error})"
            raise BundleError(said, where=where, hint="train again") from error
        if answers.shape != (len(rows),) or not np.isfinite(answers).all():
            raise BundleError("its model does not answer with probabilities", where=where, hint="train again")
        if offers is not None:
            self._require_thresholds(offers.shape[1], where)
        if probes:
            furthest = float(np.abs(answers - [probe.probability for probe in probes]).max())
            if offers is not None:
                told = np.array([probe.offers for probe in probes], dtype=np.float64)
                is_told = np.array_equal(np.isnan(offers), np.isnan(told))
                furthest = max(furthest, float(np.nanmax(np.abs(offers - told)))) if is_told else np.inf
            if furthest > TOLERANCE:
                said = f"its model answers otherwise here than the pipeline did, by up to {furthest:.2g}"
                raise BundleError(said, where=where, hint="train again on this kind of machine")


def _model(bundle: Bundle, *, runs_pipelines: bool) -> Graph | PipelineProcess:
    where = f"bundle {bundle.path.name}"
    if not bundle.facts.is_executable:
        return Graph(bundle.model, where=where)
    if not runs_pipelines:
        raise BundleError(
            "it holds a pickled pipeline, which runs code when it is loaded, and this project does not allow that",
            where=where,
            hint='promote another version, or declare [project] pipelines = "apart"',
        )
    return PipelineProcess(bundle.model, where=where)
