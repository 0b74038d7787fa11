"""The same pipeline in LitServe, which puts up to 32 requests that wait into one call.

Usage: python litserve_service.py PORT
"""

# No annotations of the future: LitServe makes its route of the annotation itself, which must not be a text.

import os
import sys
from typing import Any

import joblib
import litserve
import numpy as np
import pandas as pd


class Credit(litserve.LitAPI):
    """Answers one record."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - the framework's signature
        """Load the pipeline."""
        self.pipeline = joblib.load(os.environ["MODEL"])

    def decode_request(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the record."""
        return request

    def batch(self, inputs: list[dict[str, Any]]) -> pd.DataFrame:
        """Return the records as one table."""
        return pd.DataFrame(inputs)

    def predict(self, x: pd.DataFrame) -> np.ndarray:
        """Return the probability of each."""
        return self.pipeline.predict_proba(x)[:, 1]

    def unbatch(self, output: np.ndarray) -> list[float]:
        """Return them one by one."""
        return output.tolist()

    def encode_response(self, output: float) -> dict[str, float]:
        """Return the answer."""
        return {"probability": output}


if __name__ == "__main__":
    api = Credit(max_batch_size=32, batch_timeout=0.005)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, generate_client_file=False)
