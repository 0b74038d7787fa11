"""The floor of a check: a window's Parquet is read in batches and counted in given bins; nothing is tested or written.

Usage: python floor.py bins REFERENCE FILE    (the bins: quantiles of numbers, levels of categories)
       python floor.py count WINDOW FILE      (in those bins: count and sum of numbers, count of categories)

Batch by batch with pyarrow and numpy, as many columns at a time as there are cores.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

BINS = 32
BATCH_ROWS = 131_072
Floats = NDArray[np.float64]


def bins(path: Path) -> dict[str, list[Any]]:
    """Return the inner edges of each number's bins, and the levels of each category."""
    table = pq.read_table(path)
    return {name: _bins(table[name].combine_chunks()) for name in table.column_names}


def _bins(values: pa.Array) -> list[Any]:
    known = values.drop_null()
    if pa.types.is_string(known.type) or pa.types.is_large_string(known.type):
        return sorted(known.unique().to_pylist())
    quantiles = np.quantile(known.to_numpy(), np.arange(1, BINS) / BINS, method="inverted_cdf")
    return np.unique(quantiles).tolist()


def counted(path: Path, known: Mapping[str, list[Any]]) -> dict[str, Floats]:
    """Return the counts, and of a number the sums, of each column; the last column counts missing values."""
    categories = [name for name, limits in known.items() if isinstance(limits[0], str)]
    file = pq.ParquetFile(path, read_dictionary=categories)
    edges = {name: np.array(limits) for name, limits in known.items()}
    found: dict[str, Floats] = {}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for batch in file.iter_batches(BATCH_ROWS, columns=list(known)):
            parts = threads.map(lambda name: _counted(batch[name], edges[name]), known)  # noqa: B023 - used at once
            for name, part in zip(known, parts, strict=True):
                found[name] = found[name] + part if name in found else part
    return found


def _counted(values: pa.Array, limits: NDArray[Any]) -> Floats:
    if pa.types.is_dictionary(values.type):
        return _category(values, limits)
    known = values.drop_null().to_numpy(zero_copy_only=False)
    at = np.searchsorted(limits, known, side="left")
    counts = np.append(np.bincount(at, minlength=len(limits) + 1), values.null_count)
    sums = np.append(np.bincount(at, weights=known, minlength=len(limits) + 1), 0.0)
    return np.stack([counts, sums])


def _category(values: pa.DictionaryArray, levels: NDArray[Any]) -> Floats:
    words = values.dictionary.to_numpy(zero_copy_only=False).astype(str)
    at = np.minimum(np.searchsorted(levels, words), len(levels) - 1)
    codes = np.where(levels[at] == words, at, len(levels))  # the last but one counts what has no level
    counts = np.bincount(values.indices.drop_null().to_numpy(), minlength=len(words))
    by_level = np.bincount(codes, weights=counts, minlength=len(levels) + 1)
    return np.append(by_level, values.null_count)[None]


def main() -> None:
    """Write the bins, or count in them."""
    what, table, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if what == "bins":
        file.write_text(json.dumps(bins(table)), encoding="utf-8")
        return
    found = counted(table, json.loads(file.read_text(encoding="utf-8")))
    print(json.dumps({name: float(counts[0].sum()) for name, counts in found.items()}))


if __name__ == "__main__":
    main()
