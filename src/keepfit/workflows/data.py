"""`keepfit data`: get the table, find out its columns, and say where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keepfit.datasets import Dataset, fetch_table, prepare_dataset, prepare_panel
from keepfit.datasets.table_writer import require_writable
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class DataReport:
    """The table as the project sees it.

    Attributes
    ----------
    dataset
        Rows with a known target, signature, split and fingerprint.
    missing_cells
        Missing values among the features of the table; of a panel, without what their past says.
    kept, written
        Where the cleaned table is kept, and the file that `--out` asked for; None when it did not.
    """

    dataset: Dataset
    missing_cells: int
    kept: Path
    written: Path | None = None


def load_dataset(rooms: Rooms) -> Dataset:
    """Get the project's table and prepare it for training.

    Raises
    ------
    DatasetError
        See `fetch_table`, `prepare_dataset` and `prepare_panel`.
    """
    project = rooms.project
    table = fetch_table(project.data, folder=rooms.folder, cache=rooms.workspace.cache, seed=project.project.seed)
    if project.panel is not None:
        return prepare_panel(table, project.data, project.panel, project.request)
    return prepare_dataset(table, project.data, project.split, project.request, seed=project.split_seed)


def show_data(rooms: Rooms, out: Path | None = None) -> DataReport:
    """Get the table, clean it and keep it in the workspace; hand it over as CSV or Parquet if asked to.

    Raises
    ------
    DatasetError
        When the file that is asked for cannot be written; see also `load_dataset`.
    """
    if out is not None:
        require_writable(out, "--out")
    dataset = load_dataset(rooms)
    source = dataset.source
    kept = rooms.workspace.cache / "clean.parquet"
    kept.parent.mkdir(parents=True, exist_ok=True)
    _write(dataset, kept)
    if out is not None:
        _write(dataset, out)
    rooms.log.add(
        "data",
        f"{source.name} from {source.origin} ({source.address}), {source.frame.height} rows, {dataset.fingerprint}",
    )
    features = dataset.frame.select(column.name for column in dataset.signature.sent_columns)
    return DataReport(dataset, sum(features.null_count().row(0)), kept, out)


def _write(dataset: Dataset, out: Path) -> None:
    frame = dataset.cleaned.handed_over
    writers: dict[str, Callable[[Path], None]] = {".csv": frame.write_csv, ".parquet": frame.write_parquet}
    writers[out.suffix.lower()](out)
