"""`[training]`: the candidates, the features that are made for them, and how the best is chosen."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema, field_validator, model_validator

from keepfit.project import entry_points
from keepfit.project.entry_points import known_name
from keepfit.project.section import MetricName, Score, Section
from keepfit.signature import Kind

MODEL_NAMES = ("ensemble", "logistic_regression", "random_forest", "extra_trees", "lightgbm", "xgboost", "catboost")
STEP_NAMES = (
    *("keep", "ordinal", "one_hot", "target", "frequency", "log", "quantile", "polynomial", "k_bins", "date_parts"),
    *("elapsed_days", "group_median_log"),
)
ModelName = Annotated[
    str,
    AfterValidator(lambda name: known_name(name, MODEL_NAMES, entry_points.MODELS)),
    WithJsonSchema({"anyOf": [{"enum": list(MODEL_NAMES)}, {"type": "string"}]}),
]
StepName = Annotated[
    str,
    AfterValidator(lambda name: known_name(name, STEP_NAMES, entry_points.STEPS)),
    WithJsonSchema({"anyOf": [{"enum": list(STEP_NAMES)}, {"type": "string"}]}),
]


class Range(Section):
    """An interval of a parameter that the search draws from; whole numbers where both ends are."""

    low: int | float = Field(description="Least value.", examples=[0.01])
    high: int | float = Field(description="Greatest value.", examples=[0.3])
    log: bool = Field(False, description="Draw evenly on the scale of the logarithm.", examples=[True])

    @model_validator(mode="after")
    def _has_width(self) -> Range:
        if self.low >= self.high:
            raise ValueError("low must be less than high")
        if self.log and self.low <= 0:
            raise ValueError("a logarithmic range begins above 0")
        return self


Value = int | float | str | bool | None


_TRIALS = 50


class Candidate(Section):
    """One family of models: every combination of a grid is a candidate, or the best that a search in a space finds."""

    model: ModelName = Field(
        description="Name of the family: one of ours, or one that another package registers.",
        examples=["random_forest"],
    )
    grid: dict[str, list[Value]] = Field(
        {},
        description="Values to try, by parameter name of the estimator.",
        examples=[{"n_estimators": [50, 100], "max_depth": [10, 20, 30]}],
    )
    space: Literal["default"] | dict[str, Range | list[Value]] | None = Field(
        None,
        description="Where to search, by parameter name: a range, or a list of values; `default` is the family's own. "
        "A list of one value fixes it.",
        examples=["default"],
    )
    trials: int = Field(_TRIALS, ge=1, le=10_000, description="Settings that a search tries.", examples=[100])
    seconds: float | None = Field(
        None, gt=0, description="Time after which a search in a space begins no further trial.", examples=[600.0]
    )

    @field_validator("space", mode="before")
    @classmethod
    def _is_a_space(cls, space: Any) -> Any:
        """Say of each parameter what is wrong with it, rather than of each type that it might have been."""
        if not isinstance(space, dict):
            if space not in {None, "default"}:
                raise ValueError('is "default", or a table of parameters')
            return space
        return {name: _ranged(name, values) for name, values in space.items()}

    @model_validator(mode="after")
    def _has_one_way(self) -> Candidate:
        if self.space is not None and self.grid:
            raise ValueError("has a grid and a space; a list of one value in the space fixes a parameter")
        if self.space is None and (self.trials != _TRIALS or self.seconds is not None):
            raise ValueError("trials and seconds belong to a space; add space")
        return self


def _ranged(name: str, values: Any) -> Any:
    if isinstance(values, list | Range):
        return values
    if not isinstance(values, dict):
        raise ValueError(f"{name} needs a list of values, or a range: {{ low = 1, high = 9 }}")  # noqa: TRY004 - pydantic's
    try:
        return Range.model_validate(values)
    except ValidationError as error:
        fault = error.errors(include_url=False)[-1]  # of a number that might be whole, what it lacks as any number
        key = ".".join([name, *(str(part) for part in fault["loc"][:1])])
        said = fault["msg"].removeprefix("Value error, ")
        raise ValueError(f"{key}: {said[0].lower()}{said[1:]}") from error


def default_candidates() -> list[Candidate]:
    """Return the candidates of a project that declares none."""
    return [Candidate(model="ensemble")]


class FeatureStep(Section):
    """One step that makes features of columns; a column may have several, and is then only what they make of it."""

    step: StepName = Field(
        description="What is made of the columns: a step of ours, or one that another package registers.",
        examples=["quantile"],
    )
    columns: list[str] = Field([], description="Its columns.", examples=[["balance"]])
    kinds: list[Annotated[Kind, Field(strict=False)]] = Field(
        [], description="All columns of these kinds, besides those that are named.", examples=[["category"]]
    )
    missing: Literal["median", "mean", "most_frequent", "zero", "own_level", "as_is"] | None = Field(
        None,
        description="What stands in for a missing value; by default a number's median, and a category's own level. "
        "`as_is` leaves it to a step that fills it by itself.",
        examples=["zero"],
    )
    parameters: dict[str, int | float | str | bool | list[str]] = Field(
        {}, description="Parameters of the step.", examples=[{"degree": 2}]
    )

    @model_validator(mode="after")
    def _has_columns(self) -> FeatureStep:
        if not self.columns and not self.kinds:
            raise ValueError("needs columns, or kinds of columns")
        return self


class Costs(Section):
    """What a decision costs, right or wrong, in a unit of the project's own; a gain is negative."""

    false_positive: float = Field(1.0, description="Of a negative that is decided positive.", examples=[1.0])
    false_negative: float = Field(1.0, description="Of a positive that is decided negative.", examples=[5.0])
    true_positive: float = Field(0.0, description="Of a positive that is decided positive.", examples=[-2.0])
    true_negative: float = Field(0.0, description="Of a negative that is decided negative.", examples=[0.0])

    @model_validator(mode="after")
    def _prefers_right_decisions(self) -> Costs:
        if self.false_positive <= self.true_negative or self.false_negative <= self.true_positive:
            raise ValueError("a wrong decision must cost more than the right one for the same class")
        return self


