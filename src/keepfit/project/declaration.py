"""The project file `keepfit.toml`: its sections, every key with a default, a description and an example.

The large sections have files of their own beside this one. The reference page, the JSON schema and the comments
that `keepfit new` writes are generated from these fields.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field, field_validator, model_validator

from keepfit.project.dashboard_section import Language
from keepfit.project.data_section import DataSection
from keepfit.project.journal_section import JournalSection
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.project.panel_agreement import require_agreement
from keepfit.project.panel_section import PanelSection
from keepfit.project.section import MetricName, Name, Section, Share
from keepfit.project.simulation_section import SimulationSection
from keepfit.project.stack_section import StackSection
from keepfit.project.stream_section import StreamSection
from keepfit.project.training_section import TrainingSection


class SplitSection(Section):
    """Which rows are held out and touched only by the final report."""

    holdout: Share = Field(0.2, description="Share of the rows that is held out.", examples=[0.2])
    seed: int | None = Field(None, ge=0, description="Seed of the split; by default the project's.", examples=[42])
    stratify: bool = Field(True, description="Keep the class share equal in both parts.", examples=[True])
    time: str | None = Field(
        None,
        description="A column of dates or numbers: the latest rows are held out, and each fold is asked about later "
        "rows than those it was fitted on.",
        examples=["month"],
    )


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
    out_of_range: Literal["accept", "clip", "reject"] = Field(
        "accept",
        description="Is a number outside of the range of the training rows scored (and counted), scored as the nearer "
        "end of the range, or refused?",
        examples=["clip"],
    )
    dropped: Literal["accept", "reject"] = Field(
        "reject",
        description="May a record have the columns that `[data] drop` leaves out? They are journalled as sent, and no "
        "model looks at them.",
        examples=["accept"],
    )
    aliases: dict[Annotated[str, Field(min_length=1)], str] = Field(
        {},
        description="Other names that a request may use, each with the column that it stands for.",
        examples=[{"years_at_work": "Seniority"}],
    )


class EvaluationSection(Section):
    """What the report looks at beyond the scores of all held-out rows."""

    protocol: Literal["honest", "published"] = Field(
        "honest",
        description="`published`: measure as published systems often do too (chosen on the held-out rows, ROC AUC "
        "of decisions, scores on the training rows), and say what is wrong with that.",
        examples=["published"],
    )
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
    learning_curve: list[Share] = Field(
        [],
        description="Shares of the training rows that the best is fitted on again, to see whether more rows would "
        "help; each costs a fit.",
        examples=[[0.125, 0.25, 0.5]],
    )

    @field_validator("learning_curve")
    @classmethod
    def _ascends(cls, shares: list[float]) -> list[float]:
        if any(share >= following for share, following in pairwise(shares)):
            raise ValueError("must ascend; name each share once, the smallest first")
        return shares


class Staging(NamedTuple):
    """What a version must score on the held-out rows to be staged: more than a threshold, of a loss less."""

    metric: str
    threshold: float


class PromotionSection(Section):
    """Which versions may become champion."""

    staging_metric: MetricName = Field("f1", description="Metric of the staging threshold.", examples=["f1"])
    staging_threshold: float = Field(
        0.5,
        description="A version whose holdout score is above this (below, for log_loss, brier, cost) is staged.",
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


class ChallengerSection(Section):
    """What the version does that `keepfit challenge` has named, beside the champion."""

    mode: Literal["off", "shadow", "canary"] = Field(
        "off",
        description="`shadow`: it scores a copy of the traffic, and its answers are journalled only; `canary`: it "
        "answers a share of the records.",
        examples=["shadow"],
    )
    share: Share = Field(
        0.1,
        description="Of the entities that a canary answers: the same entity always goes the same way.",
        examples=[0.05],
    )


class ServingSection(Section):
    """Where the service answers, and what it takes."""

    host: str = Field("127.0.0.1", description="Address to bind; loopback by default.", examples=["127.0.0.1"])
    port: int = Field(8000, ge=1, le=65535, description="Port to bind.", examples=[8000])
    workers: int = Field(1, ge=1, le=64, description="Processes that answer, behind one port.", examples=[2])
    max_rows: int = Field(1000, ge=1, le=10_000, description="Rows that one request may hold.", examples=[1000])
    max_body_bytes: int = Field(
        1_000_000, ge=1024, description="Size of a request's body, in bytes.", examples=[1000000]
    )
    entity_parameter: str = Field(
        "",
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$",
        description="Query parameter of a prediction that says whom the record is about; empty for none.",
        examples=["cus_id"],
    )
    answer: dict[Annotated[str, Field(min_length=1)], Literal["probability", "decision", "entity"]] = Field(
        {},
        description="The keys of an answer and what each holds, beside `id` and `model_version`; by default "
        "`probability` and `decision`.",
        examples=[{"PD": "probability", "cus_id": "entity"}],
    )
    allowed_hosts: list[Annotated[str, Field(min_length=1)]] = Field(
        [],
        description="Names by which callers reach the service, beside the bound address; on loopback others are "
        "refused.",
        examples=[["credit.example.com"]],
    )
    open: bool = Field(
        False,
        description="May anybody ask who reaches an address beyond loopback? Otherwise such an address needs the token "
        "of `KEEPFIT_API_TOKEN`.",
        examples=[False],
    )

    explain: Literal["on_request", "always", "never"] = Field(
        "on_request",
        description="When does an answer carry the reasons for its score? `on_request`: with `?explain=true`.",
        examples=["always"],
    )
    explain_decisions: list[str] = Field(
        [],
        description="Decisions that always carry their reasons, such as the refusal of a credit.",
        examples=[["bad"]],
    )
    challenger: ChallengerSection = Field(
        default_factory=ChallengerSection, description="What a challenger does.", examples=[{}]
    )

    @property
    def address(self) -> str:
        """Where it answers, `host:port`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @field_validator("entity_parameter")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name == "explain":
            raise ValueError("is a query parameter already; choose another name")
        return name

    @field_validator("answer")
    @classmethod
    def _leaves_the_fixed_keys(cls, answer: dict[str, str]) -> dict[str, str]:
        taken = {"id", "model_version", "reasons", "record"} & set(answer)
        if taken:
            raise ValueError(f"{min(taken)} is a key of its own already; choose another one")
        return answer


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
    tolerated_loss: float = Field(
        0.05,
        ge=0,
        description="How much of the metric, in its own unit, a challenger may lose on the original holdout.",
        examples=[0.05],
    )
    cooldown_seconds: float = Field(
        0.0, ge=0, description="Time after a retraining before an alarm starts the next.", examples=[3600.0]
    )


