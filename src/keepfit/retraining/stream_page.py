"""The page of a stream: how every model did on rows that it had not learnt, and who took over when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keepfit.evaluation import METRICS, Estimate
from keepfit.reporting import (
    Badge,
    Bullets,
    Cell,
    Details,
    KeyFigure,
    Page,
    Paragraph,
    Section,
    Table,
    TableColumn,
    Worded,
)
from keepfit.reporting.figures import BatchEvent, BatchLine, batch_chart
from keepfit.retraining.batch_facts import ROLES, BatchFacts, Role
from keepfit.retraining.score_chart import score_chart, score_line
from keepfit.retraining.takeover import LEAST_OF_A_CLASS

_SHOWN_BATCHES = 200
_WORDS: Mapping[Role, str] = {
    "champion": "champion",
    "challenger": "challenger, which learns",
    "frozen": "champion of the beginning",
    "prior": "share of positives",
}


@dataclass(frozen=True, slots=True)
class StreamSummary:
    """What a stream was, beside its batches.

    Attributes
    ----------
    project, made_at
        The project's name, and when the page was made.
    learner
        What learns, in words.
    batches, rows, left_out, refused
        What was learnt since it began, rows without a label, deliveries that were refused.
    champion, frozen
        The version that is champion now, and the one of the beginning.
    promotions
        How often the challenger took over.
    losses
        Log-loss over all rows of the stream, by role.
    fading, min_rows, significance
        As declared.
    warning
        What is wrong with the table; empty for nothing.
    """

    project: str
    made_at: str
    learner: str
    batches: int
    rows: int
    left_out: int
    refused: int
    champion: int
    frozen: int
    promotions: int
    losses: Mapping[Role, Estimate]
    fading: float
    min_rows: int
    significance: float
    warning: str


def stream_page(summary: StreamSummary, history: Sequence[BatchFacts]) -> Page:
    """Compose the page of a stream from its newest batches, the oldest first, at least one."""
    promotions = [facts for facts in history if facts.promoted is not None]
    events = [BatchEvent(facts.number, f"v{facts.promoted} takes over") for facts in promotions]
    events += [BatchEvent(facts.number, "loss rises", is_bad=True) for facts in history if facts.drifted]
    served = summary.losses["champion"]
    return Page(
        title=f"{summary.project}: learnt batch by batch",
        subtitle=f"{summary.batches:,} batches, {summary.rows:,} rows. {_subtitle(summary, promotions)}",
        sections=[
            Section("What happened", [Bullets(_happened(summary, history))]),
            _score_section(history, events),
            _role_section(summary, history[-1]),
            Section("Versions that took over", _versions(promotions)),
            _learner_section(summary, history, events),
            Section("Batches", [Details(f"the newest {min(len(history), _SHOWN_BATCHES)}", [_batches(history)])]),
            Section("Protocol", [Bullets(_protocol(summary))]),
        ],
        badge=Badge("ok", f"v{summary.champion} is champion"),
        key_figures=[
            KeyFigure("log-loss, as served", f"{served.value:.3f}", _range(served)),
            KeyFigure("log-loss, never updated", _value(summary.losses["frozen"]), _range(summary.losses["frozen"])),
            KeyFigure("log-loss, share of positives", _value(summary.losses["prior"])),
            KeyFigure("took over", f"{summary.promotions:,}"),
        ],
        notice=summary.warning,
        footer=f"Made by Keepfit at {summary.made_at}.",
    )


def _subtitle(summary: StreamSummary, promotions: Sequence[BatchFacts]) -> str:
    if summary.champion == summary.frozen:
        return f"v{summary.champion} is champion as at the beginning."
    if promotions and promotions[-1].promoted == summary.champion:
        since = f"v{summary.champion} is champion since batch {promotions[-1].number}"
        return f"{since}; at the beginning it was v{summary.frozen}."
    return f"v{summary.champion} is champion; at the beginning it was v{summary.frozen}."


def _happened(summary: StreamSummary, history: Sequence[BatchFacts]) -> list[str]:
    told = []
    for facts in history:
        told += [
            f"Batch {facts.number}: the {role}'s loss has risen for good (ADWIN on its squared errors)."
            for role in facts.drifted
        ]
        if facts.promoted is not None:
            told.append(f"Batch {facts.number}: v{facts.promoted} takes over: {facts.takeover.reason}.")
        if facts.proposed is not None:
            told.append(f"Batch {facts.number}: v{facts.proposed} is proposed: {facts.takeover.reason}.")
        if facts.refusal:
            told.append(f"Batch {facts.number}: the challenger is better, and could not take over: {facts.refusal}")
    if not told:
        told = [f"No loss rose, and the challenger did not take over: {history[-1].takeover.reason}."]
    if summary.left_out:
        told.append(f"{summary.left_out:,} rows had no label; they were not learnt.")
    if summary.refused:
        told.append(f"{summary.refused:,} deliveries were refused; the run log says why.")
    return told


def _score_section(history: Sequence[BatchFacts], events: Sequence[BatchEvent]) -> Section:
    charts = []
    for metric in ("log_loss", "roc_auc", "f1"):
        roles = ROLES if metric == "log_loss" else ROLES[:-1]
        lines = [score_line(_WORDS[role], history, role, metric) for role in roles]
        charts.append(score_chart(metric, lines, history, events))
    lead = "Each batch is predicted before it is learnt; newer rows weigh more."
    return Section("Scores of each batch before it is learnt", charts, lead=lead)


def _role_section(summary: StreamSummary, newest: BatchFacts) -> Section:
    names = list(newest.windowed["champion"])
    columns = [TableColumn("model"), TableColumn("log-loss of all rows", is_number=True)]
    columns += [TableColumn(METRICS[name].title, is_number=True, form=".3f") for name in names]
    rows: list[list[Cell]] = []
    for role in ROLES:
        loss = summary.losses[role]
        told = Worded(f"{loss.value:.3f} ({_range(loss)})", loss.value)
        rows.append([_WORDS[role], told, *(newest.windowed[role][name] for name in names)])
    rows_shown = round(1 / (1 - summary.fading))
    lead = f"Log-loss of all rows with its 95 % interval; then of the newest {rows_shown:,}, which count the same."
    return Section("Where the models stand", [Table(columns, rows)], lead=lead)


def _versions(promotions: Sequence[BatchFacts]) -> list[Table | Paragraph]:
    if not promotions:
        return [Paragraph("None took over.")]
    columns = [
        TableColumn("version"),
        TableColumn("after batch", is_number=True, form="d"),
        TableColumn("rows compared", is_number=True, form=",d"),
        TableColumn("log-loss lower by", is_number=True, form=".3f"),
        TableColumn("by more than", is_number=True, form=".3f"),
        TableColumn("trees", is_number=True, form=",d"),
    ]
    rows: list[list[Cell]] = [
        [
            f"v{facts.promoted}",
            facts.number,
            facts.compared_rows,
            facts.takeover.gain,
            facts.takeover.bound,
            facts.trees,
        ]
        for facts in promotions
    ]
    return [
        Table(columns, rows),
        Paragraph("Each is in the registry; `keepfit promote VERSION` or `keepfit rollback` brings one back."),
    ]


def _learner_section(summary: StreamSummary, history: Sequence[BatchFacts], events: Sequence[BatchEvent]) -> Section:
    milliseconds = BatchLine("learning a batch", [(facts.number, 1000 * facts.learn_seconds) for facts in history])
    charts = [batch_chart("Milliseconds to learn", [milliseconds], events)]
    grown = [(facts.number, facts.trees) for facts in history if facts.trees is not None]
    if grown:
        charts.append(batch_chart("Trees", [BatchLine("trees", grown)], events))
    return Section("What learns", charts, lead=f"{summary.learner}.")


def _batches(history: Sequence[BatchFacts]) -> Table:
    columns = [
        TableColumn("batch", is_number=True, form="d"),
        TableColumn("from"),
        TableColumn("rows", is_number=True, form="d"),
        *(TableColumn(f"log-loss, {role}", is_number=True, form=".3f") for role in ROLES),
        *(TableColumn(f"ROC AUC, {role}", is_number=True, form=".3f") for role in ("champion", "challenger")),
        TableColumn("ms", is_number=True, form=".0f"),
    ]
    rows: list[list[Cell]] = [
        [
            facts.number,
            facts.name,
            facts.rows,
            *(facts.batch[role]["log_loss"] for role in ROLES),
            facts.batch["champion"]["roc_auc"],
            facts.batch["challenger"]["roc_auc"],
            1000 * facts.learn_seconds,
        ]
        for facts in history[-_SHOWN_BATCHES:]
    ]
    return Table(columns, rows)


def _protocol(summary: StreamSummary) -> list[str]:
    faded = f"In the figures a row counts {summary.fading:g} times what the next one does"
    shown = f"The challenger takes over when its log-loss is lower on at least {summary.min_rows} rows since the two"
    return [
        "Prequential: each row is predicted by every model before any learns it, and decided by the threshold of then.",
        f"{faded}; in the table the newest rows count the same.",
        "Log-loss of all rows has a normal 95 % interval, rows taken as independent of each other.",
        f"{shown} were last equal, {LEAST_OF_A_CLASS} of them of the rarer class.",
        f"That bound holds at all looks of a champion's time but for a chance of {summary.significance:g}.",
        "In that bound probabilities within 0.001 of 0 and 1 count as that, so that no row decides alone.",
        "An area under the curve of rows of one class is absent, not 0.",
    ]


def _value(score: Estimate) -> str:
    return f"{score.value:.3f}"


def _range(score: Estimate) -> str:
    return f"{score.low:.3f} to {score.high:.3f}"
