"""The page of a backtest: every strategy on the same batches, each asked before it learns, and which is recommended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from keepfit.arrays import Floats
from keepfit.evaluation import Estimate
from keepfit.evaluation.anytime import RunningMean
from keepfit.reporting import Badge, Bullets, Cell, Figure, KeyFigure, Page, Section, Table, TableColumn, Worded
from keepfit.retraining.batch_facts import BatchFacts
from keepfit.retraining.score_chart import score_chart, score_line

_LEAD = "Each batch is predicted before it is learnt. ROC AUC and F1 are of the newest rows."


@dataclass(frozen=True, slots=True)
class Tried:
    """A strategy that went through all batches.

    Attributes
    ----------
    strategy
        Its name.
    history
        Its batches, in which it is the challenger; `frozen` is what it was at the beginning.
    loss, frozen_loss
        Log-loss over all rows: of what learnt, and of what it was at the beginning.
    """

    strategy: str
    history: tuple[BatchFacts, ...]
    loss: Estimate
    frozen_loss: Estimate

    @property
    def batch_losses(self) -> Floats:
        """Log-loss of each batch, `(n_batches,)`."""
        return np.array([facts.batch["challenger"]["log_loss"] for facts in self.history], dtype=np.float64)

    @property
    def milliseconds(self) -> float:
        """How long a batch is learnt, the median."""
        return 1000 * median(facts.learn_seconds for facts in self.history)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What was tried on which rows.

    Attributes
    ----------
    project, made_at
        The project's name, and when.
    began
        What each strategy began with, in words.
    streamed
        What came in batches, in words.
    rows, batches
        How many came.
    tried
        The strategies, the best first, at least one.
    warning
        What is wrong with the table; empty for nothing.
    """

    project: str
    made_at: str
    began: str
    streamed: str
    rows: int
    batches: int
    tried: tuple[Tried, ...]
    warning: str

    @property
    def recommended(self) -> Tried:
        """The strategy of the lowest log-loss."""
        return self.tried[0]

    def behind(self, one: Tried) -> Estimate:
        """Return by how much a strategy's log-loss of a batch is above the recommended one's, batch by batch."""
        return RunningMean().with_values(one.batch_losses - self.recommended.batch_losses).estimate()


def backtest_page(found: Backtest) -> Page:
    """Compose the page of a backtest."""
    best = found.recommended
    return Page(
        title=f"{found.project}: ways to learn batch by batch",
        subtitle=f'{found.batches:,} batches, {found.rows:,} rows. "{best.strategy}" predicted them best.',
        sections=[
            Section("Strategies", [_table(found)], lead=_LEAD),
            Section("Batch by batch", [_chart(found, "log_loss"), _chart(found, "roc_auc")]),
            Section("Protocol", [Bullets(_protocol(found))]),
        ],
        badge=Badge("ok", f'strategy = "{best.strategy}"'),
        key_figures=[
            KeyFigure("log-loss", f"{best.loss.value:.3f}", f"{best.loss.low:.3f} to {best.loss.high:.3f}"),
            KeyFigure("log-loss, never updated", f"{best.frozen_loss.value:.3f}"),
            KeyFigure("ms to learn a batch", f"{best.milliseconds:.0f}"),
        ],
        notice=found.warning,
        footer=f"Made by Keepfit at {found.made_at}.",
    )


def _table(found: Backtest) -> Table:
    columns = [
        TableColumn("strategy"),
        TableColumn("log-loss", is_number=True),
        TableColumn("above the best, by batch", is_number=True),
        TableColumn("never updated", is_number=True, form=".3f"),
        TableColumn("ROC AUC", is_number=True, form=".3f"),
        TableColumn("F1", is_number=True, form=".3f"),
        TableColumn("ms a batch", is_number=True, form=".0f"),
        TableColumn("trees", is_number=True, form=",d"),
    ]
    rows: list[list[Cell]] = []
    for one in found.tried:
        newest, behind = one.history[-1], found.behind(one)
        told = Worded(f"{one.loss.value:.3f} ({one.loss.low:.3f} to {one.loss.high:.3f})", one.loss.value)
        above = f"{behind.value:+.3f} ({behind.low:+.3f} to {behind.high:+.3f})"
        is_best = one is found.recommended
        rows.append(
            [
                one.strategy,
                told,
                Worded("" if is_best else above, behind.value),
                one.frozen_loss.value,
                newest.windowed["challenger"]["roc_auc"],
                newest.windowed["challenger"]["f1"],
                one.milliseconds,
                newest.trees,
            ]
        )
    return Table(columns, rows)


def _chart(found: Backtest, metric: str) -> Figure:
    lines = [score_line(one.strategy, one.history, "challenger", metric) for one in found.tried]
    return score_chart(metric, lines, found.recommended.history)


def _protocol(found: Backtest) -> Sequence[str]:
    interval = "Log-loss of all rows has a normal 95 % interval, rows taken as independent"
    return [
        f"Every strategy began with {found.began}; {found.streamed} came in batches.",
        "Prequential: a row is predicted before it is learnt. Drift of the loss is acted on as in the stream itself.",
        f"{interval}; that of the difference is paired, batch by batch.",
        "The best of several is a little too good on the rows that chose it: what it will do is seen on later ones.",
    ]
