"""The same pipeline as a Ray Serve deployment.

Usage: python ray_service.py PORT
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile

import joblib
import pandas as pd
import ray
from ray import serve
from starlette.requests import Request


@serve.deployment(num_replicas=1)
class Credit:
    """Answers one record."""

    def __init__(self, model: str) -> None:
        self.pipeline = joblib.load(model)

    async def __call__(self, request: Request) -> dict[str, float]:
        """Answer one record."""
        record = await request.json()
        return {"probability": float(self.pipeline.predict_proba(pd.DataFrame([record]))[0, 1])}


def main() -> None:
    """Serve until told to stop."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, _temp_dir=folder)
        serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
        serve.run(Credit.bind(os.environ["MODEL"]), route_prefix="/predict")
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        serve.shutdown()
        ray.shutdown()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
