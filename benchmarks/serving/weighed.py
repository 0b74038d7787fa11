"""`keepfit serve` that weighs its own counting: how long it is in what counts requests and answers.

At its end it writes the seconds as JSON into the file that the environment's `KEEPFIT_WEIGHED` names. What is between
two looks at the clock, and the looks themselves, count as counting: the true cost is less.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from keepfit.cli.main import main
from keepfit.monitoring.service_metrics import ServiceMetrics

WEIGHED = "KEEPFIT_WEIGHED"
spent = 0


def weighed(counts: Callable[..., None]) -> Callable[..., None]:
    """Return what counts, with its time added to what is spent."""

    def counting(*arguments: Any) -> None:
        global spent  # noqa: PLW0603 - one number, in one thread, and a closure would cost more
        began = time.perf_counter_ns()
        counts(*arguments)
        spent += time.perf_counter_ns() - began

    return counting


if __name__ == "__main__":
    for name in ("count_request", "count_predictions", "count_what_waits"):
        setattr(ServiceMetrics, name, weighed(getattr(ServiceMetrics, name)))
    try:
        main()
    finally:
        Path(os.environ[WEIGHED]).write_text(json.dumps({"seconds": spent / 1e9}))
    sys.exit()
