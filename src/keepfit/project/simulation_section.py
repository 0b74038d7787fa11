"""`[simulation]`: traffic as it would be, and a population that has changed."""

from __future__ import annotations

from pydantic import Field, model_validator

from keepfit.project.section import Score, Section


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
    pause_seconds: float = Field(
        5.0, ge=0, description="`--stream` waits up to this between two customers, by chance.", examples=[0.5]
    )
    label_seconds: float = Field(
        10.0, ge=0, description="How long after its answer `--stream` reports a customer's label.", examples=[60.0]
    )
    shift: ShiftSection = Field(
        default_factory=ShiftSection, description="The changed population of `--mode shift`.", examples=[{}]
    )
