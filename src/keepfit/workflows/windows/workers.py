"""Profiles that workers count, each of its part of a table: in any pool of processes, on any machine.

A part is counted as the whole file would be: through the same door, in the bins of the same reference. So profiles of
parts add up to that of the whole, whoever counted them and in which order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from keepfit.bundle import Bundle, read_bundle
from keepfit.errors import DatasetError
from keepfit.named_paths import require_folder
from keepfit.profiles import Profile, count_window, merge
from keepfit.profiles.profile_file import KeptProfile
from keepfit.reporting import write_json
from keepfit.workflows.windows.reader import PROBABILITY, require_present, window_reader

if TYPE_CHECKING:
    import pandas as pd

_WHERE = "part"


def count_part(
    bundle_path: Path | str, frame: pl.DataFrame | pd.DataFrame, *, scores: bool = False, runs_pipelines: bool = False
) -> Profile:
    """Return the profile of a part of a table, which can be pickled.

    A bundle is read once by a process, and never changes.

    Parameters
    ----------
    bundle_path
        Folder of the champion's bundle, where the worker sees it.
    frame
        Some rows, of polars or pandas. A column `probability` holds the scores that they were given; without one the
        champion scores them where there is the target, or when it is asked for.
    scores
        Whether the champion scores rows that have no probability.
    runs_pipelines
        Whether the champion may be a pickled pipeline, run in a process of its own.

    Raises
    ------
    BundleError
        When there is no bundle, or it is not whole.
    DatasetError
        When the part is no table, lacks a column of the model, or holds one of another type.
    MonitoringError
        When a value is none of its column's, or the bundle has no profile.

    Examples
    --------
    >>> parts = [dask.delayed(count_part)(bundle, part) for part in table.to_delayed()]  # doctest: +SKIP
    >>> add_up(bundle, dask.compute(*parts), Path("window.json"))  # doctest: +SKIP
    """
    bundle = _bundle(Path(bundle_path))
    reference = Profile.from_dict(bundle.profile)
    table = _table(frame, {*bundle.facts.signature.names, bundle.facts.signature.outcome.name, PROBABILITY})
    if not len(frame):  # its columns have no types either
        return _empty(reference)
    if not table.width:
        require_present(bundle.facts.signature.names, _WHERE)
    rows = window_reader(bundle, table.schema, scores=scores, where=_WHERE, runs_pipelines=runs_pipelines)
    return count_window(reference, *rows.read(table))


def add_up(
    bundle_path: Path | str, parts: Iterable[Profile], out: Path | None = None, *, source: str = "workers"
) -> KeptProfile:
    """Return the profile of all parts together, and write it for `keepfit check --window`.

    Parameters
    ----------
    bundle_path
        Folder of the bundle that they were counted with.
    parts
        What `count_part` has returned.
    out
        The file that is written; None for none.
    source
        What was counted, in words.

    Raises
    ------
    BundleError
        When there is no bundle, or it is not whole.
    MonitoringError
        When a part was counted in other bins.
    KeepfitError
        When there is no folder for the file, or it cannot be written.
    """
    if out is not None:
        require_folder(out, "out")
    bundle = _bundle(Path(bundle_path))
    whole = reduce(merge, parts, _empty(Profile.from_dict(bundle.profile)))
    kept = KeptProfile(bundle.facts.name, bundle.facts.version, source, None, None, whole)
    if out is not None:
        write_json(kept.to_dict(), out)
    return kept


@lru_cache(maxsize=2)
def _bundle(path: Path) -> Bundle:
    return read_bundle(path)


def _empty(reference: Profile) -> Profile:
    return count_window(
        reference, np.empty((0, len(reference.columns)), dtype=np.float32), np.empty((0, len(reference.outputs)))
    )


def _table(frame: pl.DataFrame | pd.DataFrame, wanted: set[str]) -> pl.DataFrame:
    """Return the wanted columns of a part; of pandas, NaN among texts is null, as None is."""
    if isinstance(frame, pl.DataFrame):
        return frame.select(name for name in frame.columns if name in wanted)
    pandas = sys.modules.get("pandas")  # who has not imported it has no frame of it
    if pandas is None or not isinstance(frame, pandas.DataFrame):
        said = f"is a {type(frame).__name__}, and no DataFrame of polars or pandas"
        raise DatasetError(said, where=_WHERE, hint="collect it, or hand over its partitions one by one")
    names = [name for name in frame.columns if name in wanted]
    if len({*names}) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DatasetError(f"has two columns {twice}", where=_WHERE, hint="leave one out")
    return pl.DataFrame([_series(frame[name]) for name in names])


def _series(values: pd.Series) -> pl.Series:
    if values.isna().all():
        return pl.repeat(None, len(values), dtype=pl.Null, eager=True).alias(str(values.name))
    try:
        return pl.from_pandas(values.to_frame()).to_series()
    except (ValueError, TypeError, NotImplementedError) as error:  # Arrow has no such type, or there are several in it
        said = f"{values.name} cannot be read ({error})"
        raise DatasetError(said, where=_WHERE, hint="make it a plain column of one type") from error
