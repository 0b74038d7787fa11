"""The model card: complete enough for who must answer for a model, and one truth in two forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.bundle import BundleFacts, Lineage, Recipe
from keepfit.project.declaration import EvaluationSection, ProjectSection
from keepfit.project.training_section import Costs, TrainingSection
from keepfit.reporting import render_html, render_markdown
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import (
    CardFacts,
    CardTable,
    MemberResult,
    SearchRows,
    Suspect,
    card_page,
    diagnose,
    generated_limits,
)

SIGNATURE = Signature(
    (Column("Age", Kind.INTEGER, minimum=18, maximum=68), Column("Job", Kind.CATEGORY, categories=("fixed", "other"))),
    Outcome("Status", "bad", "good"),
)
LINEAGE = Lineage(
    "credit",
    "mirror",
    "there",
    "f" * 64,
    3563,
    Recipe("xgboost", {"max_depth": 3}),
    42,
    "0.1.0",
    "e" * 64,
    "r1",
    "d" * 64,
    journal_ranges=((5, 9),),
)
FACTS = BundleFacts(
    "credit", 7, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {"f1": (0.81, 0.78, 0.84)}, "chosen among 50", LINEAGE
)
TABLE = CardTable(
    training_rows=3563,
    training_positives=2576,
    holdout_rows=891,
    holdout_positives=624,
    rows_without_target=3,
    excluded={"rownames": "says whom a row is about"},
    known_after=(),
    missing={"Job": 0.0123},
    cleaning=('"unknown" in Job is missing (44 cells)',),
)
DECLARED = ProjectSection(
    description="Good or bad credit.",
    owner="Credit risk",
    intended_use="Ranks applications for a clerk.",
    limits=["Not for customers below 18."],
)
TOLD = CardFacts(DECLARED, TrainingSection(), TABLE, {"f1": 0.7}, "sigmoid")


@pytest.fixture(scope="module")
def found():
    """Return a diagnosis of a model that does worse for one of two jobs."""
    rng = np.random.default_rng(0)
    job = rng.integers(0, 2, 3000)
    age = rng.random(3000)
    labels = (rng.random(3000) < np.where(job == 1, 0.5, age)).astype(np.int8)
    matrix = np.column_stack([age, job]).astype(np.float32)
    return diagnose(
        lambda rows: rows[:, 0].astype(np.float64),
        0.5,
        SearchRows(matrix, labels, np.arange(1000), np.arange(1000, 3000)),
        SIGNATURE,
        metric="f1",
        section=EvaluationSection(slices=["Job"]),
        seed=0,
    )


def card(told=TOLD, facts=FACTS):
    return render_markdown(card_page(facts, told))


def test_a_card_says_what_a_reviewer_asks():
    """Purpose, owner, data, what is left out, protocol, scores with interval and baseline, recipe and lineage."""
    text = card()
    for part in (
        "# credit, version 7",
        "Good or bad credit.",
        "| owner | Credit risk |",
        "| intended use | Ranks applications for a clerk. |",
        "- Not for customers below 18.",
        "| fingerprint | " + "f" * 64 + " |",
        "| journal rows learnt | 5 to 9 |",
        "| training rows | 3,563, 72.3% of them good |",
        "| rows without a target | 3, left out |",
        "| rownames | says whom a row is about |",
        '- "unknown" in Job is missing (44 cells)',
        "Chosen among 50.",
        "| F1 | 0.8100 | 0.7800 to 0.8400 | 0.7000 | – |",  # noqa: RUF001 - a dash
        "| Age | integer | yes | – | 18 to 68 |",  # noqa: RUF001 - as above
        "| Job | category | yes | 1.23% | fixed, other |",
        "| recipe | xgboost max\\_depth=3 |",
        "| threshold | 0.5, the best by F1 out of fold |",
        "| calibration | sigmoid, fitted on out-of-fold scores |",
        "| seed | 42 |",
        "| MLflow run | r1 |",
        "| environment | " + "e" * 64 + " |",
        "## Limits",
    ):
        assert part in text
    assert "Generated data" not in text


def test_what_is_not_declared_is_said_to_be_missing():
    """A card without owner, purpose and limits says so, rather than nothing."""
    text = card(replace(TOLD, project=ProjectSection()))
    assert "| owner | not declared (\\[project\\] owner) |" in text
    assert "| intended use | not declared (\\[project\\] intended\\_use) |" in text
    assert "its owner declares none (\\[project\\] limits)" in text


def test_slices_importances_and_baselines_stand_in_it(found):
    """What the held-out rows say is told by the same sections as in the report of the training."""
    text = card(replace(TOLD, diagnosis=found))
    assert "## For whom" in text
    assert "| Job | other |" in text
    assert "| Age | " in text.split("## What it rests on")[1]
    assert "Expected calibration error" in text
    assert "Against always deciding" in text


def test_both_forms_are_one_composition(found):
    """The page and the Markdown have the same sections in the same order."""
    page = card_page(FACTS, replace(TOLD, diagnosis=found))
    titles = [section.title for section in page.sections]
    markdown, html = render_markdown(page), render_html(page)
    assert [line[3:] for line in markdown.splitlines() if line.startswith("## ")] == titles
    places = [html.index(f">{title}<") for title in titles]
    assert places == sorted(places)


def test_members_are_listed_for_the_ensemble_only():
    """A card of another candidate of the same search does not list what it is not made of."""
    told = replace(TOLD, members=(MemberResult("LightGBM", 60, 0.7, {"log_loss": 0.4, "roc_auc": 0.8}),))
    ensemble = replace(FACTS, lineage=replace(LINEAGE, recipe=Recipe("ensemble")))
    assert "LightGBM" in card(told, ensemble)
    assert "LightGBM" not in card(told)


def test_costs_and_weights_are_told_where_they_are_declared():
    """What a decision costs, and what a class weighs."""
    section = TrainingSection(costs=Costs(false_negative=5.0), class_weight={"bad": 5.0})
    text = card(replace(TOLD, training=section))
    assert "| costs of a decision | false positive 1, false negative 5, true positive 0, true negative 0 |" in text
    assert "| weight of the classes | bad 5 |" in text
    assert "costs of a decision" not in card()


def test_a_twin_is_named_loudly():
    """A model of generated rows says that it must not decide anything: above all, in its limits and its scope."""
    text = card(facts=replace(FACTS, lineage=replace(LINEAGE, origin="twin")))
    assert "> **Generated data: " in text
    assert "| out of scope | Every decision: the table was generated. |" in text
    assert "- Generated data: " in text


class TestLimits:
    """What the card warns of by itself."""

    def limits(self, told=TOLD, score=(0.81, 0.78, 0.84)):
        return generated_limits(replace(FACTS, scores={"f1": score}), told)

    def test_a_score_that_the_constant_prediction_reaches(self):
        """When the interval holds the baseline, nothing is shown."""
        (said, *_) = self.limits(replace(TOLD, baseline={"f1": 0.79}))
        assert said == (
            "It is not shown to be better than the constant prediction: F1 0.7800 to 0.8400 (95 % interval) against "
            "0.7900."
        )

    def test_a_wide_interval(self):
        """A score that is known to a tenth only is called rough."""
        assert any("is known roughly only: 0.7500 to 0.8700" in said for said in self.limits(score=(0.81, 0.75, 0.87)))
        assert not any("roughly" in said for said in self.limits())

    def test_few_rows(self):
        """Few rows of the rarer class, whichever it is, in training and in the report."""
        few = replace(TABLE, training_rows=210, training_positives=170, holdout_rows=90, holdout_positives=72)
        said = self.limits(replace(TOLD, table=few))
        assert "Only 40 of 210 training rows have Status = bad: little is learnt of them." in said
        assert "The scores rest on 90 held-out rows, 18 of them with Status = bad: few." in said
        assert not any("few" in one for one in self.limits(replace(TOLD, diagnosis=None)))

    def test_a_slice_that_does_worse(self, found):
        """Only where the interval of the gap is clear of zero, and only to the worse."""
        said = [one for one in self.limits(replace(TOLD, diagnosis=found)) if one.startswith("It does worse where")]
        (worse,) = said
        assert worse.startswith("It does worse where Job is other (")

    def test_slices_that_nobody_declared(self, found):
        """Not looked at is not the same as no difference."""
        assert any(
            "[evaluation] slices declares none" in one
            for one in self.limits(told=replace(TOLD, diagnosis=replace(found, slices=())))
        )

    def test_suspects(self):
        """A column that may know the answer is named first."""
        suspect = Suspect(("duration",), "duration is known only after the event.", "declared")
        assert (
            self.limits(replace(TOLD, suspects=(suspect,)))[0] == "duration is known only after the event. (declared)"
        )

    def test_probabilities_that_are_off(self, found):
        """A large calibration error says to trust the order more than the number."""
        said = self.limits(replace(TOLD, diagnosis=replace(found, calibration_error=0.08)))
        assert any("off by 0.080 on average" in one for one in said)
