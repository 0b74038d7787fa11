"""The worked examples: where they lie, and how one is unpacked."""

from __future__ import annotations

import shutil
from pathlib import Path

import keepfit
from keepfit.errors import ProjectError, nearest

_FILE = "keepfit.toml"
_PUBLISHED = f"published/{_FILE}"
_SAMPLE = "sample.json"


def example_names() -> list[str]:
    """Return the names of the examples."""
    return sorted(entry.parent.name for entry in _home().glob(f"*/{_FILE}"))


def unpack_example(name: str, folder: Path) -> Path:
    """Copy an example's project file, its README, its sample and the published recipe into a folder.

    Returns
    -------
    The project file.

    Raises
    ------
    ProjectError
        When there is no such example, or the folder holds a project already.
    """
    names = example_names()
    if name not in names:
        raise ProjectError(f'there is no example "{name}"', where="--example", hint=nearest(name, names))
    target = folder / _FILE
    if target.exists():
        raise ProjectError("there is a project already", where=str(target), hint="choose another folder")
    for file in ("README.md", _SAMPLE, _PUBLISHED, _FILE):  # the project file last: a folder with one is whole
        source = _home() / name / file
        if source.exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / file)
    return target


def _home() -> Path:
    """Return the folder of the examples: within the installed package, or in the checkout that it runs from."""
    package = Path(keepfit.__file__).parent
    packed = package / "examples"
    return packed if packed.is_dir() else package.parents[1] / "examples"
