"""`[data]`: where the table is, and what its columns mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from keepfit.date_text import format_fault
from keepfit.missing_text import MISSING_VALUES
from keepfit.project.section import Section
from keepfit.signature import Kind


class DataSection(Section):
    """Where the table is and what its columns mean."""

    source: str = Field(
        min_length=1,
        description="A file (CSV or Parquet, relative to this one) or a name of the catalogue, e.g. `credit`.",
        examples=["credit"],
    )
    target: str = Field(
        min_length=1,
        description="The column that is predicted; of a `[panel]`, what the made one is called.",
        examples=["Status"],
    )
    positive: str | None = Field(
        None,
        description="The class whose probability is predicted; by default the later of the two in sorted order.",
        examples=["good"],
    )
    positive_above: float | None = Field(
        None,
        description="For a target that is a number: what is above this is the positive class.",
        examples=[6.5],
    )
    entity: str | None = Field(
        None,
        description="Column that identifies the customer, patient or item: journalled, never a feature.",
        examples=["rownames"],
    )
    known_after: list[str] = Field(
        [],
        description="Columns that are known only after the event: `keepfit explore` says so of each, and so do "
        "`keepfit train` and the model card of those that are features.",
        examples=[["duration"]],
    )
    drop: list[str] = Field([], description="Columns to leave out.", examples=[["rownames"]])
    drop_reasons: dict[str, str] = Field(
        {},
        description="Why each of them is left out: for the reports.",
        examples=[{"pdays": "mostly a code for: never called before"}],
    )
    numbers: list[str] = Field(
        [],
        description='Columns whose texts hold numbers, such as `"  35"`, and `" NA"` for missing: in the table and in '
        "every request.",
        examples=[["age"]],
    )
    replace: dict[str, dict[str, str]] = Field(
        {},
        description="Other spellings of a category, by column: in the table and in every request.",
        examples=[{"marital": {"Single": "single"}}],
    )
    missing: dict[str, list[str]] = Field(
        {},
        description="Values that mean: no value, by column: in the table and in every request.",
        examples=[{"job": ["unknown"], "pdays": ["-1"]}],
    )
    duplicates: Literal["keep", "drop"] = Field(
        "keep", description="What becomes of rows that repeat an earlier one in every column.", examples=["drop"]
    )
    separator: str | None = Field(None, description="The CSV's separator; by default it is found out.", examples=[";"])
    missing_values: list[str] = Field(
        list(MISSING_VALUES), description="Texts of a CSV that mean: no value.", examples=[["", "NA", "?"]]
    )
    kinds: dict[str, Annotated[Kind, Field(strict=False)]] = Field(
        {},
        description="Kinds of columns where the inferred one is wrong: integer, number, category, flag or date.",
        examples=[{"zip": "category"}],
    )
    dates: dict[str, str] = Field(
        {},
        description="How the dates of a column are written, in the table and in every request; by default the one "
        "format that fits them all. Several formats are written with `|` between them. A model gets the days since "
        "1970-01-01; a time of day (`%H:%M:%S`) is cut off.",
        examples=[{"joined": "%d-%m-%Y"}],
    )
    categories: dict[str, list[str]] = Field(
        {},
        description="Vocabulary of a column in code order; by default the sorted values of the training rows.",
        examples=[{"Records": ["no", "yes"]}],
    )
    descriptions: dict[str, str] = Field(
        {}, description="A sentence per column, for the API page and the reports.", examples=[{"Age": "Age in years."}]
    )
    labels: dict[str, str] = Field(
        {},
        description="A short name per column, in any language: what the reasons for a score call it.",
        examples=[{"Income": "Monthly income"}],
    )

    @field_validator("entity")
    @classmethod
    def _is_not_the_target(cls, entity: str | None, info: ValidationInfo) -> str | None:
        if entity is not None and entity == info.data.get("target"):
            raise ValueError("is the target too; name the column that says whom a row is about, or leave entity out")
        return entity

    @field_validator("known_after", "drop", "numbers")
    @classmethod
    def _names_each_once(cls, names: list[str]) -> list[str]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f'names "{twice}" {names.count(twice)} times; name it once')
        return names

    @field_validator("known_after", "drop")
    @classmethod
    def _names_features(cls, names: list[str], info: ValidationInfo) -> list[str]:
        for key in ("target", "entity"):
            if info.data.get(key) in names:
                raise ValueError(f'names "{info.data[key]}", which is the {key} and no feature; take it out')
        return names

    @field_validator("drop_reasons")
    @classmethod
    def _names_what_is_dropped(cls, reasons: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        kept = next((name for name in reasons if name not in info.data.get("drop", reasons)), None)
        if kept is not None:
            raise ValueError(f'names "{kept}", which is not dropped; add it to drop, or take its reason out')
        return reasons

    @field_validator("numbers")
    @classmethod
    def _names_no_entity(cls, names: list[str], info: ValidationInfo) -> list[str]:
        if info.data.get("entity") in names:
            raise ValueError(f'names "{info.data["entity"]}", the entity, which is a name and no number; take it out')
        return names

    @field_validator("dates")
    @classmethod
    def _are_formats(cls, formats: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for name, form in formats.items():
            if fault := format_fault(form):
                raise ValueError(f'says "{form}" of "{name}", which {fault}; write for example "%Y-%m-%d"')
            if info.data.get("kinds", {}).get(name, Kind.DATE) is not Kind.DATE:
                raise ValueError(
                    f'says how the dates of "{name}" are written, but kinds calls it '
                    f"{info.data['kinds'][name]}; leave one of the two out"
                )
        return formats

    @field_validator("categories")
    @classmethod
    def _are_no_dates(cls, by_column: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        for name in info.data.get("dates", ()):
            if name in by_column:
                raise ValueError(
                    f'gives "{name}" a vocabulary, but dates says that it holds dates; leave one of the two out'
                )
        return by_column

    @field_validator("replace", "kinds", "dates", "categories")
    @classmethod
    def _agrees_with_numbers(cls, by_column: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        for name in info.data.get("numbers", ()):
            if name in by_column and by_column[name] not in (Kind.INTEGER, Kind.NUMBER):
                raise ValueError(
                    f'says of "{name}" that it is no number, but numbers names it; leave one of the two out'
                )
        return by_column
