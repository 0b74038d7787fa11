"""Texts of digits that are no numbers: `007`, a telephone, a long account. As numbers they would lose a part."""

from __future__ import annotations

import polars as pl

_CODE = r"^(0[0-9]|\+[0-9]+$)"
_WHOLE = r"^-?[0-9]+$"


def is_marked_code(texts: pl.Expr) -> pl.Expr:
    """Whether a text begins with a zero and another digit, or is a plus and digits."""
    return texts.str.contains(_CODE)


def is_code(texts: pl.Expr) -> pl.Expr:
    """Whether a text is a code: it is marked as one, or it is a whole number that no integer type holds."""
    is_huge = texts.str.contains(_WHOLE) & texts.cast(pl.Int128, strict=False).is_null()
    return is_marked_code(texts) | is_huge
