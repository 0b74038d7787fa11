"""What a run of the stream's benchmark says, in Markdown."""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import statistics
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from compared import Compared, compared  # the files beside this one
from contestants import OURS, RIVALS
from prequential import Answered
from recovery import ShiftFound
from surroundings import revision, write_section

from keepfit.arrays import Floats
from keepfit.evaluation import Estimate

WIDTH = 120
LIBRARIES = ("lightgbm", "river", "scikit-learn")
_SHIFTS = {
    "units": "other units: alcohol by mass, sulfur dioxide in mmol, sulphates as the ion",
    "taste": "another taste: alcohol, sulphates and volatile acidity of the opposite rank",
    "inverted": "the labels inverted",
}


@dataclass(frozen=True, slots=True)
class Report:
    """A run.

    Attributes
    ----------
    origin, rows
        Where the table came from, and how many rows it has.
    whole, distinct
        What each contestant said in each shuffle: of all rows, and of those that repeat no other.
    shifts
        What each shift did.
    load
        Of the machine, before and after.
    """

    origin: str
    rows: int
    whole: Mapping[str, Sequence[Answered]]
    distinct: Mapping[str, Sequence[Answered]]
    shifts: Sequence[ShiftFound]
    load: tuple[float, float]

    def markdown(self) -> str:
        """Return the whole."""
        whole, distinct = compared(self.whole), compared(self.distinct)
        parts = [
            textwrap.fill(self._lead(), WIDTH, break_long_words=False, break_on_hyphens=False),
            "\n".join(_scores_table(f"all {self.rows:,} rows", whole, self.whole)),
            "\n".join(_scores_table(f"{self._distinct_rows():,} rows, none twice", distinct, self.distinct)),
            *("\n".join(_shift_table(shift)) for shift in self.shifts),
            "\n".join(_targets(whole, distinct, self.shifts)),
        ]
        return "\n\n".join(parts)

    def _lead(self) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        shuffles, shifted = len(self.whole[OURS]), len(self.shifts[0].losses[OURS])
        return (
            f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, "
            f"keepfit {version('keepfit')} ({revision()}), {versions}; {dt.datetime.now(dt.UTC).date()}; load "
            f"{self.load[0]:.1f} before, {self.load[1]:.1f} after, from other work too; table: {self.origin}. Means "
            f"over {shuffles} shuffles, in brackets 95 % intervals over resampled wines; of shifts over {shifted} "
            "shuffles, in brackets 95 % intervals over these, and of their median number of batches the quartiles."
        )

    def _distinct_rows(self) -> int:
        return self.rows - len(self.whole[OURS][0].labels) + len(self.distinct[OURS][0].labels)


def write(report: Report) -> None:
    """Write the section of the README."""
    write_section("stream", report.markdown(), "stream/run.py")


def _scores_table(said: str, found: Mapping[str, Compared], answers: Mapping[str, Sequence[Answered]]) -> Iterator[str]:
    yield f"| {said} | log-loss | above the default's | ROC AUC | above the default's | told by itself | a batch, ms |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for name, one in found.items():
        scores, above = one.scores, one.above
        apart = ("", "") if name == OURS else (_signed(above["log_loss"]), _signed(above["roc_auc"]))
        loss, auc = np.mean([each.told_by_itself() for each in answers[name]], axis=0)
        took = statistics.median(np.concatenate([each.seconds for each in answers[name]])) * 1e3
        cells = (_score(scores["log_loss"]), apart[0], _score(scores["roc_auc"]), apart[1])
        yield f"| {name} | {' | '.join(cells)} | {loss:.3f} / {auc:.3f} | {took:.0f} |"


def _shift_table(found: ShiftFound) -> Iterator[str]:
    begin, new = found.before, found.new
    rows = "; no row twice" if found.is_distinct else ""
    yield (
        f"| {_SHIFTS[found.kind]}{rows} | log-loss before | batch 1 after | batches 2 to {new} | above the default's "
        "| back to its own level, batches | never | of the mean | back to the default's |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    ours = found.losses[OURS][:, begin : begin + new].mean(axis=1)
    for name, losses in found.losses.items():
        later = losses[:, begin : begin + new].mean(axis=1)
        own, common = found.until_back(name), found.until_back(name, OURS)
        cells = (
            _score(_mean(found.levels(name))),
            _score(_mean(losses[:, begin])),
            _score(_mean(losses[:, begin + 1 : begin + new].mean(axis=1))),
            "" if name == OURS else _signed(_mean(later - ours)),
            _batches(own),
            f"{np.isinf(own).sum()} of {len(own)}",
            _back(found.mean_until_back(name)),
            _batches(common),
        )
        yield f"| {name} | {' | '.join(cells)} |"


def _targets(
    whole: Mapping[str, Compared], distinct: Mapping[str, Compared], shifts: Sequence[ShiftFound]
) -> Iterator[str]:
    yield "| wanted of the default strategy | found | |"
    yield "|---|---|---|"
    for rows, said in ((whole, ""), (distinct, ", no row twice")):
        for name, whom in RIVALS.items():
            loss, auc = rows[name].above["log_loss"], rows[name].above["roc_auc"]
            yield f"| log-loss lower than of {whom}{said} | by {_score(loss)} | {_verdict(loss.low > 0)} |"
            yield f"| ROC AUC higher than of {whom}{said} | by {_score(_negative(auc))} | {_verdict(auc.high < 0)} |"
    for shift in shifts:
        ours = shift.until_back(OURS)
        for name, whom in RIVALS.items():
            theirs = shift.until_back(name)
            fewer, same, more = (int(which.sum()) for which in (ours < theirs, ours == theirs, ours > theirs))
            medians = f"medians {_middle(ours)} and {_middle(theirs)}"
            told = f"{medians}; fewer in {fewer} shuffles, as many in {same}, more in {more}"
            is_met = float(np.median(ours)) < float(np.median(theirs)) and fewer > more
            rows = ", no row twice" if shift.is_distinct else ""
            yield f"| {shift.kind}{rows}: back in fewer batches than {whom} | {told} | {_verdict(is_met)} |"


def _mean(values: Floats) -> Estimate:
    """Return the mean over the shuffles with the normal interval of their scatter."""
    room = 1.96 * float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    mean = float(values.mean())
    return Estimate(mean, mean - room, mean + room)


def _negative(one: Estimate) -> Estimate:
    return Estimate(-one.value, -one.high, -one.low)


def _score(one: Estimate) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" if math.isfinite(one.low) else f"{one.value:.3f}"


def _signed(one: Estimate) -> str:
    return f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}]" if math.isfinite(one.low) else f"{one.value:+.3f}"


def _back(one: Estimate) -> str:
    return f"{_number(one.value)} [{_number(one.low)}, {_number(one.high)}]"


def _batches(counts: Floats) -> str:
    low, high = np.quantile(counts, (0.25, 0.75), method="inverted_cdf")
    return f"{_middle(counts)} [{_number(low)}, {_number(high)}]"


def _middle(counts: Floats) -> str:
    return _number(float(np.median(counts)))


def _number(count: float) -> str:
    return "never" if math.isinf(count) else f"{count:g}"


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "**missed**"
