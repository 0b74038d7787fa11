"""The scorer: a bundle, ready to answer."""

from __future__ import annotations

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.errors import BundleError
from keepfit.scoring.door import Door, Matrix

OUTPUT = "probabilities"
_ROWS_AT_ONCE = 65_536


class Scorer:
    """A bundle's door and its ONNX session.

    Safe to use from several threads: it holds no state of a call.

    Parameters
    ----------
    bundle
        A verified bundle.

    Raises
    ------
    BundleError
        When ONNX Runtime refuses the graph, or the graph has another input or output than the signature says.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.door = Door(bundle.facts.signature)
        self.threshold = bundle.facts.threshold
        self.labels = bundle.facts.signature.outcome.labels
        self._session = open_session(bundle.model, where=f"bundle {bundle.path.name}")
        self._input = self._session.get_inputs()[0].name
        self._warm_up()

    @property
    def version(self) -> int:
        """The bundle's number in its store."""
        return self.bundle.facts.version

    def probabilities(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the probability of the positive class, `(n_rows,)`, for a matrix from the door."""
        if len(matrix) <= _ROWS_AT_ONCE:
            return self._score(matrix)
        parts = [self._score(matrix[at : at + _ROWS_AT_ONCE]) for at in range(0, len(matrix), _ROWS_AT_ONCE)]
        return np.concatenate(parts)

    def decision(self, probability: float) -> str:
        """Return the label that a probability leads to."""
        return self.labels[int(probability >= self.threshold)]

    def _score(self, matrix: Matrix) -> NDArray[np.float64]:
        # The runtime multiplies rows in pairs, and the last of an odd number with another kernel, which rounds
        # otherwise in the last bit: that row goes in twice, so that each gets what it gets in any other company.
        rows = np.concatenate([matrix, matrix[-1:]]) if len(matrix) % 2 else matrix
        outputs = self._session.run([OUTPUT], {self._input: rows})
        probability: NDArray[np.float64] = outputs[0][: len(matrix), 1].astype(np.float64)
        return probability

    def _warm_up(self) -> None:
        features = len(self.bundle.facts.signature.columns)
        where = f"bundle {self.bundle.path.name}"
        try:
            answer = self._score(np.full((2, features), np.nan, dtype=np.float32))
        except Exception as error:  # ONNX Runtime raises classes of its own, with no common base
            raise BundleError(
                f"model.onnx does not score {features} features ({error})", where=where, hint="train again"
            ) from error
        if answer.shape != (2,) or not np.isfinite(answer).all():
            raise BundleError("model.onnx does not answer with probabilities", where=where, hint="train again")


def open_session(model: bytes, *, where: str) -> onnxruntime.InferenceSession:
    """Open an ONNX graph on one thread of the processor.

    With more threads the runtime adds up the trees of a forest in another order for each size of batch, and a row
    would get other last bits: what is to be spread over cores is rows, not a row.

    Raises
    ------
    BundleError
        When the runtime refuses it.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # see above
        raise BundleError(f"model.onnx cannot be loaded ({error})", where=where, hint="train again") from error
