"""Rows that neither teach nor are held out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many rows are left out, and why: a clause that goes on from "as"."""

    rows: int
    reason: str
