"""The twin of the bank marketing tables: like them in what is known of them, and no copy of a row."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import SourcedTable, prepare_dataset
from keepfit.datasets.source import Origin
from keepfit.datasets.table import read_table
from keepfit.datasets.twins.bank import FULL_ROWS, ROWS, generate
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.signature import Kind

# UCI data set 222, bank-full.csv: mean, minimum, quartiles, maximum
KNOWN = {
    "age": (40.94, 18, 33, 39, 48, 95),
    "balance": (1362.27, -8019, 72, 448, 1428, 102127),
    "day": (15.81, 1, 8, 16, 21, 31),
    "duration": (258.16, 0, 103, 180, 319, 4918),
    "campaign": (2.76, 1, 1, 2, 3, 63),
    "pdays": (40.20, -1, -1, -1, -1, 871),
    "previous": (0.58, 0, 0, 0, 0, 275),
}
MONTHS = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
VOCABULARIES = {
    "job": {
        *("admin.", "blue-collar", "entrepreneur", "housemaid", "management", "retired", "self-employed"),
        *("services", "student", "technician", "unemployed", "unknown"),
    },
    "marital": {"divorced", "married", "single"},
    "education": {"primary", "secondary", "tertiary", "unknown"},
    "default": {"no", "yes"},
    "housing": {"no", "yes"},
    "loan": {"no", "yes"},
    "contact": {"cellular", "telephone", "unknown"},
    "month": MONTHS,
    "poutcome": {"failure", "other", "success", "unknown"},
    "y": {"no", "yes"},
}
HEADER = (
    *("age", "job", "marital", "education", "default", "balance", "housing", "loan", "contact"),
    *("day", "month", "duration", "campaign", "pdays", "previous", "poutcome", "y"),
)


@pytest.fixture(scope="module", params=[0, 7, 42])
def twin(request):
    """Give the twins of some seeds, as large as the sample."""
    return generate(request.param)


@pytest.fixture(scope="module")
def full():
    """Give a twin of the whole table."""
    return generate(42, rows=FULL_ROWS)


@pytest.fixture(scope="module")
def real(datasets):
    """Give the whole real table."""
    return read_table(datasets / "bank-full.csv")


def subscribed(frame: pl.DataFrame, name: str) -> dict[str, float]:
    """Return the share of subscribers for each word of a column."""
    return dict(frame.group_by(name).agg((pl.col("y") == "yes").mean()).iter_rows())


# against what is known


def test_the_header_is_the_tables(twin, full):
    """Sample and whole have the table's columns in its order, and its number of rows."""
    assert (tuple(twin.columns), twin.height) == (HEADER, ROWS)
    assert (tuple(full.columns), full.height) == (HEADER, FULL_ROWS)
    assert sum(twin.null_count().row(0)) == 0


@pytest.mark.parametrize("name", KNOWN)
def test_a_number_is_as_known(twin, name):
    """Range, quartiles and mean of a number are the table's."""
    mean, least, *quartiles, greatest = KNOWN[name]
    values = twin[name].to_numpy()
    assert twin.schema[name] == pl.Int64
    assert values.min() >= least
    assert values.max() <= greatest
    within = max(0.02 * (quartiles[2] - quartiles[0]), 0.5)
    assert np.quantile(values, [0.25, 0.5, 0.75]) == pytest.approx(quartiles, abs=within)
    assert values.mean() == pytest.approx(mean, rel=0.05)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_is_as_known(twin, name):
    """A category has the known words, all of them."""
    assert set(twin[name]) == VOCABULARIES[name]


def test_one_in_eight_or_nine_subscribes(twin, full):
    """The subscribers are as many as in the whole table: 5289 of 45211."""
    assert (full["y"] == "yes").sum() == 5289
    assert (twin["y"] == "yes").sum() == pytest.approx(4521 * 5289 / 45211, abs=1)


def test_the_past_is_one_thing(twin):
    """Who was not called before has -1 days, no call and an unknown outcome, and nobody else has any of these."""
    never = twin["pdays"] == -1
    assert never.mean() == pytest.approx(1 - 8257 / 45211, abs=0.001)
    assert (never == (twin["previous"] == 0)).all()
    assert (never == (twin["poutcome"] == "unknown")).all()
    assert twin.filter(~never)["pdays"].min() >= 1


def test_a_success_speaks_for_the_next(twin):
    """Duration is the strongest number, and a former success the strongest word, as in every study of the table."""
    with_y = twin.with_columns(pl.col("y") == "yes")
    strengths = {
        name: abs(with_y.select(pl.corr(name, "y", method="spearman")).item())
        for name in ("age", "balance", "day", "duration", "campaign")
    }
    assert max(strengths, key=strengths.__getitem__) == "duration"
    assert strengths["duration"] > 0.25
    former = subscribed(twin, "poutcome")
    assert former["success"] > 0.35
    assert former["success"] > 2.5 * former["failure"]


