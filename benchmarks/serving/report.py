"""What a run of the serving benchmark says: tables in Markdown, and a figure for each model."""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import statistics
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from load import Load  # the files beside this one
from measure import Found, Measured, Plan
from servers import CEILING, DURABLE, KEEPFIT, OURS
from surroundings import ROOT, revision, write_section

from keepfit.reporting import write_drawings
from keepfit.reporting.figures import Interval, interval_chart
from keepfit.reporting.page import Page, Section

PICTURES = ROOT / "docs" / "pictures"
TITLES = {
    "random_forest": "Random forest of 141 trees",
    "lightgbm": "LightGBM of 200 trees",
    "pipeline": "The forest behind a step of a user's own, which no graph can hold",
}
APART_LEAST = 800  # requests a second at 32 connections of a pipeline in a process of its own
LEAST = {("random_forest", 1): 50, ("random_forest", 32): 120, ("lightgbm", 32): 80}
CEILING_SHARE = 0.25
TAIL_TIMES = 5.0
READY_SECONDS = 1.0
RSS_MEGABYTES = 150
SIZE_MEGABYTES = 350
LATE_SHARE = 0.5
BUSY = 0.9
WIDTH = 120
MEGABYTES = "MB are 10^6 bytes"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of what the rounds said, and its ends."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of values; NaN of none."""
        return cls(statistics.median(values), min(values), max(values)) if values else cls(*[math.nan] * 3)


