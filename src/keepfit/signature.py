"""The signature: the columns and types that a model expects, and the outcome that it predicts.

Every room that touches a record speaks in these words: `datasets` infers a signature from a table, `bundle`
keeps it, the door of `scoring` holds records to it, `profiles` counts along it. It is data only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from keepfit.date_text import date_text
from keepfit.errors import nearest
from keepfit.number_text import text_number
from keepfit.panel_columns import PanelColumns

LISTED_BY = ","  # between the products of a list


class Kind(StrEnum):
    """What the values of a column are.

    `INTEGER` takes whole numbers, `NUMBER` any finite number, `CATEGORY` text out of a vocabulary, `FLAG`
    true or false, `DATE` text that says a day.
    """

    INTEGER = "integer"
    NUMBER = "number"
    CATEGORY = "category"
    FLAG = "flag"
    DATE = "date"

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers, that can be scaled."""
        return self in (Kind.INTEGER, Kind.NUMBER)

    @property
    def is_ordered(self) -> bool:
        """Whether values are compared by size rather than by equality: numbers, and dates by their days."""
        return self.is_numeric or self is Kind.DATE


@dataclass(frozen=True, slots=True)
class Column:
    """One feature as the model expects it.

    Attributes
    ----------
    name
        The column's name in the table and in a request.
    kind
        What its values are.
    optional
        Whether a value may be missing (absent, null and NaN are one thing).
    minimum, maximum
        Range seen in training, in the column's own unit, of a date in days since 1970-01-01; None unless the kind is
        ordered.
    categories
        The vocabulary in code order (code 0 first); empty unless the kind is category.
    description
        A sentence for the reader of the API page; may be empty.
    missing_values
        Texts of values that mean: no value.
    spellings
        Other spellings of categories, each with the category that it stands for.
    is_written_as_text
        Whether a text that holds a number is taken for it, with blanks around it or without; of a numeric kind only.
    out_of_range
        What becomes of a number outside of the range: `accept` scores it, `clip` the nearer end, `reject` refuses it.
    aliases
        Other names that a request may use for it.
    format
        How a date is written, as `datetime.strptime` takes it; empty unless the kind is date.
    label
        A short name for people, in the project's own words; may be empty.
    is_past
        Whether it says what the months before were like: it is made of a record's `history`, and never sent itself.
    """

    name: str
    kind: Kind
    optional: bool = True
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()
    description: str = ""
    missing_values: tuple[str, ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    is_written_as_text: bool = False
    format: str = ""
    out_of_range: str = "accept"
    aliases: tuple[str, ...] = ()
    label: str = ""
    is_past: bool = False

    @property
    def title(self) -> str:
        """What it is called before people: its label, or its name where it has none."""
        return self.label or self.name

    @property
    def date_format(self) -> str:
        """The format of its dates: that of ISO 8601 where none is kept."""
        return self.format or "%Y-%m-%d"

    @property
    def example(self) -> Any:
        """A value that the door takes: the middle of a range, the first of a vocabulary, none that means missing."""
        values = self._typical
        return next((value for value in values if label_text(value) not in self.missing_values), values[0])

    @property
    def _typical(self) -> list[Any]:
        if self.kind is Kind.CATEGORY:
            return list(self.categories)
        if self.kind is Kind.FLAG:
            return [True]
        low, high = self.minimum or 0.0, self.maximum or 0.0
        numbers = [(low + high) / 2, low, high]
        if self.kind is Kind.DATE:
            return [date_text(number, self.date_format) for number in numbers]
        return [int(number) for number in numbers] if self.kind is Kind.INTEGER else numbers


@dataclass(frozen=True, slots=True)
class Outcome:
    """The binary target: its column and the names of its two classes.

    Attributes
    ----------
    name
        The target column.
    negative, positive
        Labels as text; `positive` is the one whose probability is predicted.
    limit
        Of a target that is a number: what is above it is one class, all else the other. None for labels.
    products
        Of a recommender: a list of them, with commas between them, says that they were added, and is positive.
    """

    name: str
    negative: str
    positive: str
    limit: float | None = None
    products: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, str]:
        """The labels in code order: 0 is negative, 1 is positive."""
        return (self.negative, self.positive)

    @property
    def accepted(self) -> str:
        """What a label may be, in words."""
        products = [f'products, as in "{LISTED_BY.join(self.products[:2])}"'] if self.products else []
        return " or ".join([*(f'"{label}"' for label in self.labels), *products])

    def code(self, label: object) -> int | None:
        """Return 0 or 1 for a label as sent (text, number or boolean), None when it is neither class.

        Of a target that is a number the number itself is a label too, of a recommender a list of products.
        """
        text = label_text(label)
        if text in self.labels:
            return self.labels.index(text)
        if self._listed(text):
            return self.labels.index(self.positive)
        number = None if self.limit is None else text_number(text)
        if number is None or self.limit is None:
            return None
        return int((number > self.limit) == (self.positive == above(self.limit)))

    def written(self, label: object) -> str | None:
        """Return a label as it is kept: the name of its class, or the products that it lists; None of neither."""
        code, listed = self.code(label), self._listed(label_text(label))
        return None if code is None else LISTED_BY.join(listed) or self.labels[code]

    def fault(self, label: object) -> str:
        """Return why a label is none: what is accepted, and which of a list's products there is not."""
        text = label_text(label)
        found = json.dumps(label, ensure_ascii=False) if isinstance(label, str) else text
        said = f"expected {self.accepted}, found {found}"
        names = [one.strip() for one in text.split(LISTED_BY)] if self.products else []
        if (odd := next((one for one in names if one not in self.products), None)) is None:
            return said
        known = self.products if len(names) > 1 else (*self.labels, *self.products)
        return f'{said}; there is no product "{odd}", {nearest(odd, known)}'

    def decided(self, decision: str) -> list[str]:
        """Return what a decision holds: one label, or of a recommender several products."""
        return decision.split(LISTED_BY) if self.products else [decision]

    def listed(self, label: object) -> tuple[str, ...] | None:
        """Return the products that a label lists, none for the negative class; None where it does not say which."""
        text = label_text(label)
        return () if text == self.negative else tuple(self._listed(text)) or None

    def _listed(self, text: str) -> list[str]:
        """Return the products that a text lists, each once, none where it lists anything else."""
        listed = [*dict.fromkeys(one.strip() for one in text.split(LISTED_BY))] if self.products else []
        return listed if set(listed) <= set(self.products) else []


