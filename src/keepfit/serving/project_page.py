"""The page of a project, and the list of projects: facts in, page out; imported when the first one is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keepfit import __version__
from keepfit.date_text import date_text, format_words
from keepfit.evaluation.recommendations import ALL_METRICS
from keepfit.panel_record import HISTORY
from keepfit.reporting import (
    Badge,
    Block,
    Cell,
    Code,
    Details,
    KeyFigure,
    Link,
    Links,
    Page,
    Paragraph,
    Section,
    Table,
    TableColumn,
)
from keepfit.serving.project_facts import Entrance, ModelFacts, ProjectFacts, purpose
from keepfit.serving.recommender_page import (
    asking_blocks,
    example_label,
    history_cell,
    product_cell,
    products_section,
    threshold_figure,
)
from keepfit.serving.snippets import client_snippet, curl_snippet, javascript_snippet, python_snippet
from keepfit.signature import Column, Kind, Signature

_SHOWN_CATEGORIES = 20
_SHOWN_SCORES = ("f1", "roc_auc", "map", "f1_micro", "roc_auc_micro")
_FOOTER = f"Keepfit {__version__}. This page fetches nothing."
_KINDS = {Kind.INTEGER: "whole number", Kind.NUMBER: "number", Kind.FLAG: "true or false", Kind.DATE: "date"}
_OUTSIDE = {"accept": "", "clip": "; others count as the nearer end", "reject": "; others are refused"}


def project_page(facts: ProjectFacts) -> Page:
    """Compose the page of a project."""
    return Page(
        title=facts.entrance.project,
        subtitle=purpose(facts.signature),
        sections=[
            Section("Where to go", [Links(list(_links(facts)))]),
            _asking_section(facts),
            _columns_section(facts),
            *([products_section(facts.signature.offers)] if facts.signature.offers else []),
            *_model_sections(facts),
        ],
        badge=Badge("ok", f"version {facts.version} answers"),
        key_figures=_key_figures(facts.model) if facts.model else (),
        notice=facts.warning,
        footer=_FOOTER,
    )


def projects_page(projects: Sequence[tuple[str, str]]) -> Page:
    """Compose the list of a service's projects.

    Parameters
    ----------
    projects
        The name of each, and what it is in a sentence.
    """
    ways = [Link(name, f"{name}/", said) for name, said in projects]
    return Page(
        title="Keepfit",
        subtitle=f"{len(projects)} projects answer here, each below its name.",
        sections=[
            Section("Projects", [Links(ways)]),
            Section("The whole service", [Links([Link("Metrics", "metrics", "for Prometheus, of all projects")])]),
        ],
        footer=_FOOTER,
    )


def _links(facts: ProjectFacts) -> Iterator[Link]:
    locked = " (with a token)" if facts.entrance.asks_for_token else ""
    yield Link("Documentation of the API", "docs", "every route, to be tried out")
    yield Link("The model that answers", "api/model", f"JSON{locked}")
    yield Link("Its model card", "card", f"Markdown{locked}")
    yield Link("Metrics", facts.entrance.metrics, "for Prometheus")


def _key_figures(model: ModelFacts) -> list[KeyFigure]:
    told = model.bundle.facts
    figures = [
        KeyFigure(ALL_METRICS[name].title, f"{value:.4f}", f"{low:.4f} to {high:.4f}")
        for name, (value, low, high) in told.scores.items()
        if name in _SHOWN_SCORES
    ]
    threshold = KeyFigure("threshold", f"{told.threshold:.4g}", f"{told.signature.outcome.positive} from there on")
    if told.signature.offers is not None:
        threshold = threshold_figure(told.offer_thresholds)
    since = [KeyFigure("champion since", model.since[:10], model.since[11:16] + " UTC")] if model.since else []
    return [*since, *figures, threshold]


def _asking_section(facts: ProjectFacts) -> Section:
    entrance, record, offers = facts.entrance, facts.signature.example_record(), facts.signature.offers
    by_shell: list[Block] = [Code(curl_snippet(entrance, entrance.prediction, record), "sh")]
    if offers is not None:
        by_shell = asking_blocks(entrance, facts.signature, offers)
    token = " Set KEEPFIT_API_TOKEN to your token first." if entrance.asks_for_token else ""
    return Section(
        "Ask it",
        [
            *by_shell,
            Paragraph("In Python, with Keepfit's client:"),
            Code(client_snippet(entrance, record, example_label(facts.signature)), "python"),
            Details("In Python, without it", [Code(python_snippet(entrance, record), "python")]),
            Details("In JavaScript", [Code(javascript_snippet(entrance, record), "javascript")]),
        ],
        lead=f"The record is nobody's, and works as it stands. Its prediction is journalled like every other.{token}",
    )


def _columns_section(facts: ProjectFacts) -> Section:
    signature, entrance = facts.signature, facts.entrance
    is_told = any(column.label or column.description for column in signature.sent_columns)
    head = ["column", *(["what it is"] if is_told else []), "what it takes", "may be missing"]
    rows: list[list[Cell]] = [
        [
            column.name,
            *([_said(column)] if is_told else []),
            _taken(column, product_cell(signature.offers, column.name)),
            "yes" if column.optional else "no",
        ]
        for column in signature.sent_columns
    ]
    if signature.offers is not None:
        rows.append([HISTORY, *([""] if is_told else []), history_cell(signature.offers), "yes"])
    blocks: list[Block] = [Table([TableColumn(title) for title in head], rows)]
    if said := _entity_sentence(signature, entrance):
        blocks.append(Paragraph(said))
    lead = (
        f"An object of these columns, or a list of at most {entrance.max_rows:,} of them in "
        f"{entrance.max_body_bytes:,} bytes. Missing is null, or left out. A text that is not listed is "
        f"{'scored as a new one' if signature.accepts_unseen else 'refused'}."
    )
    return Section("What a request holds", blocks, lead=lead)


def _entity_sentence(signature: Signature, entrance: Entrance) -> str:
    ways = [f"the query parameter {entrance.entity_parameter}"] if entrance.entity_parameter else []
    ways += [f"a column {signature.entity}"] if signature.entity else []
    return f"Whom a record is about may be said by {' or '.join(ways)}: journalled, not scored." if ways else ""


def _said(column: Column) -> str:
    """Return a column's label and its description, where the one does not say what the other does."""
    label, said = column.label, column.description
    return f"{label}: {said}" if label and said and not said.casefold().startswith(label.casefold()) else said or label


