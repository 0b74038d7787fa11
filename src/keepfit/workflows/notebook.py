"""The notebook of an exploration, executed by a kernel of its own and written beside the page."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from keepfit.errors import ExplorationError
from keepfit.exploration import Exploration, ExploredTable, explore_notebook, is_as_written
from keepfit.project import Workspace
from keepfit.reporting import write_text

if TYPE_CHECKING:  # an extra
    from nbformat import NotebookNode

CELL_SECONDS = 600
_LIBRARIES = ("nbformat", "nbclient", "ipykernel", "matplotlib")
_SHOWN_ERROR = 300


def require_notebook_libraries() -> None:
    """Refuse where the extra `notebook` is not installed.

    Raises
    ------
    ExplorationError
        Naming what to install.
    """
    from importlib.util import find_spec  # noqa: PLC0415 - only when a notebook is asked for

    absent = [name for name in _LIBRARIES if find_spec(name) is None]
    if absent:
        raise ExplorationError(f"a notebook needs {', '.join(absent)}", hint='pip install "keepfit[notebook]"')


def write_notebook(
    explored: ExploredTable,
    found: Exploration,
    path: Path,
    *,
    project_file: Path,
    workspace: Workspace,
    cell_seconds: int = CELL_SECONDS,
) -> Path | None:
    """Compose, execute and write the notebook; one that somebody has changed is kept beside it under another name.

    Parameters
    ----------
    explored, found
        The table and its facts.
    path
        The notebook's file.
    project_file
        The file of the declaration, which the notebook opens.
    workspace
        The project's workspace; the kernel gets the same one.
    cell_seconds
        Time that each cell may take, in seconds.

    Returns
    -------
    Where the changed notebook is now; None when there was none.

    Raises
    ------
    ExplorationError
        When a cell fails or takes too long; nothing is written.
    """
    import nbformat  # noqa: PLC0415 - an extra

    path.parent.mkdir(parents=True, exist_ok=True)
    relative = Path(os.path.relpath(project_file, path.parent.resolve())).as_posix()
    notebook = explore_notebook(explored, found, project_file=relative)
    execute_notebook(notebook, path, workspace=workspace, cell_seconds=cell_seconds)
    kept = _set_aside(path)
    write_text(nbformat.writes(notebook), path)  # type: ignore[no-untyped-call] # nbformat has no types
    return kept


def execute_notebook(notebook: NotebookNode, path: Path, *, workspace: Workspace, cell_seconds: int) -> None:
    """Run every cell in the folder of the notebook's file, as Jupyter would; outputs come into the cells.

    Raises
    ------
    ExplorationError
        When a cell fails or takes too long, or the kernel does not start.
    """
    from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415 - an extra
    from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415 - as above
    from nbclient import NotebookClient  # noqa: PLC0415 - as above
    from nbclient.exceptions import CellControlSignal, DeadKernelError  # noqa: PLC0415 - as above

    reached: list[int] = []
    with tempfile.TemporaryDirectory(prefix="keepfit-kernel-") as private:
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # this Python, whatever kernels the user has
            connection_file=str(Path(private) / "kernel.json"),
            transport="ipc" if os.name == "posix" else "tcp",  # sockets in a private folder, no open port
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=cell_seconds,
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_execute=lambda cell, cell_index: reached.append(cell_index),  # noqa: ARG005 - told by name
        )
        try:
            asyncio.run(client.async_execute(env=_environment(workspace, Path(private)), cleanup_kc=True))
        except (CellControlSignal, DeadKernelError, RuntimeError) as error:
            raise ExplorationError(
                _words_of(notebook, error, cell_seconds),
                where=_cell_name(notebook, path, reached),
                hint="mend that, or explore without --notebook; the page and its JSON are written",
            ) from error


def _environment(workspace: Workspace, private: Path) -> dict[str, str]:
    """Return the kernel's environment: this one, without the user's own settings of IPython and of figures."""
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    if "KEEPFIT_HOME" in environment:  # may be relative to the folder of this process
        environment["KEEPFIT_HOME"] = str(workspace.root.parent)
    return {**environment, "IPYTHONDIR": str(private), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def _words_of(notebook: NotebookNode, error: Exception, cell_seconds: int) -> str:
    """Say what went wrong: the cell's own error where it has one."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return f"{output.ename}: {output.evalue}".strip()[:_SHOWN_ERROR]
    if isinstance(error, TimeoutError):
        return f"took longer than {cell_seconds} seconds"
    said = str(error).strip().splitlines()
    return (said[0] if said else type(error).__name__)[:_SHOWN_ERROR]


def _cell_name(notebook: NotebookNode, path: Path, reached: list[int]) -> str:
    """Name a cell by its place and its last line, which is what it is about."""
    if not reached:
        return f"{path.name}: the kernel of {sys.executable}"
    lines = str(notebook.cells[reached[-1]].source).strip().splitlines()
    return f"{path.name}: cell {reached[-1] + 1} ({lines[-1] if lines else 'empty'})"


def _set_aside(path: Path) -> Path | None:
    """Move a notebook out of the way that was changed since it was made."""
    import nbformat  # noqa: PLC0415 - an extra

    if not path.is_file():
        return None
    try:
        if is_as_written(nbformat.read(path, as_version=4)):  # type: ignore[no-untyped-call] # as above
            return None
    except (OSError, ValueError, nbformat.ValidationError):
        pass  # no notebook of ours
    number = 1
    while (kept := path.with_stem(f"{path.stem}-kept-{number}")).exists():
        number += 1
    return path.rename(kept)
