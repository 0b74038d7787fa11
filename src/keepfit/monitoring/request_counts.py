"""What is counted of requests: gathered one by one, counted many together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from prometheus_client import Counter, Histogram


class Route(NamedTuple):
    """What requests are told apart by."""

    project: str
    path: str
    method: str
    status: int


class RequestCounts:
    """Gathers the durations of requests, in one thread, and counts them when that is asked for.

    One by one they would cost a busy service more than all else that it counts.

    Parameters
    ----------
    requests
        Counts them, by project, route, method and status.
    duration
        Takes how long they took in seconds, by project and route.
    """

    def __init__(self, requests: Counter, duration: Histogram) -> None:
        self._requests, self._duration = requests, duration
        self._waiting: dict[tuple[str, str, str, int], list[float]] = {}

    def add(self, project: str, path: str, method: str, status: int, seconds: float) -> None:
        """Take an answered request."""
        key = project, path, method, status
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = []
        waiting.append(seconds)

    def count(self) -> None:
        """Count what has come since the last time."""
        for key, seconds in self._waiting.items():
            if seconds:
                route = Route(*key)
                self._requests.labels(route.project, route.path, route.method, str(route.status)).inc(len(seconds))
                observe_all(self._duration.labels(route.project, route.path), seconds)
                seconds.clear()


def observe_all(histogram: Histogram, values: ArrayLike) -> None:
    """Put many values into a histogram, as `observe` would one by one.

    The library takes one value at a time, for a microsecond each; a thousand of them take its buckets here.

    Parameters
    ----------
    histogram
        Of the client library: a child, where it has labels.
    values
        Numbers, `(n_values,)`.
    """
    numbers = np.asarray(values, dtype=np.float64)
    buckets = histogram._buckets  # noqa: SLF001 - see above; the tests compare it with `observe`
    places = np.searchsorted(histogram._upper_bounds, numbers)  # noqa: SLF001 - as above
    for bucket, count in zip(buckets, np.bincount(places, minlength=len(buckets)).tolist(), strict=True):
        if count:
            bucket.inc(count)
    histogram._sum.inc(float(numbers.sum()))  # noqa: SLF001 - as above
