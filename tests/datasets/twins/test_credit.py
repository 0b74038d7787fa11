"""The twin of the credit table: like the table in what is published of it, and no copy of a row."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import SourcedTable, prepare_dataset
from keepfit.datasets.source import Origin
from keepfit.datasets.table import read_table
from keepfit.datasets.twins.credit import generate
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.signature import Kind

# ufrgs-ecd15, README, "Resumo estatístico" and "Valores limites":
# known values, mean, standard deviation, minimum, quartiles, maximum
PUBLISHED = {
    "Seniority": (4454, 7.99, 8.17, 0, 2, 5, 12, 48),
    "Time": (4454, 46.44, 14.66, 6, 36, 48, 60, 72),
    "Age": (4454, 37.08, 10.98, 18, 28, 36, 45, 68),
    "Expenses": (4454, 55.57, 19.52, 35, 35, 51, 72, 180),
    "Income": (4073, 141.69, 80.75, 6, 90, 125, 170, 959),
    "Assets": (4407, 5403.98, 11574.4, 0, 0, 3000, 6000, 300000),
    "Debt": (4436, 343.03, 1245.99, 0, 0, 0, 0, 30000),
    "Amount": (4454, 1038.92, 474.55, 100, 700, 1000, 1300, 5000),
    "Price": (4454, 1462.78, 628.13, 105, 1117.25, 1400, 1691.5, 11140),
}
VOCABULARIES = {
    "Status": {"good", "bad"},
    "Home": {"rent", "owner", "parents", "priv", "other", "ignore"},
    "Marital": {"married", "widow", "single", "separated", "divorced"},
    "Records": {"no", "yes"},
    "Job": {"freelance", "fixed", "partime", "others"},
}
HEADER = (
    *("rownames", "Status", "Seniority", "Home", "Time", "Age", "Marital", "Records", "Job"),
    *("Expenses", "Income", "Assets", "Debt", "Amount", "Price"),
)


@pytest.fixture(scope="module", params=[0, 7, 42])
def twin(request):
    """Give the twins of some seeds."""
    return generate(request.param)


@pytest.fixture(scope="module")
def real(datasets):
    """Give the real table."""
    return read_table(datasets / "credit_data.csv")


def known(frame: pl.DataFrame, name: str) -> np.ndarray:
    return frame[name].drop_nulls().to_numpy()


# against what is published


def test_the_header_is_the_tables(twin):
    """The twin has 4454 customers, numbered from 1, and the table's columns in its order."""
    assert tuple(twin.columns) == HEADER
    assert twin["rownames"].to_list() == list(range(1, 4455))


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_number_is_as_published(twin, name):
    """Range, quartiles, mean and deviation of a number are those that are published; so is the count of its gaps."""
    count, mean, deviation, least, *quartiles, greatest = PUBLISHED[name]
    values = known(twin, name)
    assert twin.schema[name] == pl.Int64
    assert len(values) == count
    assert values.min() >= least
    assert values.max() <= greatest
    within = max(0.02 * (quartiles[2] - quartiles[0]), 0.001 * greatest)
    assert np.quantile(values, [0.25, 0.5, 0.75]) == pytest.approx(quartiles, abs=within)
    assert values.mean() == pytest.approx(mean, rel=0.02)
    assert values.std() == pytest.approx(deviation, rel=0.05)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_is_as_published(twin, name):
    """A category has the published words, all of them."""
    assert set(twin[name].drop_nulls()) == VOCABULARIES[name]


def test_terms_are_half_years(twin):
    """A credit runs for six months or a multiple of it, as all do in the table."""
    assert (twin["Time"] % 6 == 0).all()


# against the real table


def test_the_twin_reads_as_the_table(twin, real):
    """Names, types, gaps and the good customers are as many as in the real table."""
    assert twin.schema == real.schema
    assert twin.null_count().row(0) == real.null_count().row(0)
    assert twin["Status"].value_counts(sort=True).rows() == real["Status"].value_counts(sort=True).rows()


