"""Which rows belong together: those of a category, those of a band of a number, those without a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.date_text import date_text
from keepfit.errors import ProjectError, nearest
from keepfit.signature import Column, Kind, Signature

Floats = NDArray[np.float32] | NDArray[np.float64]
_BANDS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the rows: the column and the value or band that they have in common, and which they are `(n_rows,)`."""

    column: str
    label: str
    chosen: NDArray[np.bool_]


def cut_rows(
    matrix: Matrix,
    signature: Signature,
    columns: Sequence[str],
    bands: Mapping[str, Sequence[float]],
    *,
    quartiles: Mapping[str, Sequence[float]],
) -> list[Part]:
    """Cut rows by each declared column: by category, by flag, by band of a number, and those where it is missing.

    Parameters
    ----------
    matrix
        The rows that are cut, from the door, `(n_rows, n_features)`.
    signature
        Its columns.
    columns
        Which of them.
    bands
        Where numbers are cut, by column, ascending.
    quartiles
        Where numbers without bands are cut, by column; those that are not in it are not cut.

    Raises
    ------
    ProjectError
        When a column is none of the signature's, or the bands do not ascend.
    """
    for name in (*columns, *bands):
        if name not in signature.names:
            raise ProjectError(
                f"no such feature: {name}",
                where="keepfit.toml: [evaluation] slices" if name in columns else "keepfit.toml: [evaluation] bands",
                hint=nearest(name, signature.names),
            )
    parts: list[Part] = []
    for name in columns:
        at = signature.names.index(name)
        column, values = signature.columns[at], matrix[:, at]
        parts += [
            Part(name, label, chosen)
            for label, chosen in (
                _bands(column, values, bands.get(name) or quartiles.get(name, ()))
                if column.kind.is_ordered
                else _levels(column, values)
            )
        ]
        parts.append(Part(name, "missing", np.isnan(values)))
    return parts


def quartiles_of(values: Floats) -> list[float]:
    """Return where values are cut into four parts of about as many; fewer where they repeat, none where there are none.

    Parameters
    ----------
    values
        `(n_rows,)`, NaN where one is missing.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    cuts = np.unique(np.quantile(known, np.arange(1, _BANDS) / _BANDS))
    return [float(cut) for cut in cuts if cut > known.min()]


def _levels(column: Column, values: NDArray[np.float32]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    labels = ("false", "true") if column.kind is Kind.FLAG else (*column.categories, "unseen")
    for code, label in enumerate(labels):
        yield label, values == code


def _bands(
    column: Column, values: NDArray[np.float32], cuts: Sequence[float]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    if any(low >= high for low, high in pairwise(cuts)):
        raise ProjectError(
            f"the bands of {column.name} do not ascend: {', '.join(f'{cut:g}' for cut in cuts)}",
            where=f"keepfit.toml: [evaluation.bands] {column.name}",
            hint="name each cut once, the smallest first",
        )
    if not cuts:
        yield "any value", ~np.isnan(values)
        return
    edges = [-np.inf, *cuts, np.inf]
    for low, high in pairwise(edges):
        ends = [_shown(column, edge) for edge in (low, high)]
        label = (
            f"below {ends[1]}" if low == -np.inf else f"{ends[0]} and above" if high == np.inf else " to ".join(ends)
        )
        yield label, (values >= low) & (values < high)


def _shown(column: Column, edge: float) -> str:
    """Write a cut; between two days, the later one, from which on a date is above it."""
    return date_text(np.ceil(edge)) if column.kind is Kind.DATE and np.isfinite(edge) else f"{edge:g}"
