"""When a window of the journal is called drifted, and when its quality is too low."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from keepfit.project.alerts_section import AlertsSection
from keepfit.project.dashboard_section import OF_GRAPHITE, DashboardSection
from keepfit.project.section import Score, Section, Share
from keepfit.project.statsd_section import StatsdSection

NumberMeasure = Literal[
    "normed_wasserstein", "kolmogorov_smirnov", "jensen_shannon", "total_variation", "population_stability"
]
CategoryMeasure = Literal["jensen_shannon", "total_variation", "population_stability"]
_GREATEST = {"kolmogorov_smirnov": 1.0, "jensen_shannon": math.sqrt(math.log(2)), "total_variation": 1.0}


def greatest(measure: str) -> float:
    """Return what a distance stays below; infinity where it has no bound."""
    return _GREATEST.get(measure, math.inf)


class StabilitySection(Section):
    """What keeps a verdict from flapping, over checks of predictions that no check before has looked at."""

    windows: int = Field(1, ge=1, le=100, description="How many checks are looked at, this one too.", examples=[3])
    needed: int = Field(
        1,
        ge=1,
        le=100,
        description="In how many of them there must be an alarm; before, it is a warning.",
        examples=[2],
    )
    release: float = Field(
        0.8,
        gt=0,
        le=1,
        description="What has drifted stays so until its effect is below this share of the floor that it went over.",
        examples=[0.8],
    )
    cooldown_seconds: float = Field(
        0.0,
        ge=0,
        description="For so long after an alarm has ended the next one is a warning.",
        examples=[3600.0],
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> StabilitySection:
        if self.needed > self.windows:
            raise ValueError(f"needed = {self.needed} cannot be reached in windows = {self.windows}")
        return self


class SeasonSection(Section):
    """With which of the training rows a window is compared: those of its own weekdays, or of its own months."""

    by: Literal["weekday", "month"] = Field(
        description="What a season is: the training rows are counted by it, and a window of the journal is compared "
        "with those of its own seasons.",
        examples=["weekday"],
    )
    column: str = Field(
        description="The column of the training table that says the day of a row; it need not be a feature.",
        examples=["day_of_call"],
    )


class MonitoringSection(Section):
    """When a window of the journal is called drifted, and when its quality is too low."""

    window_rows: int = Field(2000, ge=1, description="The newest predictions that a check looks at.", examples=[2000])
    min_window: int = Field(200, ge=20, description="Below so many rows the answer is `insufficient`.", examples=[500])
    significance: Share = Field(
        0.01, description="Error rate of all tests of all columns together (Holm).", examples=[0.01]
    )
    number_measure: NumberMeasure = Field(
        "normed_wasserstein",
        description="By which distance the effect of a change is measured, of numbers, dates and scores.",
        examples=["kolmogorov_smirnov"],
    )
    category_measure: CategoryMeasure = Field(
        "jensen_shannon",
        description="By which distance it is measured, of categories, flags and labels.",
        examples=["total_variation"],
    )
    min_effect: float = Field(
        0.1,
        gt=0,
        description="Bias-corrected effect that a column must show to be called drifted.",
        examples=[0.1],
    )
    min_effects: dict[str, Annotated[float, Field(gt=0)]] = Field(
        {},
        description="Other such floors, of columns by name; the target's is that of the label rate, and `probability` "
        "is the score.",
        examples=[{"Income": 0.2}],
    )
    ignored: list[str] | None = Field(
        None,
        description="Columns that are not compared, such as the day of a record, which must change; by default of a "
        "panel its month, and what its past says of single products; none of another table.",
        examples=[["day_of_call"]],
    )
    min_missing_change: Share = Field(
        0.02, description="How much the share of missing values must change to be called drift.", examples=[0.02]
    )
    min_unseen: Share = Field(
        0.005,
        description="Share of values outside of the vocabulary that is called drift, beyond what the training rows let "
        "expect.",
        examples=[0.005],
    )
    min_auc: float = Field(
        0.55,
        gt=0.5,
        lt=1,
        description="How well a model must tell the window from the training rows, as a ROC AUC, for "
        "`keepfit check --multivariate` to say that columns go together in another way.",
        examples=[0.6],
    )
    share_of_drifted_columns: float = Field(
        0.5,
        gt=0,
        le=1,
        description="The dataset has drifted when at least this share of its columns has.",
        examples=[0.5],
    )
    min_concept_shift: Share = Field(
        0.05,
        description="Warn when labels of the same score have changed by this much on average, beyond chance and to the "
        "worse: the data mean something else than they did.",
        examples=[0.1],
    )
    season: SeasonSection | None = Field(
        None,
        description="Seasons, where a window is no sample of all days; none by default.",
        examples=[{"by": "weekday", "column": "day"}],
    )
    min_f1: Score = Field(
        0.5,
        description="Alarm when even the upper end of the 95 % interval of F1 is below this; 0 for no floor. With "
        "`[panel]` it is for micro F1, over all recommendations, and 0 if it is not declared.",
        examples=[0.65],
    )
    stability: StabilitySection = Field(
        default_factory=StabilitySection, description="What keeps the verdict from flapping."
    )
    alerts: AlertsSection = Field(default_factory=AlertsSection, description="Limits of Prometheus's alerts.")
    statsd: StatsdSection = Field(default_factory=StatsdSection, description="A StatsD daemon that is told.")
    dashboard: DashboardSection = Field(default_factory=DashboardSection, description="A dashboard of its own.")

    def floor(self, column: str) -> float:
        """Return the effect that a column must show."""
        return self.min_effects.get(column, self.min_effect)

    @model_validator(mode="after")
    def _tells_graphite(self) -> MonitoringSection:
        asked = [name for name in self.dashboard.panels if name.startswith(OF_GRAPHITE)]
        if asked and not self.statsd.address:
            raise ValueError(f'[monitoring.dashboard] has "{asked[0]}", which needs [monitoring.statsd] address')
        return self

    @model_validator(mode="after")
    def _can_be_reached(self) -> MonitoringSection:
        """Refuse a limit that nothing can reach: an alarm that cannot come is no alarm."""
        if self.min_window > self.window_rows:
            raise ValueError(
                f"min_window = {self.min_window} is never reached: a check looks at window_rows = {self.window_rows}; "
                "lower the one or raise the other"
            )
        least = min((self.number_measure, self.category_measure), key=greatest)
        if self.min_effect >= greatest(least):
            raise ValueError(
                f"min_effect = {self.min_effect:g} is never reached: {least} is below {greatest(least):.4g}; lower it"
            )
        return self
