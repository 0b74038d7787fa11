"""The fingerprint of a table, one digest over names, types and values in order; and the digest of a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl


def fingerprint(frame: pl.DataFrame) -> str:
    """Return SHA-256, hexadecimal: equal for equal tables, whatever file or memory layout they come from.

    Each column contributes its name, its type, which rows are missing, and the bytes of the values that are not;
    whatever has no fixed width is preceded by its lengths, so no two tables give the same bytes.
    """
    digest = hashlib.sha256(f"{frame.height}".encode())
    for series in frame:
        dtype = str(series.dtype)
        digest.update(f"\x00{len(series.name)}:{series.name}{len(dtype)}:{dtype}".encode())
        digest.update(series.is_null().to_numpy().tobytes())
        for part in _value_bytes(series.drop_nulls()):
            digest.update(part)
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Return SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _value_bytes(known: pl.Series) -> tuple[bytes, ...]:
    """Return the values as bytes that are the same on every machine: little-endian numbers, or lengths and texts."""
    physical = known.to_physical() if known.dtype.is_temporal() else known
    if _has_fixed_width(physical.dtype):
        values = physical.to_numpy()
        return (values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes(),)
    is_text = known.dtype in (pl.String, pl.Categorical, pl.Enum)
    texts = known.cast(pl.String).to_list() if is_text else [repr(value) for value in known.to_list()]
    encoded = [text.encode() for text in texts]
    lengths = np.fromiter(map(len, encoded), dtype="<u8", count=len(encoded))
    return lengths.tobytes(), b"".join(encoded)


def _has_fixed_width(dtype: pl.DataType) -> bool:
    """Whether NumPy holds the values as plain numbers; decimals and 128-bit integers it does not."""
    if dtype.is_integer():
        return dtype not in (pl.Int128, pl.UInt128)
    return dtype.is_float() or dtype == pl.Boolean
