"""The texts of a category's values: what its vocabulary is made of, whatever type the table has."""

from __future__ import annotations

import polars as pl


def category_texts(series: pl.Series) -> pl.Series:
    """Return values as `keepfit.signature.label_text` writes them, so that 1, 1.0 and "1" are one; NaN is missing."""
    if not series.dtype.is_float():
        return series.cast(pl.String)
    known = series.fill_nan(None)
    whole = (known == known.round()) & known.is_finite()
    texts = pl.when(whole).then(known.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(known.cast(pl.String))
    return pl.select(texts.alias(series.name)).to_series()