@dataclass(frozen=True, slots=True)
class Offers:
    """What a recommender recommends: products of a panel, each of which an entity may add in the next month.

    Attributes
    ----------
    panel
        Whom a row is about, its month, and all products.
    products
        Those that can be recommended, in the order of the model's outputs.
    names
        What they are called, by language: a name for each of `products`.
    since
        Column of the day since which somebody is one of the entities; empty where there is none.
    """

    panel: PanelColumns
    products: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: str = ""

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Offers:
        """Rebuild it from JSON's lists."""
        panel: dict[str, Any] = {**facts["panel"]}
        panel |= {name: tuple(panel[name]) for name in ("products", "lags")}
        names = {language: tuple(listed) for language, listed in facts["names"].items()}
        return cls(PanelColumns(**panel), tuple(facts["products"]), names, facts["since"])


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request must look like, and what the answer speaks of.

    Attributes
    ----------
    columns
        The features in the order of the matrix that the model takes.
    outcome
        What is predicted.
    entity
        Column that names the customer, patient or bottle; accepted and journalled, never a feature.
    accepts_unseen
        Whether a category outside of the vocabulary is scored (with a code of its own) or refused.
    passed_over
        Other columns that a record may have, and that nobody looks at.
    offers
        What is recommended; None for a model of one outcome. Of a recommender `outcome` is whether anything is added.
    """

    columns: tuple[Column, ...]
    outcome: Outcome
    entity: str | None = None
    accepts_unseen: bool = False
    passed_over: tuple[str, ...] = ()
    offers: Offers | None = None

    def example_record(self) -> dict[str, Any]:
        """Return a record that the door takes, and that is nobody's."""
        return {column.name: column.example for column in self.sent_columns}

    @property
    def sent_columns(self) -> tuple[Column, ...]:
        """The columns of a record: all but those that are made of its history."""
        return tuple(column for column in self.columns if not column.is_past)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in order."""
        return tuple(column.name for column in self.columns)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Signature:
        """Rebuild a signature from `to_dict`'s form."""
        columns = tuple(_column(column) for column in facts["columns"])
        offers = Offers.from_dict(facts["offers"]) if facts.get("offers") else None
        passed_over = tuple(facts.get("passed_over", ()))
        outcome = Outcome(**{**facts["outcome"], "products": tuple(facts["outcome"].get("products", ()))})
        return cls(columns, outcome, facts["entity"], facts["accepts_unseen"], passed_over, offers)


def _column(facts: Mapping[str, Any]) -> Column:
    """Rebuild a column from JSON's lists."""
    made = {
        **facts,
        "kind": Kind(facts["kind"]),
        "categories": tuple(facts["categories"]),
        "missing_values": tuple(facts.get("missing_values", ())),
        "aliases": tuple(facts.get("aliases", ())),
        "spellings": tuple((text, word) for text, word in facts.get("spellings", ())),
    }
    return Column(**made)


def above(limit: float) -> str:
    """Return the label of numbers above a limit."""
    return f"above {limit:g}"


def label_text(label: object) -> str:
    """Return a label as the text that names its class: `good`, `1`, `true`.

    Whole floats lose their `.0`, so that 1, 1.0 and "1" are one class.
    """
    if isinstance(label, bool):
        return str(label).lower()
    if isinstance(label, float) and label.is_integer():
        return str(int(label))
    return str(label)