@dataclass(frozen=True, slots=True)
class Report:
    """A run.

    Attributes
    ----------
    found
        What is known of each server, by model.
    plan
        How it was measured.
    installed
        Megabytes of the core's install.
    origin
        Where the table came from.
    load
        Of the machine, before and after.
    sync_us
        What it takes to make 4 kB durable on the disk of the journal.
    """

    found: dict[str, list[Found]]
    plan: Plan
    installed: float
    origin: str
    load: tuple[float, float]
    sync_us: float

    def markdown(self) -> str:
        """Return the whole."""
        parts = [_wrapped(self._lead())]
        for model, ones in self.found.items():
            parts.append(f"### {TITLES[model]}")
            parts.append("\n".join(self._table(ones)))
            ratios = list(self._ratios(ones))
            if ratios:
                parts.append("\n".join(ratios))
        parts.append("### Targets")
        parts.append("\n".join(self._targets()))
        remarks = [f"- {remark}" for remark in self._remarks()]
        if remarks:
            parts.append("\n".join(_wrapped(remark, indent="  ") for remark in remarks))
        return "\n\n".join(parts)

    def _lead(self) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        return (
            f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, "
            f"keepfit {version('keepfit')} ({revision()}), onnxruntime {version('onnxruntime')}, "
            f"uvicorn {version('uvicorn')}; {dt.datetime.now(dt.UTC).date()}; load {self.load[0]:.1f} before, "
            f"{self.load[1]:.1f} after; fdatasync of 4 kB {self.sync_us:.0f} µs; table: {self.origin}. "
            f"{_rounds(self.plan.rounds)} of {self.plan.seconds:g} s or more for each load, in brackets their range; "
            f"{MEGABYTES}."
        )

    def _table(self, ones: Sequence[Found]) -> Iterator[str]:
        counts = self.plan.connections
        loads = "".join(f" {count} conn., req/s | p50 / p99, ms |" for count in counts)
        used = " / ".join(map(str, counts))
        rest = f"CPU, µs, {used} conn. | half its rate, p50 / p99, ms | ready, s | PSS, MB (processes) | wrong of 1000"
        yield f"| server |{loads} {rest} |"
        yield f"|---|{'--:|' * (2 * len(counts) + 5)}"
        for one in ones:
            yield f"| {one.server.title} | {self._cells(one)} |"

    def _cells(self, one: Found) -> str:
        counts = self.plan.connections
        if not one.rounds:
            return " | ".join([one.error.replace("|", "/"), *[""] * (2 * len(counts) + 4)])
        cells = []
        for count in counts:
            cells.append(_ranged(_spread(one, lambda done, count=count: done.loads[count].rate), ",.0f"))
            cells.append(_latencies(one, lambda done, count=count: done.loads[count]))
        used = [_middle(one, lambda done, count=count: done.loads[count].cpu_us) for count in counts]
        cells.append(" / ".join(f"{microseconds:,.0f}" for microseconds in used))
        cells.append(_latencies(one, lambda done: done.paced))
        cells.append(f"{_middle(one, lambda done: done.ready_seconds):.2f}")
        processes = statistics.median(done.processes for done in one.rounds)
        cells.append(f"{_middle(one, lambda done: done.pss):.0f} ({processes:.0f})")
        cells.append(
            "" if one.server in (CEILING, DURABLE) else f"{one.wrong}{f' (by {one.furthest:.2f})' if one.wrong else ''}"
        )
        return " | ".join(cells)

    def _ratios(self, ones: Sequence[Found]) -> Iterator[str]:
        ours = _named(ones, KEEPFIT.name)
        others = [one for one in ones if one.server is not KEEPFIT and one.rounds]
        if not (ours and ours.rounds and others):
            return
        counts = self.plan.connections
        heads = "".join(f" {count} conn. |" for count in counts)
        yield f"| `keepfit serve` to |{heads} CPU of a request, {max(counts)} conn., theirs to ours |"
        yield f"|---|{'--:|' * (len(counts) + 1)}"
        for one in others:
            cells = [
                _ranged(_ratio(ours, one, lambda done, count=count: done.loads[count].rate), ".3g") for count in counts
            ]
            cpu = _ratio(one, ours, lambda done: done.loads[max(counts)].cpu_us)
            yield f"| {one.server.title} | {' | '.join([*cells, _ranged(cpu, '.3g')])} |"

    def _targets(self) -> Iterator[str]:
        yield "| target | wanted | measured | |"
        yield "|---|--:|--:|---|"
        for what, wanted, measured, is_met in self._goals():
            yield f"| {what} | {wanted} | {measured} | {'met' if is_met else '**missed**'} |"

    def _goals(self) -> Iterator[tuple[str, str, str, bool]]:
        """Yield each target: what, wanted, measured, and whether it is met."""
        many = max(self.plan.connections)
        for model, ones in self.found.items():
            ours, name = _named(ones, KEEPFIT.name), TITLES[model]
            if not (ours and ours.rounds):
                yield f"{name}: an answer", "", ours.error if ours else "not measured", False
                continue
            if model == "pipeline":
                rate = _middle(ours, lambda done: done.loads[many].rate)
                yield f"{name}: {many} conn.", f"≥ {APART_LEAST}/s", f"{rate:,.0f}/s", rate >= APART_LEAST
                continue
            for count in self.plan.connections:
                if (model, count) in LEAST:
                    yield from self._peer_goal(name, ones, count, LEAST[model, count])
            ceiling = _named(ones, CEILING.name)
            if ceiling and ceiling.rounds:
                share = _ratio(ours, ceiling, lambda done: done.loads[many].rate).middle
                told = f"{share:.0%} (by CPU {_ratio(ceiling, ours, lambda done: done.loads[many].cpu_us).middle:.0%})"
                yield f"{name}: of the ceiling, {many} conn.", f"≥ {CEILING_SHARE:.0%}", told, share >= CEILING_SHARE
            yield f"{name}: requests that failed", "0", str(_failed(ours)), not _failed(ours)
            tail = _middle(ours, lambda done: done.paced.p99_ms / done.paced.p50_ms)
            yield f"{name}: p99 to p50 at half its rate", f"≤ {TAIL_TIMES:g} times", f"{tail:.1f}", tail <= TAIL_TIMES
            ready, rss = _middle(ours, lambda done: done.ready_seconds), _middle(ours, lambda done: done.rss)
            yield f"{name}: ready", f"< {READY_SECONDS:g} s", f"{ready:.2f} s", ready < READY_SECONDS
            yield f"{name}: resident (RSS)", f"< {RSS_MEGABYTES} MB", f"{rss:.0f} MB", rss < RSS_MEGABYTES
        is_small = self.installed < SIZE_MEGABYTES
        yield "installed size of the core", f"< {SIZE_MEGABYTES} MB", f"{self.installed:.0f} MB", is_small

    def _peer_goal(
        self, name: str, ones: Sequence[Found], count: int, wanted: float
    ) -> Iterator[tuple[str, str, str, bool]]:
        """Yield the target of the fastest peer that answers row by row."""
        peers = [one for one in ones if one.rounds and one.server not in OURS]
        peers = [one for one in peers if not one.server.has_batches]
        if not peers:
            return
        ours = next(one for one in ones if one.server is KEEPFIT)
        times = [_ratio(ours, one, lambda done: done.loads[count].rate).middle for one in peers]
        least = min(times)
        fastest = peers[times.index(least)]
        cpu = _ratio(fastest, ours, lambda done: done.loads[count].cpu_us).middle
        told = f"{least:.3g} times ({fastest.server.title}; by CPU {cpu:.3g})"
        yield f"{name}: every peer without batches, {count} conn.", f"≥ {wanted:g} times", told, least >= wanted

    def _remarks(self) -> Iterator[str]:
        for model, ones in self.found.items():
            for one in ones:
                yield from (f"{TITLES[model]}, {one.server.title}: {remark}." for remark in _doubts(one))


