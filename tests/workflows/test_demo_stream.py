"""The story of a stream's example: batches arrive, a shift hurts, what has learnt takes over, nothing is lost."""

from __future__ import annotations

import shutil

import pytest

from demo_ports import take_any_ports
from keepfit.workflows import demo_stream as demo_module
from keepfit.workflows.demo_stage import demo_rooms
from keepfit.workflows.demo_stream import DECLARED, STREAMED_SHARE, demo_stream

pytestmark = pytest.mark.filterwarnings("ignore")  # the warnings are MLflow's own


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The rooms and the report of one demo, on the generated twin."""
    with pytest.MonkeyPatch.context() as patch:
        take_any_ports(patch)
        patch.setattr(demo_module, "_BATCH_SECONDS", 0.6)
        folder = tmp_path_factory.mktemp("demo") / "new"
        rooms = demo_rooms("wine-quality", folder, declared=DECLARED)
        return rooms, demo_stream(rooms)


def test_every_batch_is_asked_and_learnt(played):
    """Twelve of them, each row answered by the service before it is learnt."""
    _, report = played
    assert (report.stream.batches, report.stream.rows) == (12, 1200)
    assert sum(report.arrivals.versions.values()) == 1200
    assert report.arrivals.failures == []


def test_the_shift_hurts_and_is_learnt(played):
    """The champion of the beginning is worse from the shift on; what takes over is better, and the service asks it."""
    rooms, report = played
    shift, history = report.arrivals.shift_batch, report.stream.history
    frozen = [facts.batch["frozen"]["log_loss"] for facts in history]
    assert min(frozen[shift - 1 :]) > max(frozen[: shift - 1])
    promoted = [facts for facts in history if facts.promoted]
    assert promoted[0].number >= shift
    last = history[-1].batch
    assert last["champion"]["log_loss"] < 0.5 * last["frozen"]["log_loss"]
    assert report.stream.champion == rooms.store.champion().facts.version == promoted[-1].promoted
    assert set(report.arrivals.versions) >= {"1", str(promoted[0].promoted)}


def test_it_can_be_looked_at(played):
    """The page of the stream, which says that the rows are generated; where there is a Prometheus, what it saw."""
    _, report = played
    assert "Generated data" in report.stream.page.read_text()
    if shutil.which("prometheus") is None:
        assert report.scraped is None
        return
    assert {"champion", "challenger", "frozen", "prior"} <= set(report.scraped)
    assert any(page.name.endswith("-stream.html") for page in report.boards)


def test_the_copy_says_what_it_declares_besides(played):
    """The example's own file, and three rows of four as a stream."""
    rooms, _ = played
    assert rooms.file.read_text().endswith(STREAMED_SHARE)
    assert rooms.project.split.holdout == 0.75