class ProjectSection(Section):
    """What the project is called, and the seed of all its randomness."""

    name: Name | None = Field(
        None, description="Name of the project and its model; by default the folder's.", examples=["credit-status"]
    )
    description: str = Field("", description="A sentence for pages and the model card.", examples=["Credit status."])
    owner: str = Field(
        "", description="Who answers for the model, for its card.", examples=["Credit risk, credit-risk@example.com"]
    )
    intended_use: str = Field(
        "",
        description="What the model is for, and who acts on it: for its card.",
        examples=["Ranks applications for a clerk, who decides."],
    )
    limits: list[Annotated[str, Field(min_length=1)]] = Field(
        [],
        description="What the model must not be used for, or does badly: sentences for its card.",
        examples=[["Not for customers below 18."]],
    )
    language: Language = Field("en", description="Language of the dashboards.", examples=["pt"])
    seed: int = Field(42, ge=0, le=2**32 - 1, description="Seed of everything that is drawn.", examples=[42])
    pipelines: Literal["refuse", "apart"] = Field(
        "refuse",
        description="What becomes of a model that no graph can hold: refused, or (`apart`) kept as its fitted "
        "pipeline and answered by a process of its own. To load a pipeline is to run code, and it answers more slowly.",
        examples=["apart"],
    )


class Project(Section):
    """The whole file. Only `[data] source` and `target` are needed."""

    project: ProjectSection = Field(default_factory=ProjectSection, description="Name and seed.")
    data: DataSection = Field(description="The table.")
    panel: PanelSection | None = Field(None, description="Months, and products to recommend.")
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
    stream: StreamSection = Field(default_factory=StreamSection, description="Learning batch by batch.")
    simulation: SimulationSection = Field(default_factory=SimulationSection, description="Simulated traffic.")
    stack: StackSection = Field(default_factory=StackSection, description="The servers of `keepfit up`.")

    @property
    def runs_pipelines(self) -> bool:
        """Whether models may be fitted pipelines, answered by processes of their own."""
        return self.project.pipelines == "apart"

    @model_validator(mode="after")
    def _knows_its_costs(self) -> Project:
        if self.promotion.staging_metric == "cost" and self.training.costs is None:
            raise ValueError('[promotion] staging_metric = "cost" needs [training.costs]')
        return self

    @model_validator(mode="before")
    @classmethod
    def _has_no_floor_of_recommendations(cls, told: Any) -> Any:
        """Leave F1 of recommendations without a floor that nobody declared: it is far below F1 of one decision."""
        if not isinstance(told, dict) or "panel" not in told or not isinstance(told.get("monitoring", {}), dict):
            return told
        return {**told, "monitoring": {"min_f1": 0.0, **told.get("monitoring", {})}}

    @model_validator(mode="after")
    def _agrees_with_its_panel(self) -> Project:
        if self.panel is None:
            return self
        require_agreement(self.panel, self.data, self.split, self.training, self.promotion)
        return self

    @property
    def name(self) -> str:
        """The name of the project and of its registered model; the reader has filled it in."""
        return self.project.name or "project"

    @property
    def staging(self) -> Staging:
        """What a version must score to be staged."""
        if self.panel is not None:
            return Staging(self.panel.metric, self.panel.staging_threshold)
        return Staging(self.promotion.staging_metric, self.promotion.staging_threshold)

    @property
    def split_seed(self) -> int:
        """The seed of the holdout split."""
        return self.project.seed if self.split.seed is None else self.split.seed


def sections() -> dict[str, type[Section]]:
    """Return the sections by name, in the order of the file."""
    found: dict[str, type[Section]] = {}
    for name, field in Project.model_fields.items():
        annotation: Any = field.annotation
        found[name] = next((part for part in get_args(annotation) if part is not type(None)), annotation)
    return found
