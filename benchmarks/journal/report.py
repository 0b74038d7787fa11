"""What a run of the journal's benchmark says, in Markdown."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sqlite3
import statistics
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from surroundings import revision, write_section
from writing import Case, Turn  # the file beside this one

WIDTH = 120
READ_SECONDS, READ_MEGABYTES = 3.0, 2**30 / 1e6
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a window took: the process's peak includes its libraries."""

    rows: int
    seconds: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Report:
    """A run.

    Attributes
    ----------
    turns, readings
        What was measured, by the database's name.
    window
        Rows of the window that was read.
    origin
        Where the table came from.
    load
        Of the machine, before and after.
    sync_us
        What it takes to make 4 kB durable on the disk of the journals.
    server
        PostgreSQL's version, None where it is not installed.
    """

    turns: dict[tuple[str, Case], list[Turn]]
    readings: list[tuple[str, Reading]]
    window: int
    origin: str
    load: tuple[float, float]
    sync_us: float
    server: str | None

    def markdown(self) -> str:
        """Return the whole."""
        tables = ["\n".join(self._writes()), "\n".join(self._reads())]
        missing = [] if self.server else ["PostgreSQL is not installed here, and was not measured."]
        return "\n\n".join([_wrapped(self._lead()), *tables, *missing])

    def _lead(self) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        count = len(next(iter(self.turns.values())))
        server = f"PostgreSQL {self.server}, psycopg {version('psycopg')}, " if self.server else ""
        return (
            f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, "
            f"keepfit {version('keepfit')} ({revision()}), SQLite {sqlite3.sqlite_version}, {server}"
            f"msgspec {version('msgspec')}; {dt.datetime.now(dt.UTC).date()}; load {self.load[0]:.1f} before, "
            f"{self.load[1]:.1f} after; fdatasync of 4 kB {self.sync_us:.0f} µs; table: {self.origin}. Medians of "
            f"{count} turns, in brackets their range; MB are 10^6 bytes."
        )

    def _writes(self) -> Iterator[str]:
        yield "| database | who writes | journal, rows/s | rows a commit | driver, rows/s | ratio | wanted | |"
        yield "|---|---|--:|--:|--:|--:|--:|---|"
        for (name, case), turns in self.turns.items():
            journal, bare = (_ranged([getattr(one, what) for one in turns], ",.0f") for what in ("journal", "bare"))
            shared = statistics.median(one.rows_a_commit for one in turns)
            ratios = [one.ratio for one in turns]
            wanted, goal = case.wanted, " | "
            if wanted is not None:
                goal = f"≥ {wanted:.0%} | {_said(is_met=statistics.median(ratios) >= wanted)}"
            yield f"| {name} | {case.title} | {journal} | {shared:.1f} | {bare} | {_ranged(ratios, '.0%')} | {goal} |"

    def _reads(self) -> Iterator[str]:
        limits = f"< {READ_SECONDS:g} s, < {READ_MEGABYTES:,.0f} MB" if self.window == MILLION else ""
        yield f"| database | {self.window:,} rows into columns, s | CPU of the reader, s | peak RSS, MB | wanted | |"
        yield "|---|--:|--:|--:|--:|---|"
        for name in dict(self.readings):
            ones = [one for whose, one in self.readings if whose == name]
            seconds, megabytes = [one.seconds for one in ones], [one.megabytes for one in ones]
            is_met = statistics.median(seconds) < READ_SECONDS and max(megabytes) < READ_MEGABYTES
            cells = (
                _ranged(seconds, ".2f"),
                _ranged([one.cpu_seconds for one in ones], ".2f"),
                _ranged(megabytes, ".0f"),
            )
            yield f"| {name} | {' | '.join(cells)} | {limits} | {_said(is_met=is_met) if limits else ''} |"


def write(report: Report) -> None:
    """Write the section of the README."""
    write_section("journal", report.markdown(), "journal/run.py")


def _said(*, is_met: bool) -> str:
    return "met" if is_met else "**missed**"


def _ranged(values: Sequence[float], form: str) -> str:
    middle = f"{statistics.median(values):{form}}"
    return middle if len(values) == 1 else f"{middle} [{min(values):{form}}, {max(values):{form}}]"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