class SelectionSection(Section):
    """Which of the features that are made are kept: chosen by cross-validation on the training rows."""

    method: Literal["forward", "rfe", "importance", "named"] = Field(
        description="`forward` adds the feature that helps most, one after the other; `rfe` leaves out the least "
        "important one, again and again; `importance` ranks them once; `named` keeps those in `names`.",
        examples=["forward"],
    )
    names: list[str] = Field(
        [], description="The features of `named`, as the report names them.", examples=[["age", "quantile__balance"]]
    )
    features: Annotated[int, Field(ge=1)] | Literal["best", "fewest"] = Field(
        "best",
        description="A number, the `best` by score, or the `fewest` within a standard error of the best.",
        examples=[9],
    )
    model: Literal["logistic_regression", "random_forest", "extra_trees", "lightgbm", "xgboost", "catboost"] = Field(
        "lightgbm", description="The family that judges the features.", examples=["random_forest"]
    )
    parameters: dict[str, int | float | str | bool] = Field(
        {}, description="Its parameters.", examples=[{"n_estimators": 100}]
    )

    @model_validator(mode="after")
    def _has_names(self) -> SelectionSection:
        if (self.method == "named") != bool(self.names):
            raise ValueError('the method "named" needs names, and the others take none')
        if len(set(self.names)) < len(self.names):
            raise ValueError("names a feature twice")
        if self.method == "named" and self.model_fields_set & {"features", "model", "parameters"}:
            raise ValueError('the method "named" takes names only')
        return self


class TrainingSection(Section):
    """Which candidates are tried, and how the best is chosen on the training rows."""

    metric: MetricName = Field("f1", description="What cross-validation chooses by.", examples=["f1"])
    folds: int = Field(5, ge=2, le=50, description="Folds of the cross-validation.", examples=[5])
    threshold: Score | Literal["best"] = Field(
        "best",
        description="Probability from which on the decision is positive; `best` is chosen on out-of-fold predictions, "
        "by accuracy, F1 or cost where that is the metric, else by F1.",
        examples=[0.5],
    )
    costs: Costs | None = Field(
        None,
        description="What decisions cost; needed where the metric is `cost`, reported wherever it is declared.",
        examples=[{"false_negative": 5.0}],
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
    selection: SelectionSection | None = Field(
        None, description="Which features are kept; by default all.", examples=[{"method": "forward", "features": 9}]
    )
    monotone: dict[str, Literal["increasing", "decreasing"]] = Field(
        {},
        description="Numbers with which the probability of the positive class never falls (`increasing`) or never "
        "rises (`decreasing`), all other values being the same.",
        examples=[{"Income": "increasing", "Debt": "decreasing"}],
    )
    class_weight: Literal["balanced"] | dict[str, float] | None = Field(
        None,
        description="How much a row of each class counts in fitting, by label, 1 where none is given; `balanced` makes "
        "both classes count alike. Probabilities are right again by `calibration`.",
        examples=[{"good": 1.0, "bad": 5.0}],
    )
    candidates: list[Candidate] = Field(
        default_factory=default_candidates,
        min_length=1,
        description="Families and grids; by default the ensemble of all families.",
        examples=[[{"model": "xgboost", "grid": {"max_depth": [3, 6]}}]],
    )
    jobs: int = Field(0, ge=0, description="Processes to train with; 0 is one per core.", examples=[2])

    @field_validator("class_weight", mode="before")
    @classmethod
    def _weighs_something(cls, weights: object) -> object:
        if weights is None or weights == "balanced":
            return weights
        if not isinstance(weights, dict) or not all(type(weight) in (int, float) for weight in weights.values()):
            raise ValueError('takes "balanced", or a table of a number for each label')
        for label, weight in weights.items():
            if not 0 < weight < float("inf"):
                raise ValueError(f"the weight of {label} must be above 0 and finite")
        return weights

    @model_validator(mode="after")
    def _knows_its_costs(self) -> TrainingSection:
        if self.metric == "cost" and self.costs is None:
            raise ValueError("the metric cost needs [training.costs]")
        return self
