"""The page of a training: who was tried, who was chosen and how, and what that is worth on rows that had no say."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.evaluation import METRICS, Estimate
from keepfit.reporting import Badge, Bullets, Cell, KeyFigure, Page, Paragraph, Section, Table, TableColumn, Worded
from keepfit.reporting.figures import Interval, interval_chart
from keepfit.signature import Outcome
from keepfit.training.candidates import CandidateResult, SearchResult
from keepfit.training.choice_sections import selection_sections, study_sections
from keepfit.training.diagnosis import Diagnosis
from keepfit.training.diagnosis_sections import baseline_sentence, diagnosis_sections, span
from keepfit.training.learning_curve import LearningCurve
from keepfit.training.learning_section import learning_sections
from keepfit.training.member_section import member_sections
from keepfit.training.published_protocol import Practice, practice_sections
from keepfit.training.suspects import Suspect, suspect_sections

_DRAWN = 20


@dataclass(frozen=True, slots=True)
class TrainedTable:
    """What was trained on, and what came of it.

    Attributes
    ----------
    project
        The project's name.
    made_at
        When.
    source, origin, warning
        The table, where it came from, and what is wrong with it.
    training_rows, holdout_rows
        Sizes of the two parts.
    is_promoted, verdict
        Whether the best became champion, and why, in a sentence.
    refused
        Candidates that did not pass the parity gate, each with the reason.
    pipelines
        Candidates that no graph can hold, and are kept as pipelines, each with the reason.
    not_logged
        What MLflow was not told, each with the reason.
    suspects
        Columns that may know the answer.
    """

    project: str
    made_at: str
    source: str
    origin: str
    warning: str
    training_rows: int
    holdout_rows: int
    is_promoted: bool
    verdict: str
    refused: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    not_logged: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()


def train_page(
    trained: TrainedTable,
    result: SearchResult,
    found: Diagnosis,
    outcome: Outcome,
    *,
    learning: LearningCurve | None = None,
    practices: tuple[Practice, ...] = (),
) -> Page:
    """Compose the page of a training from its facts, its candidates, and what the held-out rows say of the best."""
    badge = Badge("ok", "promoted") if trained.is_promoted else Badge("unknown", "not promoted")
    score, title = result.best.holdout[result.metric], METRICS[result.metric].title
    return Page(
        title=f"{trained.project}: training",
        subtitle=f"{_counted(len(result.candidates))} on {trained.source} ({trained.origin})",
        sections=[
            Section("Verdict", [Bullets(_verdict(trained, result))]),
            *suspect_sections(trained.suspects),
            _best_section(result, found),
            *diagnosis_sections(found, outcome),
            *learning_sections(learning),
            *selection_sections(result.selection),
            *study_sections(result.studies, result.metric),
            *member_sections(result.members),
            _candidates_section(result),
            *practice_sections(practices),
        ],
        badge=badge,
        key_figures=[
            KeyFigure(title, f"{score.value:.4f}", f"{score.low:.4f} to {score.high:.4f}"),
            KeyFigure("constant prediction", f"{result.baseline[result.metric]:.4f}", title),
            KeyFigure("training rows", f"{trained.training_rows:,}"),
            KeyFigure("held-out rows", f"{trained.holdout_rows:,}"),
        ],
        notice=trained.warning,
        footer=f"Made by Keepfit at {trained.made_at}. Intervals are 95 % bootstrap intervals over the held-out rows.",
    )


def _counted(candidates: int) -> str:
    return "1 candidate" if candidates == 1 else f"{candidates} candidates"


def _verdict(trained: TrainedTable, result: SearchResult) -> list[str]:
    refused = [f"Left out, as it cannot be served as it was fitted: {one}." for one in trained.refused]
    pipelines = [f"Kept as a pickled pipeline, answered by a process of its own: {one}." for one in trained.pipelines]
    suspects = [f"Leakage: {suspect.sentence}" for suspect in trained.suspects]
    not_logged = [f"Not in MLflow: {one}." for one in trained.not_logged]
    about_models = [*pipelines, f"Protocol: {result.protocol}.", *refused]
    return [f"{trained.verdict}.", *suspects, *not_logged, *about_models]


def _best_section(result: SearchResult, found: Diagnosis) -> Section:
    columns = [
        TableColumn("metric"),
        TableColumn("held out", is_number=True, form=".4f"),
        TableColumn("95 % interval", is_number=True),
        TableColumn("out of fold", is_number=True, form=".4f"),
        TableColumn("constant prediction", is_number=True, form=".4f"),
        TableColumn("most frequent class", is_number=True, form=".4f"),
        TableColumn("what it says"),
    ]
    best = result.best
    rows: list[list[Cell]] = [
        [
            METRICS[name].title,
            score.value,
            span(score.low, score.high),
            best.validation.get(name),
            result.baseline.get(name),
            found.frequent_scores.get(name),
            METRICS[name].description,
        ]
        for name, score in best.holdout.items()
    ]
    said = baseline_sentence(
        found, {name: (score.value, score.low, score.high) for name, score in best.holdout.items()}
    )
    return Section(f"The best: {best.recipe.title}", [Table(columns, rows)], lead=said)


def _candidates_section(result: SearchResult) -> Section:
    """Draw the first candidates, and list all of them."""
    metric, title = result.metric, METRICS[result.metric].title
    drawn = result.candidates[:_DRAWN]
    marks = [_mark(rank, candidate, metric) for rank, candidate in enumerate(drawn, start=1)]
    count = f"the best {len(drawn)} of {len(result.candidates)}" if len(result.candidates) > len(drawn) else "all"
    chart = interval_chart(
        f"{title} on the held-out rows, {count}, in the order of the choice",
        marks,
        line=result.baseline[metric],
        line_name="constant prediction",
    )
    columns = [
        TableColumn("rank", is_number=True),
        TableColumn("candidate"),
        TableColumn(f"{title}, out of fold", is_number=True, form=".4f"),
        TableColumn(f"{title}, held out", is_number=True),
        TableColumn("ROC AUC, held out", is_number=True, form=".4f"),
        TableColumn("log-loss, held out", is_number=True, form=".4f"),
        TableColumn("processor seconds", is_number=True, form=".2f"),
    ]
    rows: list[list[Cell]] = [
        [
            rank,
            candidate.recipe.title,
            candidate.validation.get(metric),
            _scored(candidate.holdout[metric]),
            candidate.holdout["roc_auc"].value,
            candidate.holdout["log_loss"].value,
            candidate.seconds,
        ]
        for rank, candidate in enumerate(result.candidates, start=1)
    ]
    if len(result.candidates) == 1:
        return Section("The candidate", [chart, Table(columns, rows)])
    biased = result.best_on_holdout
    said = Paragraph(
        f"The held-out rows themselves would have chosen {biased.recipe.title} with {title} "
        f"{biased.holdout[metric].value:.4f}: a biased choice, shown for comparison only."
    )
    return Section("The candidates", [chart, Table(columns, rows), said])


def _mark(rank: int, candidate: CandidateResult, metric: str) -> Interval:
    score = candidate.holdout[metric]
    return Interval(f"{rank}. {candidate.recipe.model}", score.value, score.low, score.high, is_marked=rank == 1)


def _scored(score: Estimate) -> Worded:
    return Worded(f"{score.value:.4f} [{score.low:.4f}, {score.high:.4f}]", score.value)
