"""`keepfit serve` that counts nothing of its requests: what the metrics cost is the difference."""

from __future__ import annotations

import sys

from keepfit.cli.main import main
from keepfit.monitoring.service_metrics import ServiceMetrics


def nothing(*_: object) -> None:
    """Count nothing."""


if __name__ == "__main__":
    for name in ("count_request", "count_predictions", "count_what_waits"):
        setattr(ServiceMetrics, name, nothing)
    sys.exit(main())
