"""The exploration as a whole: on a planted table, and on the published ones."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from keepfit.datasets import Target
from keepfit.errors import DatasetError
from keepfit.exploration import ExploredTable, explore, explore_page
from keepfit.exploration.findings import Topic
from keepfit.project.data_section import DataSection
from keepfit.reporting import render_html, render_markdown, write_json
from keepfit.signature import Outcome

OUTCOME = Outcome("y", "no", "yes")
EXPLORED = ExploredTable("mine", "2026-11-21T09:00:00.000Z", "mine.csv", "file", "mine.csv", "", 1000)


def planted(rows=2000, seed=0) -> tuple[pl.DataFrame, np.ndarray]:
    """A number that goes up with the target, a category that goes with it, noise, and what is wrong with a table."""
    rng = np.random.default_rng(seed)
    labels = rng.random(rows) < 0.3
    income = rng.normal(100, 20, rows) + 15 * labels
    income[rng.random(rows) < 0.1] = np.nan
    frame = pl.DataFrame(
        {
            "id": range(rows),
            "income": income,
            "age": rng.integers(18, 70, rows),
            "job": np.where(labels & (rng.random(rows) < 0.5), "boss", rng.choice(["clerk", "unknown"], rows)),
            "noise": rng.normal(size=rows),
            "always": ["x"] * rows,
            "told": labels.astype(int) * 3 + 9,
            "y": np.where(labels, "yes", "no"),
        }
    ).with_columns((pl.col("age") * 2.0 + pl.Series(rng.normal(0, 10, rows))).alias("weight"))
    return frame, labels.astype(np.int8)


def explored(frame, codes, known=None, **keys):
    known = np.ones(frame.height, bool) if known is None else known
    section = DataSection(source="mine.csv", target="y", **keys)
    return explore(frame, Target(codes, known, OUTCOME), section, seed=0)


@pytest.fixture(scope="module")
def found():
    frame, codes = planted()
    return explored(frame, codes, known_after=["noise"])


def sentences(found, topic) -> str:
    return "\n".join(finding.sentence for finding in found.findings if finding.topic is topic)


def test_leakage_comes_first(found):
    """A column that determines the target, and one that is declared to be known only afterwards."""
    assert "told alone nearly determines y: is it known before the event?" in sentences(found, Topic.LEAKAGE)
    assert "noise is known only after the event" in sentences(found, Topic.LEAKAGE)
    assert {finding.topic for finding in found.findings[:2]} == {Topic.LEAKAGE}


def test_what_is_wrong_with_the_data_is_said(found):
    """Missing values, a word for missing, a constant, an identifier."""
    said = sentences(found, Topic.QUALITY)
    for part in (
        "income is missing in ",
        "unknown in job may stand for a missing value.",
        "always has one value only, and tells nothing.",
        "id identifies rows: leave it out, or name it as the entity.",
    ):
        assert part in said


def test_what_goes_with_the_target_is_said_with_its_direction(found):
    """A number that is higher, a category that is more frequent, a column that says little."""
    said = sentences(found, Topic.FEATURE)
    assert "income is higher where y is yes: median 11" in said
    assert "y is most often yes where job is boss (100.0%)" in said
    assert "age says little of y by itself." in said
    assert "y is yes in 3" in sentences(found, Topic.TARGET)


def test_what_goes_together_is_said(found):
    """Two numbers that rise together."""
    assert "weight rises with age." in sentences(found, Topic.NUMBERS)


def test_findings_are_ranked(found):
    """Behind leakage, quality and target the strongest come first."""
    strengths = [finding.strength for finding in found.findings if finding.topic not in (Topic.LEAKAGE, Topic.QUALITY)]
    assert strengths[1:] == sorted(strengths[1:], reverse=True)


def test_the_page_holds_every_finding_with_its_evidence(found):
    """In HTML and in Markdown; the facts are JSON."""
    page = explore_page(EXPLORED, found)
    said = render_markdown(page).replace("\\", "")
    for finding in found.findings:
        assert finding.sentence in said
    assert "<script>" in render_html(page)


def test_the_facts_are_json(found, tmp_path):
    """Whatever is no number is null."""
    write_json(found.to_dict(), tmp_path / "eda.json")
    facts = json.loads((tmp_path / "eda.json").read_text())
    assert len(facts["columns"]) == 9
    assert facts["findings"][0]["topic"] == "leakage"


def test_a_repeated_row_is_counted():
    """Rows that are the same in every column."""
    frame, codes = planted(200)
    twice = pl.concat([frame, frame[:3]])
    found = explored(twice, np.concatenate([codes, codes[:3]]))
    assert found.duplicates == 3
    assert "3 rows repeat an earlier one in every column" in sentences(found, Topic.QUALITY)


def test_rows_without_a_target_are_described_too():
    """They count in the columns, and not in the target's share."""
    frame, codes = planted(300)
    known = np.arange(300) >= 50
    found = explored(frame, codes[known], known)
    assert (found.rows, found.positives.rows) == (300, 250)


@pytest.mark.parametrize(
    "values",
    [
        [None] * 60,
        [1] + [None] * 59,
        [float("nan")] * 60,
        [float("inf"), 1.5] * 30,
        [True, None, False] * 20,
        [2**62 + at for at in range(60)],
        [dt.date(2026, 1, 1) + dt.timedelta(days=at) for at in range(60)],
        [f"c{at}" for at in range(60)],
        ["others"] * 20 + [f"x{at}" for at in range(40)],
        ["", " ", "ü\n<b>"] * 20,
        [float("inf"), 1.5, 2.5, -1.5] * 15,
        [10**20 + at % 7 for at in range(60)],
        [dt.timedelta(days=at % 5) for at in range(60)],
        [dt.time(at % 5) for at in range(60)],
        [Decimal(at % 20) / 8 for at in range(60)],
    ],
    ids=[
        "null",
        "one value",
        "NaN",
        "infinite",
        "flags",
        "large",
        "dates",
        "ids",
        "rare",
        "odd texts",
        "one infinite",
        "huge",
        "durations",
        "times",
        "decimals",
    ],
)
def test_odd_columns_are_described(values):
    """Whatever a column holds, there is a page, and it says what it can."""
    frame = pl.DataFrame({"odd": values, "y": ["no", "yes"] * 30})
    found = explored(frame, np.array([0, 1] * 30, dtype=np.int8))
    html = render_html(explore_page(EXPLORED, found))
    assert "nan" not in html.split("<main>")[1].split("</main>")[0].lower()
    assert "<b>" not in html


def test_a_category_of_very_many_values_is_cut():
    """A hundred thousand values are thirty levels and the others; it takes no minutes."""
    values = [f"value {at % 50_000}" for at in range(100_000)]
    frame = pl.DataFrame({"many": values, "y": ["no", "yes"] * 50_000})
    found = explored(frame, np.array([0, 1] * 50_000, dtype=np.int8))
    assert found.columns[0].distinct == 50_000
    assert len(found.features[0].rates) == 31


def test_lists_are_no_values():
    """A column of lists names itself and the way out."""
    frame = pl.DataFrame({"tags": [[1, 2]] * 20, "y": ["no", "yes"] * 10})
    with pytest.raises(DatasetError, match=r'column "tags": holds List\(Int64\), which is no kind of value; drop it'):
        explored(frame, np.array([0, 1] * 10, dtype=np.int8))
