"""`[panel]`: a table of the same entities month after month, and the products that are recommended to them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from keepfit.panel_columns import MOST_PRODUCTS, NOTHING, SOMETHING
from keepfit.project.section import Section

RecommenderMetric = Literal["map", "map_of_taking", "f1_micro", "f1_macro", "roc_auc_micro", "roc_auc_macro"]
Named = Annotated[str, Field(min_length=1)]
_LANGUAGE = re.compile("[a-z]{2,3}")


class PanelCandidate(Section):
    """One way to learn what is added next."""

    model: Literal["per_product", "ranker"] = Field(
        description="`per_product`: a model for each product; `ranker`: whether anything is added, and which of all "
        "products it is then.",
        examples=["ranker"],
    )
    rounds: int = Field(60, ge=1, le=5000, description="Trees for each product.", examples=[100])
    leaves: int | None = Field(
        None,
        ge=2,
        le=1024,
        description="Leaves of a tree; by default 15 of `per_product`, 7 of `ranker`.",
        examples=[15],
    )
    learning_rate: float = Field(0.1, gt=0, le=1, description="How far each tree goes.", examples=[0.05])
    l2: float = Field(
        10.0,
        ge=0,
        description="How much large leaves cost: most products are rare, and few rows say much.",
        examples=[1.0],
    )


def default_candidates() -> list[PanelCandidate]:
    """Return the candidates of a panel that declares none: each way once."""
    return [PanelCandidate(model="per_product"), PanelCandidate(model="ranker")]


class PanelSection(Section):
    """With it the table is a panel, and what is learnt is which products an entity adds in the next month.

    `[data] entity` says whom a row is about, and `[data] target` what the made column is called that says whether
    anything is added.
    """

    month: Named = Field(description="The column of the day in whose month a row is.", examples=["fecha_dato"])
    products: list[Named] = Field(
        min_length=1,
        max_length=MOST_PRODUCTS,
        description="The columns that say what an entity has: 1, or 0, or nothing for 0.",
        examples=[["savings", "mortgage"]],
    )
    since: str = Field(
        "",
        description="The column of the day since which somebody is one of the entities: it cannot be after a row's own "
        "day.",
        examples=["fecha_alta"],
    )
    impossible: Literal["reject", "missing"] = Field(
        "reject",
        description="What becomes of such a day in the table: refused, or taken for missing. A request is refused.",
        examples=["missing"],
    )
    train_from: str | None = Field(
        None, pattern=r"^\d{4}-\d{2}$", description="The first month that teaches.", examples=["2015-07"]
    )
    hold_from: str = Field(
        pattern=r"^\d{4}-\d{2}$",
        description="The first month that is held out: what its rows add next is asked for in the report only.",
        examples=["2016-02"],
    )
    lags: list[Annotated[int, Field(ge=1, le=120)]] = Field(
        [1, 2, 3, 5], description="How many months back it is asked what was owned.", examples=[[1, 2, 3]]
    )
    memory: int = Field(
        6,
        ge=1,
        le=127,
        description="How many months back anything is known of what was added and dropped. A panel grows: with a "
        "memory its later rows are like its earlier ones.",
        examples=[12],
    )
    metric: RecommenderMetric = Field(
        "map", description="What chooses the best candidate, and judges it.", examples=["f1_micro"]
    )
    staging_threshold: float = Field(
        0.0,
        ge=0,
        le=1,
        description="A version whose score on the held-out rows is above this is staged.",
        examples=[0.02],
    )
    candidates: list[PanelCandidate] = Field(
        default_factory=default_candidates,
        min_length=1,
        description="Ways to learn it; by default each once.",
        examples=[[{"model": "ranker", "rounds": 100}]],
    )
    names: dict[str, dict[str, Named]] = Field(
        {},
        description="What products are called, by language and column: answers speak the first language, or the one "
        "that is asked for by `?lang=`. A product without a name is called as its column.",
        examples=[{"en": {"savings": "Savings account"}}],
    )

    @field_validator("products", "lags")
    @classmethod
    def _names_each_once(cls, listed: list[str]) -> list[str]:
        twice = next((one for one in listed if listed.count(one) > 1), None)
        if twice is not None:
            raise ValueError(f"holds {twice} twice; name it once")
        return listed

    @field_validator("products")
    @classmethod
    def _can_be_listed(cls, products: list[str]) -> list[str]:
        for product in products:
            if "," in product or product != product.strip():
                said = "a list of products is written with commas, and blanks around them say nothing"
                raise ValueError(f'names "{product}": {said}; call the column otherwise')
            if product in (NOTHING, SOMETHING):
                raise ValueError(f'names "{product}": so is a label called that lists none; call the column otherwise')
        return products

    @field_validator("names")
    @classmethod
    def _are_of_languages(cls, names: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for language in names:
            if not _LANGUAGE.fullmatch(language):
                raise ValueError(f'names the language "{language}"; write its code, such as en')
        return names

    @model_validator(mode="after")
    def _names_its_products(self) -> PanelSection:
        for language, titles in self.names.items():
            if unknown := next((product for product in titles if product not in self.products), None):
                raise ValueError(f'names.{language} names "{unknown}", which is none of the products')
            called = [titles.get(product, product) for product in self.products]
            if twice := next((title for title in called if called.count(title) > 1), None):
                raise ValueError(f'names.{language} calls two products "{twice}"; name them apart')
        if max(self.lags, default=1) > self.memory:
            raise ValueError(f"lags look {max(self.lags)} months back, and memory ends after {self.memory}")
        if self.train_from is not None and self.train_from >= self.hold_from:
            raise ValueError(f"train_from {self.train_from} is not before hold_from {self.hold_from}")
        if self.month in self.products or self.since in self.products or self.month == self.since:
            raise ValueError("month, since and products name different columns")
        return self