# against the real table


def test_the_twin_reads_as_the_table(twin, full, real, datasets):
    """Names and types are those of both real tables."""
    assert twin.schema == full.schema == real.schema
    assert read_table(datasets / "bank.csv").schema == twin.schema


@pytest.mark.parametrize("name", [name for name in VOCABULARIES if name != "y"])
def test_shares_are_the_tables(full, real, name):
    """The shares of a category are the table's within half a percent."""
    shares = dict(real[name].value_counts(normalize=True).iter_rows())
    found = dict(full[name].value_counts(normalize=True).iter_rows())
    assert found == pytest.approx(shares, abs=0.005)


@pytest.mark.parametrize("name", KNOWN)
def test_quantiles_are_the_tables(full, real, name):
    """Nine deciles and a mean are the table's, within three percent of the range between the outer ones."""
    levels = np.linspace(0.1, 0.9, 9)
    ours, theirs = (np.quantile(frame[name], levels) for frame in (full, real))
    assert ours == pytest.approx(theirs, abs=max(0.03 * (theirs[-1] - theirs[0]), 1))
    assert full[name].mean() == pytest.approx(real[name].mean(), rel=0.04)


def test_ranks_correlate_as_in_the_table(full, real):
    """Every pair of numbers has the table's rank correlation within 0.07."""
    names = list(KNOWN)
    ours, theirs = (frame.select(pl.col(names).rank()).corr().to_numpy() for frame in (full, real))
    assert ours == pytest.approx(theirs, abs=0.07)


@pytest.mark.parametrize(
    ("name", "high", "low"),
    [
        ("month", "mar", "may"),
        ("month", "sep", "jul"),
        ("month", "oct", "may"),
        ("month", "dec", "aug"),
        ("poutcome", "success", "failure"),
        ("poutcome", "failure", "unknown"),
        ("contact", "cellular", "unknown"),
        ("housing", "no", "yes"),
        ("loan", "no", "yes"),
        ("job", "student", "blue-collar"),
        ("job", "retired", "services"),
        ("education", "tertiary", "primary"),
    ],
)
def test_who_subscribes_is_plausible(full, real, name, high, low):
    """The words that go with more subscribers are those of the table."""
    for frame in (full, real):
        shares = subscribed(frame, name)
        assert shares[high] > 1.2 * shares[low]


@pytest.mark.parametrize(
    ("column", "word", "other", "number", "by"),
    [
        ("job", "retired", "student", "age", 25),
        ("marital", "married", "single", "age", 5),
        ("education", "primary", "tertiary", "age", 2),
        ("default", "no", "yes", "balance", 500),
        ("loan", "no", "yes", "balance", 300),
        ("contact", "cellular", "unknown", "pdays", 20),
    ],
)
def test_columns_belong_together(full, real, column, word, other, number, by):
    """Who is retired is old, who defaults has no balance: the mean of a number follows a word as in the table."""
    for frame in (full, real):
        means = dict(frame.group_by(column).agg(pl.col(number).mean()).iter_rows())
        assert means[word] > means[other] + by


def test_no_call_is_real(full, real):
    """No row of the twin is a row of the real table."""
    assert full.join(real, on=HEADER[:-1], how="inner").is_empty()


# its laws


def test_a_seed_repeats():
    """The same seed gives the same calls, another seed others."""
    assert_frame_equal(generate(3), generate(3))
    assert not generate(3).equals(generate(4))


@pytest.mark.parametrize("rows", [2, 10, 1000, 9000])
def test_any_size_has_the_same_shares(rows):
    """Fewer or more calls have the same header, types and share of subscribers."""
    twin = generate(1, rows=rows)
    assert tuple(twin.columns) == HEADER
    assert twin.schema == generate(1).schema
    assert twin.height == rows
    assert (twin["y"] == "yes").sum() == pytest.approx(5289 / 45211 * rows, abs=1)


def test_a_twin_comes_back_from_its_file(tmp_path):
    """What is kept as CSV is read as it was generated."""
    twin = generate(5)
    twin.write_csv(tmp_path / "twin.csv", separator=";")
    assert_frame_equal(read_table(tmp_path / "twin.csv"), twin)


def test_a_twin_can_be_trained_on(tmp_path):
    """The twin is a dataset with sixteen features, seven of them numbers."""
    table = SourcedTable(generate(42), "bank-marketing", Origin.TWIN, "generated with seed 42", tmp_path, "0" * 64)
    data = DataSection(source="bank-marketing", target="y")
    dataset = prepare_dataset(table, data, SplitSection(), RequestSection(), seed=42)
    kinds = [column.kind for column in dataset.signature.columns]
    assert (kinds.count(Kind.INTEGER), kinds.count(Kind.CATEGORY)) == (7, 9)
