"""The sections of `keepfit.toml`, one model each: every key with a default, a description and an example.

The reference page, the JSON schema and the comments that `keepfit new` writes are generated from these fields.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from keepfit.missing_text import MISSING_VALUES
from keepfit.signature import Kind

Share = Annotated[float, Field(gt=0, lt=1)]
Score = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
MetricName = Literal["accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc", "log_loss", "brier"]
ModelName = Literal[
    "ensemble", "logistic_regression", "random_forest", "extra_trees", "lightgbm", "xgboost", "catboost"
]

StepName = Literal["keep", "ordinal", "one_hot", "target", "frequency", "log", "quantile", "polynomial", "k_bins"]


class Section(BaseModel):
    """A table of the project file: unknown keys are refused, values are not converted, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DataSection(Section):
    """Where the table is and what its columns mean."""

    source: str = Field(
        min_length=1,
        description="A file (CSV or Parquet, relative to this one) or a name of the catalogue, e.g. `credit`.",
        examples=["credit"],
    )
    target: str = Field(min_length=1, description="The column that is predicted.", examples=["Status"])
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
        description="Columns that are known only after the event: `keepfit explore` says so of each.",
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
        description="Kinds of columns where the inferred one is wrong: integer, number, category or flag.",
        examples=[{"zip": "category"}],
    )
    categories: dict[str, list[str]] = Field(
        {},
        description="Vocabulary of a column in code order; by default the sorted values of the training rows.",
        examples=[{"Records": ["no", "yes"]}],
    )
    descriptions: dict[str, str] = Field(
        {}, description="A sentence per column, for the API page and the reports.", examples=[{"Age": "Age in years."}]
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

    @field_validator("replace", "kinds", "categories")
    @classmethod
    def _agrees_with_numbers(cls, by_column: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        for name in info.data.get("numbers", ()):
            if name in by_column and by_column[name] not in (Kind.INTEGER, Kind.NUMBER):
                raise ValueError(
                    f'says of "{name}" that it is no number, but numbers names it; leave one of the two out'
                )
        return by_column


class SplitSection(Section):
    """Which rows are held out and touched only by the final report."""

    holdout: Share = Field(0.2, description="Share of the rows that is held out.", examples=[0.2])
    seed: int | None = Field(None, ge=0, description="Seed of the split; by default the project's.", examples=[42])
    stratify: bool = Field(True, description="Keep the class share equal in both parts.", examples=[True])


class RequestSection(Section):
    """What a record may lack, in training, serving and everywhere else."""

    missing: Literal["as_trained", "accept", "reject"] = Field(
        "as_trained",
        description="May a value be missing? `as_trained`: where the training table had missing values; "
        "`accept`: everywhere; `reject`: nowhere.",
        examples=["accept"],
    )
    unseen: Literal["accept", "reject"] = Field(
        "reject",
        description="Is a category outside of the vocabulary scored (and counted), or refused?",
        examples=["accept"],
    )


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


class EvaluationSection(Section):
    """What the report looks at beyond the scores of all held-out rows."""

    slices: list[str] = Field(
        [],
        description="Features by whose values the held-out rows are cut; each part is compared with the rest.",
        examples=[["age", "sex"]],
    )
    bands: dict[str, list[float]] = Field(
        {},
        description="Where numbers are cut; by default at the quartiles of the training rows.",
        examples=[{"age": [30.0, 45.0, 60.0]}],
    )


class PromotionSection(Section):
    """Which versions may become champion."""

    staging_metric: MetricName = Field("f1", description="Metric of the staging threshold.", examples=["f1"])
    staging_threshold: Score = Field(
        0.5,
        description="A version whose holdout score is above this (below, for log_loss and brier) is marked staged.",
        examples=[0.70],
    )
    keep: int = Field(3, ge=1, le=20, description="How many of the best candidates become versions.", examples=[3])


class TrackingSection(Section):
    """Where MLflow keeps runs and registered models."""

    uri: str | None = Field(
        None,
        description="A tracking server or database; by default a SQLite file in the workspace.",
        examples=["http://127.0.0.1:5000"],
    )
    experiment: str | None = Field(
        None, description="Name of the experiment; by default the project's.", examples=["CreditData_Experiments"]
    )


class ServingSection(Section):
    """Where the service answers, and what it takes."""

    host: str = Field("127.0.0.1", description="Address to bind; loopback by default.", examples=["127.0.0.1"])
    port: int = Field(8000, ge=1, le=65535, description="Port to bind.", examples=[8000])
    max_rows: int = Field(1000, ge=1, le=10_000, description="Rows that one request may hold.", examples=[1000])
    max_body_bytes: int = Field(
        1_000_000, ge=1024, description="Size of a request's body, in bytes.", examples=[1000000]
    )


class JournalSection(Section):
    """Where predictions, labels and events are kept."""

    url: str | None = Field(
        None,
        description="The journal's database; by default a SQLite file in the workspace.",
        examples=["sqlite:////var/lib/credit/journal.db"],
    )


class MonitoringSection(Section):
    """When a window of the journal is called drifted, and when its quality is too low."""

    window_rows: int = Field(2000, ge=1, description="The newest predictions that a check looks at.", examples=[2000])
    min_window: int = Field(
        200, ge=20, description="Below so many rows the answer is `insufficient data`.", examples=[500]
    )
    significance: Share = Field(0.01, description="Error rate of all column tests together (Holm).", examples=[0.01])
    min_effect: Share = Field(
        0.1, description="Bias-corrected effect that a column must show to be called drifted.", examples=[0.1]
    )
    share_of_drifted_columns: Share = Field(
        0.5, description="The dataset has drifted when at least this share of its columns has.", examples=[0.5]
    )
    min_f1: Score = Field(
        0.5,
        description="Alarm when even the upper end of the 95 % interval of F1 is below this.",
        examples=[0.65],
    )


class RetrainingSection(Section):
    """What a retrained challenger is made of, and what it must show to win."""

    candidates: Literal["champion", "all"] = Field(
        "champion", description="Refit the champion's recipe, or search all candidates again.", examples=["all"]
    )
    holdout: Share = Field(
        0.3, description="Share of the labelled window rows that judge, and never train.", examples=[0.3]
    )
    min_labels: int = Field(200, ge=20, description="Labelled rows below which nothing is retrained.", examples=[200])
    journal_weight: float = Field(
        1.0,
        gt=0,
        description="How much a labelled journal row weighs in training against a row of the table.",
        examples=[3.0],
    )
    tolerated_loss: Score = Field(
        0.05,
        description="How much of the metric a challenger may lose on the original holdout.",
        examples=[0.05],
    )
    cooldown_seconds: float = Field(
        0.0, ge=0, description="Time after a retraining before an alarm starts the next.", examples=[3600.0]
    )


class Condition(Section):
    """A test of one column: `below`, `at_least` or `among`."""

    column: str = Field(description="The column that is looked at.", examples=["Income"])
    below: float | None = Field(None, description="True for smaller numbers.", examples=[100.0])
    at_least: float | None = Field(None, description="True for this number and larger ones.", examples=[100.0])
    among: list[str] | None = Field(None, description="True for these categories.", examples=[["rent", "other"]])

    @model_validator(mode="after")
    def _has_a_test(self) -> Condition:
        if self.below is None and self.at_least is None and self.among is None:
            raise ValueError("needs one of below, at_least, among")
        return self


class ChangedRule(Section):
    """Rows that meet all conditions get this label."""

    label: str = Field(description="The label that these rows have from now on.", examples=["bad"])
    when: list[Condition] = Field(
        min_length=1, description="Conditions, all of which hold.", examples=[[{"column": "Age", "below": 30.0}]]
    )


class ShiftSection(Section):
    """A changed population whose true labels follow a changed rule."""

    scale: dict[str, float] = Field(
        {}, description="Numbers are multiplied by this, by column.", examples=[{"Income": 0.8}]
    )
    weight: dict[str, dict[str, float]] = Field(
        {},
        description="How much likelier a row of a category is drawn, by column and category.",
        examples=[{"Home": {"rent": 3.0}}],
    )
    rules: list[ChangedRule] = Field(
        [], description="Labels that changed; the first rule that matches a row holds.", examples=[[]]
    )


class SimulationSection(Section):
    """Traffic as it would be."""

    rows: int = Field(2000, ge=1, description="Customers that are sent.", examples=[2000])
    accuracy: Score = Field(
        0.5, description="Share of the reported labels that agree with the prediction.", examples=[0.5]
    )
    concurrency: int = Field(8, ge=1, le=256, description="Requests under way at once.", examples=[8])
    shift: ShiftSection = Field(
        default_factory=ShiftSection, description="The changed population of `--shift`.", examples=[{}]
    )


class ProjectSection(Section):
    """What the project is called, and the seed of all its randomness."""

    name: Name | None = Field(
        None, description="Name of the project and its model; by default the folder's.", examples=["credit-status"]
    )
    description: str = Field("", description="A sentence for pages and the model card.", examples=["Credit status."])
    seed: int = Field(42, ge=0, le=2**32 - 1, description="Seed of everything that is drawn.", examples=[42])


class Project(Section):
    """The whole file. Only `[data] source` and `target` are needed."""

    project: ProjectSection = Field(default_factory=ProjectSection, description="Name and seed.")
    data: DataSection = Field(description="The table.")
    split: SplitSection = Field(default_factory=SplitSection, description="The held-out rows.")
    request: RequestSection = Field(default_factory=RequestSection, description="What a record may lack.")
    training: TrainingSection = Field(default_factory=TrainingSection, description="The candidates.")
    evaluation: EvaluationSection = Field(default_factory=EvaluationSection, description="What is reported.")
    promotion: PromotionSection = Field(default_factory=PromotionSection, description="The policy of promotion.")
    tracking: TrackingSection = Field(default_factory=TrackingSection, description="MLflow.")
    serving: ServingSection = Field(default_factory=ServingSection, description="The service.")
    journal: JournalSection = Field(default_factory=JournalSection, description="The durable record.")
    monitoring: MonitoringSection = Field(default_factory=MonitoringSection, description="Drift and quality.")
    retraining: RetrainingSection = Field(default_factory=RetrainingSection, description="The loop's policy.")
    simulation: SimulationSection = Field(default_factory=SimulationSection, description="Simulated traffic.")

    @property
    def name(self) -> str:
        """The name of the project and of its registered model; the reader has filled it in."""
        return self.project.name or "project"

    @property
    def split_seed(self) -> int:
        """The seed of the holdout split."""
        return self.project.seed if self.split.seed is None else self.split.seed


def sections() -> dict[str, type[Section]]:
    """Return the sections by name, in the order of the file."""
    found: dict[str, type[Section]] = {}
    for name, field in Project.model_fields.items():
        annotation: Any = field.annotation
        found[name] = annotation
    return found
