"""What a library says of its failure, in one line."""

from __future__ import annotations


def cause_of(error: Exception) -> str:
    """Return the first line of an error's text, or its kind where it has none."""
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__