@pytest.mark.parametrize("name", ["Home", "Marital", "Records", "Job"])
def test_shares_are_the_tables(twin, real, name):
    """The shares of a category differ from the table's by chance only: five standard errors."""
    count = twin[name].drop_nulls().len()
    shares = dict(real[name].drop_nulls().value_counts(normalize=True).iter_rows())
    found = dict(twin[name].drop_nulls().value_counts(normalize=True).iter_rows())
    assert found.keys() == shares.keys()
    for word, share in shares.items():
        assert abs(found[word] - share) < 5 * np.sqrt(share * (1 - share) / count)


@pytest.mark.parametrize(
    "pair",
    [
        *(("Amount", "Price"), ("Time", "Amount"), ("Seniority", "Age"), ("Age", "Expenses"), ("Age", "Assets")),
        *(("Expenses", "Income"), ("Seniority", "Assets"), ("Income", "Price"), ("Income", "Amount")),
    ],
)
def test_ranks_correlate_as_in_the_table(twin, real, pair):
    """Numbers that belong together do so as closely as in the table, within 0.1 of its rank correlation."""
    of_twin, of_table = (
        frame.select(pair).drop_nulls().select(pl.corr(*pair, method="spearman")).item() for frame in (twin, real)
    )
    assert of_twin == pytest.approx(of_table, abs=0.1)


def test_good_customers_are_plausible(twin, real):
    """Who is good has more often no records, a home and a fixed job, more income, seniority and assets, as there."""
    for frame in (twin, real):
        good, bad = (frame.filter(pl.col("Status") == status) for status in ("good", "bad"))
        for name, word in (("Records", "no"), ("Home", "owner"), ("Job", "fixed")):
            assert (good[name] == word).mean() > (bad[name] == word).mean()
        for name in ("Income", "Seniority", "Assets"):
            assert good[name].median() > bad[name].median()
        assert good["Amount"].mean() < bad["Amount"].mean()


def test_no_customer_is_real(twin, real):
    """No row of the twin is a row of the real table."""
    features = [name for name in HEADER if name not in {"rownames", "Status"}]
    assert twin.join(real, on=features, how="inner", nulls_equal=True).is_empty()


# its laws


def test_a_seed_repeats():
    """The same seed gives the same customers, another seed others."""
    assert_frame_equal(generate(3), generate(3))
    assert not generate(3).equals(generate(4))


@pytest.mark.parametrize("rows", [2, 10, 1000, 8908])
def test_any_size_has_the_same_shares(rows):
    """Fewer or more customers have the same header, share of good ones and rate of gaps."""
    twin = generate(1, rows=rows)
    assert tuple(twin.columns) == HEADER
    assert twin.height == rows
    assert (twin["Status"] == "good").sum() == pytest.approx(3200 / 4454 * rows, abs=1)
    for name, gaps in {"Income": 381, "Assets": 47, "Debt": 18, "Home": 6, "Job": 2, "Marital": 1}.items():
        assert twin[name].null_count() == round(gaps * rows / 4454)


def test_a_twin_comes_back_from_its_file(tmp_path):
    """What is kept as CSV is read as it was generated."""
    twin = generate(5)
    twin.write_csv(tmp_path / "twin.csv")
    assert_frame_equal(read_table(tmp_path / "twin.csv"), twin)


def test_a_twin_can_be_trained_on(tmp_path):
    """The twin is a dataset with thirteen features, nine of them numbers."""
    table = SourcedTable(generate(42), "credit", Origin.TWIN, "generated with seed 42", tmp_path, "0" * 64)
    data = DataSection(source="credit", target="Status", drop=["rownames"])
    dataset = prepare_dataset(table, data, SplitSection(), RequestSection(), seed=42)
    assert dataset.rows_without_target == 0
    kinds = [column.kind for column in dataset.signature.columns]
    assert (kinds.count(Kind.INTEGER), kinds.count(Kind.CATEGORY)) == (9, 4)
