"""An exported graph, ready to answer."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.errors import BundleError

OUTPUT, OFFERS = "probabilities", "offers"
ROWS, INDEPENDENT = "keepfit.rows", "independent"
_ROWS_AT_ONCE = 65_536


class Graph:
    """An ONNX graph on one thread of the processor.

    With more threads the runtime adds up the trees of a forest in another order for each size of batch, and a row
    would get other last bits: what is to be spread over cores is rows, not a row. Safe to use from several threads.

    Parameters
    ----------
    model
        The graph: float32 rows in, `probabilities` `(n_rows, 2)` out; that of a recommender also `offers`
        `(n_rows, n_products)`.
    where
        What an error names.

    Raises
    ------
    BundleError
        When the runtime refuses it.
    """

    def __init__(self, model: bytes, *, where: str) -> None:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when it is imported: it would tell of its use
        import onnxruntime  # noqa: PLC0415 - a check of counts needs no model

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime raises classes of its own, with no common base
            raise BundleError(f"model.onnx cannot be loaded ({error})", where=where, hint="train again") from error
        self._input = self._session.get_inputs()[0].name
        told = self._session.get_modelmeta().custom_metadata_map
        self._takes_rows_alone = told.get(ROWS) == INDEPENDENT

    def close(self) -> None:
        """Do nothing: it ends when it is forgotten."""

    def probabilities(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the probability of the positive class, `(n_rows,)`, for a matrix from the door."""
        (scores,) = self._scored(matrix, [OUTPUT])
        return scores[:, 1]

    def offers(self, matrix: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the same, and of a recommender the probability of each product.

        Returns
        -------
        That anything is added, `(n_rows,)`, and that each product is, `(n_rows, n_products)`; NaN where it is owned.
        """
        scores, offers = self._scored(matrix, [OUTPUT, OFFERS])
        return scores[:, 1], offers

    def _scored(self, matrix: Matrix, outputs: list[str]) -> list[NDArray[np.float64]]:
        if len(matrix) <= _ROWS_AT_ONCE:
            return self._score(matrix, outputs)
        parts = [self._score(matrix[at : at + _ROWS_AT_ONCE], outputs) for at in range(0, len(matrix), _ROWS_AT_ONCE)]
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    def _score(self, matrix: Matrix, outputs: list[str]) -> list[NDArray[np.float64]]:
        # The runtime multiplies rows in pairs, and the last of an odd number with another kernel, which rounds
        # otherwise in the last bit: that row goes in twice, so that each gets what it gets in any other company.
        is_even = self._takes_rows_alone or not len(matrix) % 2
        rows = matrix if is_even else np.concatenate([matrix, matrix[-1:]])
        scores = self._session.run(outputs, {self._input: rows})
        return [found[: len(matrix)].astype(np.float64) for found in scores]
