"""What the page of a recommender says beside that of any model: its requests by name, its history, its products."""

from __future__ import annotations

import datetime as dt
from typing import Any

from keepfit.date_text import date_reader, date_text
from keepfit.panel_record import HISTORY
from keepfit.reporting import Block, Cell, Code, Details, KeyFigure, Paragraph, Section, Table, TableColumn
from keepfit.serving.project_facts import Entrance
from keepfit.serving.snippets import curl_snippet
from keepfit.signature import LISTED_BY, Offers, Signature

_EPOCH = dt.date(1970, 1, 1)
_OWNED = "1 where it is owned, 0 or nothing where it is not"


def asking_blocks(entrance: Entrance, signature: Signature, offers: Offers) -> list[Block]:
    """Return the requests to copy whose answers are products by their names."""
    record, told = signature.example_record(), record_with_history(signature, offers)
    return [
        Code(curl_snippet(entrance, f"{entrance.address}/predict", record), "sh"),
        Details(
            "The likeliest first, with their probabilities",
            [Code(curl_snippet(entrance, f"{entrance.address}/predict_proba", record), "sh")],
        ),
        Details(
            "With the months before: what was owned then, and since when",
            [Code(curl_snippet(entrance, f"{entrance.address}/predict", told), "sh")],
        ),
    ]


def record_with_history(signature: Signature, offers: Offers) -> dict[str, Any]:
    """Return the example record with the month before it, in which the first product was owned."""
    record, name = signature.example_record(), offers.panel.month
    month = next(column for column in signature.columns if column.name == name)
    day = date_reader(month.date_format)(record[name])
    assert day is not None  # noqa: S101 - an example is written in its column's format
    before = day - (_EPOCH + dt.timedelta(days=int(day))).day  # the last day of the month before
    earlier = {name: date_text(before, month.date_format), offers.panel.products[0]: 1}
    return {**record, HISTORY: [earlier]}


def history_cell(offers: Offers) -> str:
    """Return what `history` takes, in words."""
    return (
        f"a list of the months before, each with its {offers.panel.month} and the products that were owned then; "
        "without it nothing is known of them, and the answer rests on the record alone"
    )


def product_cell(offers: Offers | None, column: str) -> str:
    """Return what the column of a product takes, in words; empty of any other column."""
    return _OWNED if offers is not None and column in offers.panel.products else ""


def products_section(offers: Offers) -> Section:
    """Return the section of what is recommended, and what it is called."""
    head = [TableColumn("product"), *(TableColumn(language) for language in offers.names)]
    rows: list[list[Cell]] = [list(row) for row in zip(offers.products, *offers.names.values(), strict=True)]
    blocks: list[Block] = [Table(head, rows)]
    never = [product for product in offers.panel.products if product not in offers.products]
    if never:
        blocks.append(
            Paragraph(f"Never recommended, for nobody added it in the months that taught: {', '.join(never)}.")
        )
    return Section("What it recommends", blocks, lead=_spoken(list(offers.names)))


def threshold_figure(thresholds: tuple[float, ...]) -> KeyFigure:
    """Return from which probability on a product is recommended."""
    least, most = f"{min(thresholds):.4g}", f"{max(thresholds):.4g}"
    said = least if least == most else f"{least} to {most}"
    return KeyFigure("threshold", said, "a product from there on")


def example_label(signature: Signature) -> str:
    """Return a known outcome as it is reported: the positive class, of a recommender a list of products."""
    offers = signature.offers
    return signature.outcome.positive if offers is None else LISTED_BY.join(offers.products[:2])


def _spoken(languages: list[str]) -> str:
    owned = "What somebody owns is never recommended to him."
    if not languages:
        return f"{owned} Answers call a product as its column; no other names are declared."
    asked = " or ".join(f"?lang={language}" for language in languages[1:])
    others = f"; {asked} asks for another language" if asked else ""
    return f"{owned} /predict and /predict_proba answer in {languages[0]}{others}."
