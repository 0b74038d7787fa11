"""What is wrong with the data."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from keepfit.datasets import Target
from keepfit.datasets.scanning import scan_table
from keepfit.exploration import explore
from keepfit.exploration.findings import Topic
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome

LABELS = np.arange(3000) % 2


def flaws(found):
    return {finding.columns: f"{finding.sentence} ({finding.evidence})" for finding in found.flaws}


def some(rows, value=1.5):
    return [None] * rows + [value + at for at in range(3000 - rows)]


def test_a_missing_value_is_never_rounded_away(explored):
    """One of three thousand is some, all but one are not all."""
    found = flaws(explored({"a": some(1), "b": some(2999), "c": some(300)}, LABELS))
    assert found["a",] == "a is missing in under 0.1% of the rows. (1 of 3,000 rows)"
    assert found["b",] == "b is missing in over 99.9% of the rows. (2,999 of 3,000 rows)"
    assert found["c",] == "c is missing in 10.0% of the rows. (300 of 3,000 rows)"


def test_what_is_missing_in_the_same_rows_is_told_once(explored):
    """Beside what is missing in as many others."""
    found = flaws(explored({"a": some(300), "b": some(300), "c": some(300)[::-1]}, LABELS))
    assert found["a", "b"] == "a and b are missing in 10.0% of the rows, the same ones. (300 of 3,000 rows)"
    assert found["c",] == "c is missing in 10.0% of the rows. (300 of 3,000 rows)"


def test_a_value_that_may_be_missing_has_its_rows(explored):
    """Of a column with fractions too; the target's own labels are no such values."""
    values = [-1.0] * 2000 + [at / 2 for at in range(1000)]
    found = explored({"x": values}, LABELS)
    assert flaws(found)["x",] == "-1 in x may stand for a missing value. (-1: 2,000 rows)"


def test_what_training_refuses_is_told(explored):
    """As training will tell it; an empty column is told by that alone."""
    texts = [f"note {at:04}" for at in range(3000)]
    columns = {"note": texts, "empty": [None] * 3000, "ratio": [float("inf"), 1.5] * 1500}
    found = flaws(explored(columns, LABELS))
    assert found["note",] == (
        "Training will refuse note, since it has 3000 different texts: an id, or free text. (drop it, or make it the "
        "entity: [data] drop, [data] entity)"
    )
    assert found["empty",] == (
        "Training will refuse empty, since it has no value in the training rows. (drop it: [data] drop in keepfit.toml)"
    )
    assert found["ratio",] == (
        "Training will refuse ratio, since it holds inf in row 1, which is no finite number. (leave that cell empty)"
    )


@pytest.mark.parametrize("entity", [None, "id"])
def test_an_identifier_is_told_unless_it_is_the_entity(explored, entity):
    """Who is declared to be whom a row is about need not be declared again."""
    found = flaws(explored({"id": range(3000), "x": LABELS * 1.5}, LABELS, entity=entity))
    assert (("id",) in found) == (entity is None)


def test_prices_are_no_identifiers(explored):
    """Numbers with a comma say what to write; dates in any format are dates."""
    columns = {
        "price": [f"{at},{at % 10}5" for at in range(900)],
        "day": [f"{1 + at % 28}/{1 + at % 12}/{2000 + at // 28}" for at in range(900)],
    }
    found = flaws(explored(columns, LABELS[:900]))
    assert list(found) == [("price",)]
    assert found["price",].startswith("price: numbers with a comma, 900 texts such as ")


def test_a_name_with_blanks_is_seen(explored):
    """A name that begins or ends with a blank stands in quotation marks."""
    assert flaws(explored({" age": some(300)}, LABELS))[" age",].startswith('" age" is missing in 10.0%')


def test_of_a_sample_the_rows_are_those_that_were_looked_at(tmp_path):
    """Clauses on texts speak of the sample; counts of values are about those of all rows."""
    frame = pl.DataFrame({"code": [" 1", "2", "unknown", "-"] * 100, "y": ["no", "yes"] * 200})
    frame.write_parquet(tmp_path / "mine.parquet")
    scanned = scan_table(tmp_path / "mine.parquet", seed=0)
    sample = frame[:80]
    scanned = type(scanned)(scanned.rows, sample, scanned.columns)
    target = Target(np.tile(np.array([0, 1], np.int8), 40), np.ones(80, bool), Outcome("y", "no", "yes"))
    found = explore(sample, target, DataSection(source="mine.parquet", target="y"), scanned=scanned, seed=0)
    told = [f"{finding.sentence} ({finding.evidence})" for finding in found.flaws]
    assert "-, unknown in code may stand for a missing value. (-: about 100 rows, unknown: about 100 rows)" in told
    assert any(line.endswith("(in a sample of 80 rows)") for line in told)
    assert not any(finding.topic is Topic.QUALITY and not finding.columns for finding in found.findings)
