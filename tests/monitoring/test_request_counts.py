"""Many requests counted together are counted as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from keepfit.monitoring.request_counts import RequestCounts, observe_all

BUCKETS = (0.001, 0.01, 0.1, 1.0)
SECONDS = st.one_of(st.floats(0, 3), st.sampled_from((0.0, *BUCKETS)))
REQUESTS = st.tuples(
    st.sampled_from(["credit", ""]), st.sampled_from(["/a", "/b"]), st.sampled_from([200, 422]), SECONDS
)


def meters() -> tuple[CollectorRegistry, Counter, Histogram]:
    registry = CollectorRegistry()
    counter = Counter("requests", "x", ["project", "route", "method", "status"], registry=registry)
    return registry, counter, Histogram("duration", "x", ["project", "route"], registry=registry, buckets=BUCKETS)


def samples(registry: CollectorRegistry) -> dict[str, float]:
    lines = generate_latest(registry).decode().splitlines()
    return {name: float(value) for name, _, value in (one.rpartition(" ") for one in lines if one[0] != "#")}


@given(st.lists(st.lists(REQUESTS, max_size=30), max_size=4))
def test_together_is_one_by_one(turns):
    """Whatever comes between two countings; a value at a bucket's edge is in that bucket."""
    (ours, *into), (theirs, requests, duration) = meters(), meters()
    counts = RequestCounts(*into)
    for turn in turns:
        for project, path, status, seconds in turn:
            counts.add(project, path, "POST", status, seconds)
            requests.labels(project, path, "POST", str(status)).inc()
            duration.labels(project, path).observe(seconds)
        counts.count()
        assert samples(ours) == pytest.approx(samples(theirs))


def test_nothing_is_nothing():
    """No values leave a histogram as it is."""
    registry, _, histogram = meters()
    observe_all(histogram.labels("p", "r"), [])
    assert samples(registry)['duration_count{project="p",route="r"}'] == 0