def _taken(column: Column, product: str) -> str:
    """Return what a column is and which values it had, in words; of a product what is said of it."""
    parts = [product or _values(column)]
    if column.kind is Kind.DATE:
        parts.append(f"written as {format_words(column.date_format)}")
    if column.is_written_as_text:
        parts.append("also as a text")
    if column.missing_values:
        shown = ", ".join(text or "an empty text" for text in column.missing_values)
        parts.append(f"missing if {shown}")
    if column.aliases:
        parts.append(f"also called {', '.join(column.aliases)}")
    return "; ".join(parts)


def _values(column: Column) -> str:
    if column.kind is Kind.CATEGORY:
        more = len(column.categories) - _SHOWN_CATEGORIES
        listed = ", ".join(column.categories[:_SHOWN_CATEGORIES])
        return f"one of {listed}" + (f" and {more} more" if more > 0 else "")
    if column.minimum is None or column.maximum is None:
        return _KINDS[column.kind]
    ends = f"{_end(column, column.minimum)} to {_end(column, column.maximum)}"
    return f"{_KINDS[column.kind]}, {ends}{_OUTSIDE[column.out_of_range]}"


def _end(column: Column, value: float) -> str:
    return date_text(value, column.date_format) if column.kind is Kind.DATE else f"{value:.10g}"


def _model_sections(facts: ProjectFacts) -> Iterator[Section]:
    if facts.model is None:
        said = "Its scores, its recipe and its card are for those who have a token: see the links above."
        yield Section("Which model answers", [Paragraph(said)])
        return
    told = facts.model.bundle.facts
    rows = [
        ("version", facts.version),
        *([("champion since", facts.model.since)] if facts.model.since else []),
        ("made", told.created_at),
        ("recipe", told.lineage.recipe.title),
        ("rows fitted on", f"{told.lineage.rows:,} of {told.lineage.source}"),
        *facts.model.declared.items(),
    ]
    pairs: list[list[Cell]] = [[*row] for row in rows]
    yield Section("Which model answers", [Table([TableColumn("item"), TableColumn("value")], pairs)])
    if told.scores:
        columns = [
            TableColumn("metric"),
            TableColumn("score", is_number=True),
            TableColumn("95 % interval", is_number=True),
        ]
        scores: list[list[Cell]] = [
            [ALL_METRICS[name].title, f"{value:.4f}", f"{low:.4f} to {high:.4f}"]
            for name, (value, low, high) in told.scores.items()
        ]
        yield Section(
            "How good it is", [Table(columns, scores)], lead=f"{told.protocol[:1].upper()}{told.protocol[1:]}."
        )
