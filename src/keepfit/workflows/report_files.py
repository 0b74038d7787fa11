"""The files of a training's report: its page and its JSON, the card of the best, and all of them in MLflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keepfit.bundle import Bundle
from keepfit.reporting import Page, write_drawings, write_json, write_page
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.tracking_attempts import Attempts

Report = tuple[Page, Mapping[str, Any]]
Compose = Callable[[tuple[str, ...]], Report]


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where the report is: to look at, to read, and the card of the best."""

    page: Path
    facts: Path
    card: Path


def write_report_files(
    rooms: Rooms, best: Bundle, card: Page, compose: Compose, *, run_id: str, attempts: Attempts
) -> ReportFiles:
    """Write a report, keep it with MLflow's run, and say in it what MLflow could not be told.

    Parameters
    ----------
    rooms
        The project.
    best, card
        The version that the report is named after, and its card.
    compose
        Returns the page and its facts, given what MLflow was not told.
    run_id, attempts
        MLflow's run, and what it was told.
    """
    page = rooms.workspace.reports / f"train-v{best.facts.version}.html"
    files = ReportFiles(page, page.with_suffix(".json"), page.with_name(f"{page.stem}-card.html"))
    write_page(card, files.card)
    drawings = _write(files, compose(tuple(attempts.not_logged)))
    kept = {"report.html": page, "report.json": files.facts, "model_card.html": files.card}
    kept |= {f"figures/{one.name}": one for one in drawings}
    texts = {name: file.read_text(encoding="utf-8") for name, file in kept.items()}
    said = len(attempts.not_logged)
    attempts.make(
        "report and card", lambda: rooms.tracking.log_texts(run_id, {**texts, "MODEL_CARD.md": best.card}), None
    )
    if len(attempts.not_logged) > said:
        _write(files, compose(tuple(attempts.not_logged)))
    return files


def _write(files: ReportFiles, report: Report) -> list[Path]:
    """Write the page, its figures and its JSON; return the figures."""
    page, facts = report
    write_page(page, files.page)
    write_json(facts, files.facts)
    return write_drawings(page, files.page.with_name(f"{files.page.stem}-figures"))
