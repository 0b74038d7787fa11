"""The texts of a category's values: what its vocabulary is made of, whatever type the table has."""

from __future__ import annotations

import polars as pl

from keepfit.signature import label_text

_WRITTEN_ALIKE = (1e-4, 1e15)  # between these polars writes a fraction, and a whole number without one, as Python does


def category_texts(series: pl.Series) -> pl.Series:
    """Return values as `keepfit.signature.label_text` writes them, so that 1, 1.0 and "1" are one; NaN is missing."""
    if not series.dtype.is_float():
        return series.cast(pl.String)
    known = series.fill_nan(None)
    whole = (known == known.round()) & (known.abs() < _WRITTEN_ALIKE[1])
    plain = known.cast(pl.String)
    texts = pl.when(whole).then(known.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(plain)
    found = pl.select(texts.alias(series.name)).to_series()
    is_odd = ~whole & ~known.abs().is_between(*_WRITTEN_ALIKE)
    odd = plain.filter(is_odd).unique().to_list()
    if not odd:
        return found
    return found.set(is_odd, None).fill_null(
        plain.replace_strict(odd, [label_text(float(text)) for text in odd], default=None)
    )
