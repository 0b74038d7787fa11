"""What a stream tells Prometheus, as its parser reads it."""

from __future__ import annotations

import math
import socket
from dataclasses import replace

import pytest
import urllib3
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from keepfit.errors import StreamError
from keepfit.monitoring.stream_metrics import StreamMetrics, ToldBatch

SCORES = {"log_loss": 0.4, "roc_auc": 0.8, "f1": 0.6, "precision": 0.5, "recall": 0.75}
BATCH = ToldBatch(
    rows=98,
    scores={"champion": SCORES, "prior": {"log_loss": 0.5}},
    batch_log_loss={"champion": 0.45, "prior": 0.55},
    drifts={"champion": False},
    model_versions={"champion": 3},
    left_out_rows=2,
    waiting_rows=300,
    learn_seconds=0.05,
    rows_per_second=950.0,
    trees=40,
)


def read(text: str) -> dict[tuple[str, ...], float]:
    """Return every sample of ours by name and labels; each is the project's."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    assert {sample.labels["project"] for sample in samples} <= {"wine"}
    return {
        (
            sample.name.removeprefix("keepfit_stream_"),
            *(value for key, value in sorted(sample.labels.items()) if key != "project"),
        ): sample.value
        for sample in samples
    }


def told(*batches: ToldBatch, metrics: StreamMetrics | None = None) -> dict[tuple[str, ...], float]:
    """Return what is shown after batches."""
    metrics = metrics or StreamMetrics("wine", CollectorRegistry())
    for batch in batches:
        metrics.tell(batch)
    return read(generate_latest(metrics.registry).decode())


def test_a_batch_is_told_with_all_that_is_known():
    """Scores by role, versions, the lag and the pace."""
    shown = {"log_loss": 0.4, "auc": 0.8, "f1": 0.6, "precision": 0.5, "recall": 0.75, "batch_log_loss": 0.45}
    assert told(BATCH) == {
        **{(name, "champion"): value for name, value in shown.items()},
        ("log_loss", "prior"): 0.5,
        ("batch_log_loss", "prior"): 0.55,
        ("model_info", "3", "champion"): 1,
        ("drifts_total", "champion"): 0,
        ("batches_total",): 1,
        ("rows_total",): 98,
        ("left_out_rows_total",): 2,
        ("refused_total",): 0,
        ("promotions_total",): 0,
        ("waiting_rows",): 300,
        ("learn_seconds",): 0.05,
        ("rows_per_second",): 950,
        ("trees",): 40,
    }


@pytest.mark.parametrize("unknown", [None, math.nan])
def test_a_score_that_is_not_known_is_not_shown(unknown):
    """A batch of one class has no AUC: the series goes, and comes again; it is never 0."""
    one_class = replace(
        BATCH, scores={"champion": {**SCORES, "roc_auc": unknown}}, batch_log_loss={"champion": unknown}
    )
    found = told(BATCH, one_class)
    assert not [key for key in found if key[0] in ("auc", "batch_log_loss")]
    assert found["log_loss", "champion"] == 0.4
    assert ("log_loss", "prior") not in found
    assert told(BATCH, one_class, BATCH)["auc", "champion"] == 0.8


def test_a_score_of_nought_is_shown():
    """An F1 of 0 is known."""
    assert told(replace(BATCH, scores={"champion": {"f1": 0.0}}))["f1", "champion"] == 0


def test_only_the_present_versions_are_shown():
    """After a promotion the old champion is gone; trees go with a model that has none, the lag with one unknown."""
    after = replace(BATCH, model_versions={"champion": 4, "challenger": 4}, promotions=1, trees=None, waiting_rows=None)
    found = told(BATCH, after)
    assert [key[1:] for key in found if key[0] == "model_info"] == [("4", "champion"), ("4", "challenger")]
    assert found["promotions_total",] == 1
    assert not {("trees",), ("waiting_rows",)} & set(found)


def test_counters_begin_where_a_stream_stands():
    """What is told after that is added; a stream that begins shows zeros."""
    metrics = StreamMetrics("wine", CollectorRegistry())
    assert told(metrics=metrics) == {
        (f"{name}_total",): 0 for name in ("batches", "rows", "left_out_rows", "refused", "promotions")
    }
    metrics.begin_at(batches=7, rows=690, left_out_rows=10, refused=1, promotions=2, drifts={"champion": 3})
    metrics.count_refused()
    found = told(replace(BATCH, drifts={"champion": True, "frozen": True}), metrics=metrics)
    counted = {key[0]: value for key, value in found.items() if key[0].endswith("_total") and len(key) == 1}
    assert counted == {
        "batches_total": 8,
        "rows_total": 788,
        "left_out_rows_total": 12,
        "refused_total": 2,
        "promotions_total": 2,
    }
    assert (found["drifts_total", "champion"], found["drifts_total", "frozen"]) == (4, 1)


def test_it_answers_on_loopback_until_it_is_stopped():
    """With the processor and memory of its process; the port is free again afterwards."""
    metrics = StreamMetrics("wine")
    metrics.tell(BATCH)
    port = free_port()
    for _ in range(2):
        stop = metrics.serve(port)
        try:
            text = urllib3.request("GET", f"http://127.0.0.1:{port}/metrics", retries=False).data.decode()
        finally:
            stop()
        assert 'keepfit_stream_auc{project="wine",role="champion"} 0.8' in text
        assert "process_cpu_seconds_total" in text
    with pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("GET", f"http://127.0.0.1:{port}/metrics", retries=False)


def test_a_port_that_is_taken_is_told():
    """By the key that names it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            StreamError, match=rf"keepfit.toml: \[stream\] metrics_port: 127.0.0.1:{port} cannot .* in use; name a port"
        ):
            StreamMetrics("wine").serve(port)


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
