"""One truth for several workers: their counters lie in files that each of them can add up.

A worker's number names its files, not its process: the one that replaces it counts on where it ended, and there are
never more files than workers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, values
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_counts(folder: Path, slot: int) -> None:
    """Keep every counter of this process, made from now on, in files of a folder.

    Parameters
    ----------
    folder
        Of the service: empty when the service starts.
    slot
        Number of this worker.
    """
    os.environ[_FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: slot)  # type: ignore[no-untyped-call]  # theirs


def shared_registry(folder: Path) -> CollectorRegistry:
    """Return a registry that collects what all workers have counted in a folder, and what their processes use."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]  # theirs
    registry.register(_Processes())
    return registry


class _Processes(Collector):
    """Memory, processor time and files of all workers together: the children of our parent."""

    def collect(self) -> Iterable[Metric]:
        summed: dict[str, Metric] = {}
        for pid in _sisters():
            for metric in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                if metric.name in ("process_start_time_seconds", "process_max_fds"):
                    summed.setdefault(metric.name, metric)  # the oldest worker's, and everybody's
                elif metric.name in summed:
                    summed[metric.name] = _plus(summed[metric.name], metric)
                else:
                    summed[metric.name] = metric
        return summed.values()


def _sisters() -> list[int]:
    """Return the worker processes that our parent has started, the oldest first."""
    parent = os.getppid()
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return sorted(int(pid) for pid in listed if _is_worker(pid))


def _is_worker(pid: str) -> bool:
    """Tell a worker from the helper process that the standard library starts beside them."""
    try:
        return b"--multiprocessing-fork" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return False


def _plus(one: Metric, other: Metric) -> Metric:
    value = one.samples[0].value + other.samples[0].value
    if one.type == "counter":
        return CounterMetricFamily(one.name, one.documentation, value=value)
    made = Metric(one.name, one.documentation, one.type)
    made.add_sample(one.samples[0].name, {}, value)
    return made