def _doubts(one: Found) -> Iterator[str]:
    """Yield what a reader of a server's figures must know."""
    if one.error and one.rounds:
        yield f"only {len(one.rounds)} rounds, then {one.error}"
    if _failed(one):
        yield f"{_failed(one)} requests failed"
    if one.journalled is not None:
        is_kept = one.acknowledged <= one.journalled <= one.acknowledged + one.in_flight
        yield (
            f"{one.acknowledged:,} answers, {one.journalled:,} rows in the journal; at the end of a load wrk hangs up "
            f"on what is in flight, here {one.in_flight} at most{'' if is_kept else ': **the journal is wrong**'}"
        )
    if any(load.client_share > BUSY for done in one.rounds for load in done.loads.values()):
        yield "wrk was the limit"
    if one.rounds and _middle(one, lambda done: done.paced.late_ms / done.paced.p99_ms) > LATE_SHARE:
        late = _middle(one, lambda done: done.paced.late_ms)
        yield f"at the steady pace the client itself was late by {late:.2g} ms (p99), kept from its core by others"


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _rounds(count: int) -> str:
    return "One round" if count == 1 else f"Medians of {count} rounds"


def _failed(one: Found) -> int:
    return sum(load.failed for done in one.rounds for load in (*done.loads.values(), done.paced))


def _named(ones: Sequence[Found], name: str) -> Found | None:
    return next((one for one in ones if one.server.name == name), None)


def _spread(one: Found, of: Callable[[Measured], float]) -> Spread:
    return Spread.of([of(done) for done in one.rounds])


def _middle(one: Found, of: Callable[[Measured], float]) -> float:
    return _spread(one, of).middle


def _ratio(one: Found, other: Found, of: Callable[[Measured], float]) -> Spread:
    """Return the ratio of two servers, round by round."""
    return Spread.of([of(mine) / of(its) for mine, its in zip(one.rounds, other.rounds, strict=False)])


def _latencies(one: Found, of: Callable[[Measured], Load]) -> str:
    values = _middle(one, lambda done: of(done).p50_ms), _middle(one, lambda done: of(done).p99_ms)
    return " / ".join(f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in values)  # noqa: PLR2004


def _ranged(spread: Spread, form: str) -> str:
    if spread.low == spread.high:
        return f"{spread.middle:{form}}"
    return f"{spread.middle:{form}} [{spread.low:{form}}, {spread.high:{form}}]"


def write(report: Report) -> None:
    """Write the section of the README, and the pictures."""
    shown = "\n".join(draw(report, model) for model in report.found if model != "pipeline")
    write_section("serving", f"{report.markdown()}\n\n{shown}", "serving/run.py")


def draw(report: Report, model: str) -> str:
    """Draw the requests a second of a model's servers, and return the Markdown that shows it."""
    many = max(report.plan.connections)
    ones = [one for one in report.found[model] if one.server not in (CEILING, DURABLE)]
    spreads = {one.server.name: _spread(one, lambda done: done.loads[many].rate) for one in ones}
    rows = [
        Interval(
            one.server.title.strip("*").replace("`", ""),
            spreads[one.server.name].middle,
            spreads[one.server.name].low,
            spreads[one.server.name].high,
            is_marked=one.server is KEEPFIT,
        )
        for one in ones
    ]
    ceiling = _named(report.found[model], CEILING.name)
    line = _middle(ceiling, lambda done: done.loads[many].rate) if ceiling and ceiling.rounds else None
    title = f"{TITLES[model]}: requests a second, one core, {many} connections"
    chart = interval_chart(title, rows, line=line, line_name="ceiling")
    name = f"serving-{model.replace('_', '-')}.svg"
    with tempfile.TemporaryDirectory() as folder:
        (drawn,) = write_drawings(
            Page(title="serving", subtitle="", sections=[Section("serving", [chart])]), Path(folder)
        )
        (PICTURES / name).write_bytes(drawn.read_bytes())
    return f"![{title}](../docs/pictures/{name})"
