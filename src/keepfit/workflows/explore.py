"""`keepfit explore`: what there is to say of the table before anything is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from keepfit.clock import stamp, utc_now
from keepfit.datasets import SourcedTable, build_target, clean_table, fetch_table
from keepfit.exploration import Exploration, ExploredTable, explore_page
from keepfit.exploration import explore as explore_table
from keepfit.reporting import write_json, write_page
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class ExploreReport:
    """What was found.

    Attributes
    ----------
    source
        The table.
    found
        The facts.
    page, facts
        The report to look at, and the same to read.
    """

    source: SourcedTable
    found: Exploration
    page: Path
    facts: Path


def explore(rooms: Rooms) -> ExploreReport:
    """Describe the project's table, and write the page and its JSON.

    Raises
    ------
    DatasetError
        When the table cannot be got, or has no target of two classes.
    """
    project, section = rooms.project, rooms.project.data
    source = fetch_table(section, folder=rooms.folder, cache=rooms.workspace.cache, seed=project.project.seed)
    cleaned = clean_table(source.frame, section)
    frame = cleaned.handed_over
    target = build_target(frame, section)
    found = explore_table(
        frame,
        target.codes,
        target.known,
        target.outcome,
        known_after=section.known_after,
        seed=project.project.seed,
    )
    explored = ExploredTable(
        project=project.name,
        made_at=stamp(utc_now()),
        source=source.name,
        origin=str(source.origin),
        address=source.address,
        warning="Generated data: this is a generated twin of the table, not the real one." if source.is_twin else "",
        file_bytes=source.path.stat().st_size,
        steps=cleaned.steps,
    )
    page = rooms.workspace.reports / "eda.html"
    write_page(explore_page(explored, found), page)
    facts = page.with_suffix(".json")
    write_json({**asdict(explored), **found.to_dict()}, facts)
    rooms.log.add("explore", f"{source.name}: {len(found.findings)} findings; {page.name}")
    return ExploreReport(source, found, page, facts)
