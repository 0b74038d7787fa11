"""`[training]`: the candidates, the features that are made for them, and how the best is chosen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from keepfit.project.section import MetricName, Score, Section
from keepfit.signature import Kind

ModelName = Literal[
    "ensemble", "logistic_regression", "random_forest", "extra_trees", "lightgbm", "xgboost", "catboost"
]
StepName = Literal["keep", "ordinal", "one_hot", "target", "frequency", "log", "quantile", "polynomial", "k_bins"]


class Candidate(Section):
    """One family of models with a grid of its parameters: every combination is a candidate."""

    model: ModelName = Field(description="Name of the family.", examples=["random_forest"])
    grid: dict[str, list[int | float | str | bool | None]] = Field(
        {},
        description="Values to try, by parameter name of the estimator.",
        examples=[{"n_estimators": [50, 100], "max_depth": [10, 20, 30]}],
    )


def default_candidates() -> list[Candidate]:
    """Return the candidates of a project that declares none."""
    return [Candidate(model="ensemble")]


class FeatureStep(Section):
    """One step that makes features of columns; a column may have several, and is then only what they make of it."""

    step: StepName = Field(description="What is made of the columns.", examples=["quantile"])
    columns: list[str] = Field([], description="Its columns.", examples=[["balance"]])
    kinds: list[Annotated[Kind, Field(strict=False)]] = Field(
        [], description="All columns of these kinds, besides those that are named.", examples=[["category"]]
    )
    missing: Literal["median", "mean", "most_frequent", "zero", "own_level"] | None = Field(
        None,
        description="What stands in for a missing value; by default a number's median, and a category's own level.",
        examples=["zero"],
    )
    parameters: dict[str, int | float | str | bool] = Field(
        {}, description="Parameters of the step.", examples=[{"degree": 2}]
    )

    @model_validator(mode="after")
    def _has_columns(self) -> FeatureStep:
        if not self.columns and not self.kinds:
            raise ValueError("needs columns, or kinds of columns")
        return self


class TrainingSection(Section):
    """Which candidates are tried, and how the best is chosen on the training rows."""

    metric: MetricName = Field("f1", description="What cross-validation chooses by.", examples=["f1"])
    folds: int = Field(5, ge=2, le=50, description="Folds of the cross-validation.", examples=[5])
    threshold: Score | Literal["best"] = Field(
        "best",
        description="Probability from which on the decision is positive; `best` is chosen on out-of-fold predictions, "
        "by accuracy or F1 where that is the metric, else by F1.",
        examples=[0.5],
    )
    calibration: Literal["auto", "none", "sigmoid", "isotonic"] = Field(
        "auto",
        description="The map from score to probability, fitted on out-of-fold predictions; `auto` takes one where it "
        "helps.",
        examples=["none"],
    )
    missing: Literal["median", "zero"] = Field(
        "median",
        description="What stands in for a missing value: a number's training median (a category gets a level of its "
        "own), or 0 for numbers and category codes alike.",
        examples=["zero"],
    )
    categories: Literal["one-hot", "ordinal"] = Field(
        "one-hot", description="How category codes enter the model.", examples=["ordinal"]
    )
    features: list[FeatureStep] = Field(
        [],
        description="Steps that make features; a column that none of them names is treated as `missing` and "
        "`categories` say.",
        examples=[[{"step": "quantile", "columns": ["balance"]}]],
    )
    candidates: list[Candidate] = Field(
        default_factory=default_candidates,
        min_length=1,
        description="Families and grids; by default the ensemble of all families.",
        examples=[[{"model": "xgboost", "grid": {"max_depth": [3, 6]}}]],
    )
    jobs: int = Field(0, ge=0, description="Processes to train with; 0 is one per core.", examples=[2])
