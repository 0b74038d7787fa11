"""`[journal]`: where predictions, labels and events are kept, what is promised of them, and what is not kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from keepfit.project.section import Section


class JournalSection(Section):
    """Where predictions, labels and events are kept."""

    url: str | None = Field(
        None,
        description="The journal's database; by default a SQLite file in the workspace.",
        examples=["sqlite:////var/lib/credit/journal.db", "postgresql://keepfit:${DB_PASSWORD}@db/keepfit"],
    )
    durability: Literal["strict", "relaxed", "off"] = Field(
        "strict",
        description="When a prediction is on the disk: before its answer, within a bound after it, or when it can be. "
        "See docs/journal.md.",
        examples=["relaxed"],
    )
    relaxed_rows: int = Field(
        1000, ge=1, le=10_000, description="`relaxed`: how many answers a crash may lose at the most.", examples=[200]
    )
    relaxed_milliseconds: int = Field(
        100, ge=1, le=60_000, description="`relaxed`: within which time they were given.", examples=[50]
    )
    sensitive: dict[Annotated[str, Field(min_length=1)], Literal["hash", "drop"]] = Field(
        {},
        description="What is not kept as it was sent: a column that is left out (`drop`; of a panel `history` too), or "
        "whom a record is about, left out or as a keyed hash (`hash`; the key is `KEEPFIT_JOURNAL_KEY`).",
        examples=[{"rownames": "hash", "Income": "drop"}],
    )
    retention_months: int | None = Field(
        None,
        ge=1,
        description="After so many whole months `keepfit journal retire` moves predictions out of the database, into "
        "Parquet files of the workspace.",
        examples=[24],
    )
    tamper_evidence: bool = Field(
        False,
        description="Seal every batch with the digest of the one before; `keepfit journal verify` checks the chain. "
        "Once begun it goes on. `KEEPFIT_JOURNAL_KEY` in the environment makes seals that nobody else can make.",
        examples=[True],
    )
