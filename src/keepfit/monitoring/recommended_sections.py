"""The parts of a check's page about recommendations: what their scores are of, and how each product does."""

from __future__ import annotations

from keepfit.evaluation.recommendations import ALL_METRICS
from keepfit.monitoring.recommended import RecommendedQuality
from keepfit.reporting import Cell, Section, Table, TableColumn

_RANKING = ("map", "map_of_taking")


def score_title(name: str) -> str:
    """Return what a score is called: that of a ranking is none of the answers that were given."""
    title = ALL_METRICS[name].title
    return f"{title}, the champion asked again" if name in _RANKING else title


def said_of_lists(quality: RecommendedQuality) -> str:
    """Say what the scores of recommendations are of, and what is not in them."""
    of_rows = "ROC AUC, PR AUC, log-loss and Brier are of whether anything is added."
    if not quality.is_scored:
        return f"No label lists what was added: the recommendations cannot be scored. {of_rows}"
    first = (
        f"Micro precision, recall and F1 are of all recommendations together, of the {quality.listed:,} predictions "
        f"whose label says what was added; {of_rows}"
    )
    said = [first]
    if quality.unlisted:
        said.append(f"Of {quality.unlisted:,} more it is not known what was added: they count for the latter alone.")
    if never := ", ".join(quality.never_offered):
        said.append(f"Added, and never recommended by this version, as training has not seen it: {never}.")
    if quality.no_ranking:
        said.append(f"There is no MAP@7: {quality.no_ranking}.")
    else:
        said.append(
            "MAP@7 needs the probabilities of all products, which the journal does not keep: the champion was asked "
            "again about the records."
        )
    return " ".join(said)


def products_section(quality: RecommendedQuality) -> Section:
    """Compose the table of products."""
    columns = [
        TableColumn("product"),
        TableColumn("recommended", is_number=True),
        TableColumn("added", is_number=True),
        TableColumn("right", is_number=True),
        TableColumn("precision", is_number=True, form=".3f"),
        TableColumn("recall", is_number=True, form=".3f"),
    ]
    rows: list[list[Cell]] = [
        [one.product, one.recommended, one.added, one.right, one.precision, one.recall] for one in quality.products
    ]
    return Section(
        "Product by product",
        [Table(columns, rows)],
        lead=f"In how many of the {quality.listed:,} predictions whose label says what was added each was recommended, "
        "added, and both; few of either say little.",
    )
