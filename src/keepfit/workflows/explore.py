"""`keepfit explore`: what there is to say of the table before anything is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from keepfit.clock import stamp, utc_now
from keepfit.datasets import (
    LocatedTable,
    SurveyedTable,
    build_target,
    in_parquet,
    locate_table,
    read_located,
    read_panel_rows,
    survey_table,
)
from keepfit.datasets.source import GENERATED
from keepfit.exploration import Exploration, ExploredTable, describe_panel, explore_page
from keepfit.exploration import explore as explore_table
from keepfit.project.panel_section import PanelSection
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
        When the table cannot be got, or has no target of two classes; of a panel see `read_panel_rows`.
    ExplorationError
        When a notebook is asked for, and its libraries are absent or a cell of it fails.
    """
    if notebook:
        require_notebook_libraries()
    source = locate_table(
        rooms.project.data, folder=rooms.folder, cache=rooms.workspace.cache, seed=rooms.project.project.seed
    )
    panel = rooms.project.panel
    table, found = _panel_explored(rooms, source, panel) if panel else _explored(rooms, source)
    explored = ExploredTable(
        project=rooms.project.name,
        made_at=stamp(utc_now()),
        source=source.name,
        origin=str(source.origin),
        address=source.address,
        warning=GENERATED if source.is_twin else "",
        file_bytes=source.path.stat().st_size,
        steps=table.steps,
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


def _explored(rooms: Rooms, source: LocatedTable) -> tuple[SurveyedTable, Exploration]:
    section, seed = rooms.project.data, rooms.project.project.seed
    table = survey_table(source, section, cache=rooms.workspace.cache, seed=seed)
    target = build_target(table.frame, section)
    return table, explore_table(table.frame, target, section, scanned=table.scanned, seed=seed)


def _panel_explored(rooms: Rooms, source: LocatedTable, section: PanelSection) -> tuple[SurveyedTable, Exploration]:
    """Describe a panel over all its months, and of its rows those that teach or are held out."""
    data = rooms.project.data
    read = read_located(in_parquet(source, data, cache=rooms.workspace.cache), data)
    rows = read_panel_rows(read, data, section)
    panel, table, declared = describe_panel(rows, section), rows.surveyed(), rows.section
    del read, rows  # the whole table need not be held beside the rows that are described
    target = build_target(table.frame, declared)
    return table, explore_table(table.frame, target, declared, panel=panel, seed=rooms.project.project.seed)
