"""`keepfit explore`: what there is to say of the table before anything is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from keepfit.clock import stamp, utc_now
from keepfit.datasets import (
    LocatedTable,
    as_parquet,
    build_target,
    clean_table,
    is_large_csv,
    locate_table,
    read_located,
)
from keepfit.datasets.cleaning import CleanTable
from keepfit.datasets.scanning import ScannedTable, is_large, scan_table
from keepfit.exploration import Exploration, ExploredTable, explore_page
from keepfit.exploration import explore as explore_table
from keepfit.reporting import write_drawings, write_json, write_page
from keepfit.workflows.notebook import require_notebook_libraries, write_notebook
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
    figures
        Folder of its figures, each a file.
    notebook, kept
        The notebook to carry on from, and where a changed one of before is now; None where there is none.
    """

    source: LocatedTable
    found: Exploration
    page: Path
    facts: Path
    figures: Path
    notebook: Path | None = None
    kept: Path | None = None


def explore(rooms: Rooms, *, notebook: bool = False) -> ExploreReport:
    """Describe the project's table, and write the page and its JSON, and an executed notebook if asked for.

    Raises
    ------
    DatasetError
        When the table cannot be got, or has no target of two classes.
    ExplorationError
        When a notebook is asked for, and its libraries are absent or a cell of it fails.
    """
    if notebook:
        require_notebook_libraries()
    project, section = rooms.project, rooms.project.data
    seed = project.project.seed
    source = locate_table(section, folder=rooms.folder, cache=rooms.workspace.cache, seed=seed)
    scanned, cleaned = _cleaned(rooms, source)
    frame = cleaned.handed_over
    target = build_target(frame, section)
    found = explore_table(
        frame,
        target.codes,
        target.known,
        target.outcome,
        known_after=section.known_after,
        scanned=scanned,
        seed=seed,
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
    composed = explore_page(explored, found)
    write_page(composed, page)
    figures = page.with_name("eda-figures")
    write_drawings(composed, figures)
    facts = page.with_suffix(".json")
    write_json({**asdict(explored), **found.to_dict()}, facts)
    rooms.log.add("explore", f"{source.name}: {len(found.findings)} findings; {page.name}")
    if not notebook:
        return ExploreReport(source, found, page, facts, figures)
    file = page.with_suffix(".ipynb")
    kept = write_notebook(explored, found, file, project_file=rooms.file, workspace=rooms.workspace)
    rooms.log.add("explore", f"{source.name}: {file.name}")
    return ExploreReport(source, found, page, facts, figures, file, kept)


def _cleaned(rooms: Rooms, source: LocatedTable) -> tuple[ScannedTable | None, CleanTable]:
    """Read and clean a table; of one that is too large to hold, pass over all rows and clean a sample of them."""
    section = rooms.project.data
    if is_large_csv(source.path):
        source = replace(source, path=as_parquet(source.path, rooms.workspace.cache, section))
    if is_large(source.path):
        scanned = scan_table(source.path, seed=rooms.project.project.seed, section=section)
        return scanned, clean_table(scanned.sample, section, is_sample=True)
    return None, clean_table(read_located(source, section).frame, section)
