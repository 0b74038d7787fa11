"""The twin of the red wine table: like the table in what is known of it, and no copy of a row."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets.table import read_table
from keepfit.datasets.twins.wine import ROWS, generate

# Cortez et al. (2009), Modeling wine preferences by data mining from physicochemical properties, table 1 (red wine:
# minimum, maximum, mean) and the quartiles of winequality-red.csv: mean, minimum, quartiles, maximum
KNOWN = {
    "fixed acidity": (8.32, 4.6, 7.1, 7.9, 9.2, 15.9),
    "volatile acidity": (0.528, 0.12, 0.39, 0.52, 0.64, 1.58),
    "citric acid": (0.271, 0.0, 0.09, 0.26, 0.42, 1.0),
    "residual sugar": (2.54, 0.9, 1.9, 2.2, 2.6, 15.5),
    "chlorides": (0.0875, 0.012, 0.07, 0.079, 0.09, 0.611),
    "free sulfur dioxide": (15.87, 1, 7, 14, 21, 72),
    "total sulfur dioxide": (46.47, 6, 22, 38, 62, 289),
    "density": (0.99675, 0.99007, 0.9956, 0.99675, 0.997835, 1.00369),
    "pH": (3.311, 2.74, 3.21, 3.31, 3.40, 4.01),
    "sulphates": (0.658, 0.33, 0.55, 0.62, 0.73, 2.0),
    "alcohol": (10.42, 8.4, 9.5, 10.2, 11.1, 14.9),
}
QUALITIES = {3: 10, 4: 53, 5: 681, 6: 638, 7: 199, 8: 18}


@pytest.fixture(scope="module", params=[0, 7, 42])
def twin(request):
    """Give the twins of some seeds."""
    return generate(request.param)


@pytest.fixture(scope="module")
def real(datasets):
    """Give the real table."""
    return read_table(datasets / "winequality-red.csv")


def rank_correlation(frame: pl.DataFrame, first: str, second: str) -> float:
    return frame.select(pl.corr(first, second, method="spearman")).item()


# against what is known


def test_the_header_is_the_tables(twin):
    """The twin has 1599 wines and the table's columns in its order: measurements, then a whole quality; no gap."""
    assert (twin.columns, twin.height) == ([*KNOWN, "quality"], ROWS)
    assert twin.schema == {**dict.fromkeys(KNOWN, pl.Float64), "quality": pl.Int64}
    assert sum(twin.null_count().row(0)) == 0


@pytest.mark.parametrize("name", KNOWN)
def test_a_measurement_is_as_known(twin, name):
    """Range, quartiles and mean of a measurement are the table's."""
    mean, least, *quartiles, greatest = KNOWN[name]
    values = twin[name].to_numpy()
    assert values.min() >= least
    assert values.max() <= greatest
    within = 0.05 * (quartiles[2] - quartiles[0])
    assert np.quantile(values, [0.25, 0.5, 0.75]) == pytest.approx(quartiles, abs=within)
    assert values.mean() == pytest.approx(mean, rel=0.03)


def test_qualities_are_as_known(twin):
    """A quality is as frequent as in the table; 217 wines, 13.6 %, are better than 6.5."""
    assert dict(twin["quality"].value_counts().iter_rows()) == pytest.approx(QUALITIES, abs=1)
    assert (twin["quality"] > 6.5).sum() == pytest.approx(217, abs=1)


def test_free_sulphur_is_part_of_the_total(twin):
    """No wine holds more free sulphur dioxide than sulphur dioxide."""
    assert (twin["free sulfur dioxide"] <= twin["total sulfur dioxide"]).all()


def test_strong_wines_please(twin):
    """Alcohol is what goes best with quality, volatile acidity what goes worst with it."""
    strengths = {name: rank_correlation(twin, name, "quality") for name in KNOWN}
    assert max(strengths, key=strengths.__getitem__) == "alcohol"
    assert min(strengths, key=strengths.__getitem__) == "volatile acidity"


# against the real table


def test_the_twin_reads_as_the_table(twin, real):
    """Names, types and the number of rows are the real table's."""
    assert (twin.schema, twin.height) == (real.schema, real.height)


def test_ranks_correlate_as_in_the_table(twin, real):
    """Every pair of measurements has the table's rank correlation within 0.2, and on average within 0.05."""
    ours, theirs = (frame.select(pl.col(list(KNOWN)).rank()).corr().to_numpy() for frame in (twin, real))
    assert ours == pytest.approx(theirs, abs=0.2)
    assert np.abs(ours - theirs).mean() < 0.05


@pytest.mark.parametrize("name", KNOWN)
def test_quality_depends_as_in_the_table(twin, real, name):
    """Quality has the table's rank correlation with each measurement within 0.12, and its sign where it is strong."""
    ours, theirs = (rank_correlation(frame, name, "quality") for frame in (twin, real))
    assert ours == pytest.approx(theirs, abs=0.12)
    assert abs(theirs) < 0.15 or ours * theirs > 0


def test_no_wine_is_real(twin, real):
    """No row of the twin is a row of the real table."""
    assert twin.join(real, on=list(KNOWN), how="inner").is_empty()


# its laws


def test_a_seed_repeats():
    """The same seed gives the same wines, another seed others."""
    assert_frame_equal(generate(3), generate(3))
    assert not generate(3).equals(generate(4))


@pytest.mark.parametrize("rows", [2, 10, 1000, 3198])
def test_any_size_has_the_same_shares(rows):
    """Fewer or more wines have the same header and share of good ones."""
    twin = generate(1, rows=rows)
    assert (twin.columns, twin.height) == ([*KNOWN, "quality"], rows)
    assert (twin["quality"] > 6.5).sum() == pytest.approx(217 / 1599 * rows, abs=1)


def test_a_twin_comes_back_from_its_file(tmp_path):
    """What is kept as CSV is read as it was generated."""
    generate(5).write_csv(tmp_path / "twin.csv", separator=";")
    assert_frame_equal(read_table(tmp_path / "twin.csv"), generate(5))
