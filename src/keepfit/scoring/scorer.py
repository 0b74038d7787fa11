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

    def decision(self, probability: float) -> str:
        """Return the label that a probability leads to."""
        return self.labels[int(probability >= self.threshold)]

    def _warm_up(self) -> None:
        """Ask the model what the fitted pipeline was asked, and refuse one that answers otherwise."""
        signature, where = self.bundle.facts.signature, f"bundle {self.bundle.path.name}"
        probes = self.bundle.facts.probes
        asked = [probe.row for probe in probes] or [(None,) * len(signature.columns)] * 2
        rows = np.array(asked, dtype=np.float32)
        try:
            answers = self._model.probabilities(rows)
        except PipelineError:
            raise
        except Exception as error:  # ONNX Runtime raises classes of its own, with no common base
            said = f"its model does not score {len(signature.columns)} features ({error})"
            raise BundleError(said, where=where, hint="train again") from error
        if answers.shape != (len(rows),) or not np.isfinite(answers).all():
            raise BundleError("its model does not answer with probabilities", where=where, hint="train again")
        if probes:
            furthest = float(np.abs(answers - [probe.probability for probe in probes]).max())
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
