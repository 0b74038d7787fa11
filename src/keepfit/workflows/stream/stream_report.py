"""The report of a stream: its page, and the same as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.reporting import write_json, write_page
from keepfit.retraining.batch_facts import ROLES
from keepfit.retraining.stream_page import StreamSummary, stream_page
from keepfit.training.incremental import FREE
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.course import Standing
from keepfit.workflows.stream.journey import Journey


@dataclass(frozen=True, slots=True)
class StreamFiles:
    """Where the report is: to look at, and to read."""

    page: Path
    facts: Path


def write_stream_report(rooms: Rooms, dataset: Dataset, standing: Standing, journey: Journey) -> StreamFiles:
    """Write the report of a stream that has learnt a batch at least."""
    section = rooms.project.stream
    way = f"{section.strategy} of {section.model}" if section.strategy in FREE else section.strategy
    summary = StreamSummary(
        project=rooms.project.name,
        made_at=stamp(utc_now()),
        learner=f"Strategy: {way}; at the most {section.window_rows:,} rows are kept",
        batches=standing.batches,
        rows=standing.rows,
        left_out=standing.left_out,
        refused=journey.refused,
        champion=standing.champion,
        frozen=journey.frozen,
        promotions=journey.promotions,
        losses={role: standing.losses[role].estimate() for role in ROLES},
        fading=section.fading,
        min_rows=section.min_rows,
        significance=section.significance,
        warning=dataset.source.warning,
    )
    page = rooms.workspace.reports / "stream.html"
    files = StreamFiles(page, page.with_suffix(".json"))
    write_page(stream_page(summary, journey.history), files.page)
    write_json({**asdict(summary), "history": [facts.to_dict() for facts in journey.history]}, files.facts)
    return files
