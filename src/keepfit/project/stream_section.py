"""`[stream]`: learning batch by batch, and when what was learnt takes over."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from keepfit.project.section import Section

Strategy = Literal["window", "reservoir", "boosting", "leaves", "linear", "river"]
_HALF = 0.5
_FADED = 1e-3  # of a row's weight is left where it is let go


class StreamSection(Section):
    """Where batches come from, how they are learnt, and what a challenger must show."""

    source: Annotated[str, Field(min_length=1)] | None = Field(
        None,
        description="A file that is replayed, a folder whose new files are learnt, `journal` for its labelled rows, or "
        "`-` for JSON lines of standard input.",
        examples=["new"],
    )
    batch_rows: int = Field(100, ge=10, le=100_000, description="Rows of a batch.", examples=[100])
    pace_seconds: float = Field(0.0, ge=0, le=86_400, description="How long to wait after each batch.", examples=[1.0])
    strategy: Strategy = Field(
        "window",
        description="`window`: fitted anew on the newest rows; `reservoir`: fitted anew on a sample of all rows; "
        "`boosting`: each batch adds trees; `leaves`: the trees stay and their leaves are refitted; `linear`: a "
        "logistic regression by gradient steps; `river`: the same of River.",
        examples=["reservoir"],
    )
    model: Annotated[str, Field(min_length=1)] = Field(
        "extra_trees",
        description="The family that `window` and `reservoir` fit, one of those that `[training] candidates` may name.",
        examples=["lightgbm"],
    )
    parameters: dict[str, Any] = Field(
        {}, description="Of that family, or of the strategy's own estimator.", examples=[{"n_estimators": 200}]
    )
    window_rows: int = Field(
        2000,
        ge=100,
        le=1_000_000,
        description="Rows that are kept to be learnt again, by `window`, `reservoir`, and where trees are pruned.",
        examples=[5000],
    )
    batch_trees: int = Field(10, ge=1, le=1000, description="Trees that a batch adds, of `boosting`.", examples=[20])
    most_trees: int = Field(
        500, ge=10, le=100_000, description="`boosting` begins anew from the kept rows beyond.", examples=[1000]
    )
    leaf_decay: float = Field(
        0.9, ge=0, lt=1, description="How much of a leaf's value stays at a batch, of `leaves`.", examples=[0.95]
    )
    fading: float = Field(
        0.998,
        gt=_HALF,
        lt=1,
        description="What a row counts after each later row, in the prequential scores: .998 looks about 500 rows "
        "back.",
        examples=[0.999],
    )
    min_rows: int = Field(
        200,
        ge=20,
        description="Rows that must have been compared before a challenger takes over; 20 of them of the rarer class.",
        examples=[500],
    )
    significance: float = Field(
        0.05,
        gt=0,
        lt=_HALF,
        description="Chance that a challenger that is not better takes over from a champion, however often one looks.",
        examples=[0.01],
    )
    drift_significance: float = Field(
        0.002, gt=0, lt=_HALF, description="ADWIN's delta: the smaller, the fewer false alarms.", examples=[0.0001]
    )
    takes_over: Literal["itself", "proposes", "never"] = Field(
        "itself",
        description="What becomes of a challenger that is shown to be better: it is promoted; a version is made of it, "
        "for a person to promote; nothing.",
        examples=["proposes"],
    )
    metrics_port: int | None = Field(
        None, ge=1, le=65535, description="Port of the stream's metrics, on loopback; none by default.", examples=[8001]
    )

    @model_validator(mode="after")
    def _keeps_whole_batches(self) -> StreamSection:
        if self.window_rows < self.batch_rows:
            raise ValueError(f"window_rows = {self.window_rows} is less than a batch of {self.batch_rows} rows")
        return self

    @model_validator(mode="after")
    def _remembers_what_it_compares(self) -> StreamSection:
        if memory_rows(self.fading) < self.min_rows:
            remembered = f"fading = {self.fading} remembers {memory_rows(self.fading)} rows"
            raise ValueError(f"{remembered}, fewer than min_rows = {self.min_rows}")
        return self


def memory_rows(fading: float) -> int:
    """Return after how many rows one counts less than a thousandth of what it did."""
    return math.ceil(math.log(_FADED) / math.log(fading))
