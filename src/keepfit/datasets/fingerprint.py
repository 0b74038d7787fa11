"""The fingerprint of a table: one digest over names, types and values in order."""

from __future__ import annotations

import hashlib

import polars as pl


def fingerprint(frame: pl.DataFrame) -> str:
    """Return SHA-256, hexadecimal: equal for equal tables, whatever file or memory layout they come from.

    Each column contributes its name, its type, which rows are missing, and the bytes of the values that are not.
    """
    digest = hashlib.sha256(f"{frame.height}".encode())
    for series in frame:
        known = series.drop_nulls()
        digest.update(f"\x00{series.name}\x00{series.dtype}\x00".encode())
        digest.update(series.is_null().to_numpy().tobytes())
        if known.dtype.is_numeric() or known.dtype == pl.Boolean:
            digest.update(known.to_numpy().tobytes())
        else:
            texts = known.cast(pl.String)
            digest.update(texts.str.len_bytes().to_numpy().tobytes())
            digest.update("".join(texts.to_list()).encode())
    return digest.hexdigest()
