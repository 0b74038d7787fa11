"""`keepfit new`: a project file for a table, or a worked example."""

from __future__ import annotations

import os
from pathlib import Path

from keepfit.bundle.files import write_atomically
from keepfit.errors import ProjectError
from keepfit.project.scaffold import project_text
from keepfit.workflows.examples import unpack_example

_FILE = "keepfit.toml"


def new_project(folder: Path, *, data: str, target: str) -> Path:
    """Write a commented project file for a table and return its path.

    Parameters
    ----------
    folder
        Made if it does not exist.
    data
        A CSV or Parquet file, or a name of the catalogue.
    target
        The column to predict; it is looked for before anything is written.

    Raises
    ------
    DatasetError
        When the table cannot be read, or has no such column.
    ProjectError
        When the folder holds a project already.
    """
    from keepfit.datasets import build_target, fetch_table  # noqa: PLC0415 - a table library
    from keepfit.project.data_section import DataSection  # noqa: PLC0415 - as above

    file = folder / _FILE
    if file.exists():
        raise ProjectError(
            "there is a project already", where=str(file), hint="choose another folder, or edit this one"
        )
    section = DataSection(source=_source(data, Path.cwd()), target=target)
    table = fetch_table(section, folder=Path.cwd(), cache=folder / ".keepfit" / "cache", seed=42)
    outcome = build_target(table.frame, section).outcome
    text = project_text(
        source=_source(data, folder), target=target, name=folder.resolve().name, positive=outcome.positive
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(file, text.encode())
    return file


def new_example(folder: Path, name: str) -> Path:
    """Unpack a worked example and return its project file."""
    return unpack_example(name, folder)


def _source(data: str, seen_from: Path) -> str:
    """Return the path of a file as seen from a folder; a catalogue name as it is."""
    return os.path.relpath(Path(data).resolve(), seen_from.resolve()) if Path(data).exists() else data
