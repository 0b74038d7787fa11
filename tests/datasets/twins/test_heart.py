"""The twin of the heart table: like the table in what is known of it, and no copy of a row."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import SourcedTable, prepare_dataset
from keepfit.datasets.source import Origin
from keepfit.datasets.table import read_table
from keepfit.datasets.twins.heart import ROWS, generate
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection

# heart.csv (UCI data set 45 in Kaggle's coding): mean, minimum, quartiles, maximum
KNOWN = {
    "age": (54.37, 29, 47.5, 55, 61, 77),
    "trestbps": (131.62, 94, 120, 130, 140, 200),
    "chol": (246.26, 126, 211, 240, 274.5, 564),
    "thalach": (149.65, 71, 133.5, 153, 166, 202),
    "oldpeak": (1.04, 0, 0, 0.8, 1.6, 6.2),
}
COUNTS = {
    "sex": {0: 96, 1: 207},
    "cp": {0: 143, 1: 50, 2: 87, 3: 23},
    "fbs": {0: 258, 1: 45},
    "restecg": {0: 147, 1: 152, 2: 4},
    "exang": {0: 204, 1: 99},
    "slope": {0: 21, 1: 140, 2: 142},
    "ca": {0: 175, 1: 65, 2: 38, 3: 20, 4: 5},
    "thal": {0: 2, 1: 18, 2: 166, 3: 117},
    "target": {0: 138, 1: 165},
}
HEADER = (
    *("age", "sex", "cp", "trestbps", "chol", "fbs", "restecg"),
    *("thalach", "exang", "oldpeak", "slope", "ca", "thal", "target"),
)


@pytest.fixture(scope="module", params=[0, 7, 42])
def twin(request):
    """Give the twins of some seeds."""
    return generate(request.param)


@pytest.fixture(scope="module")
def many():
    """Give a twin so large that chance is small."""
    return generate(42, rows=20_000)


@pytest.fixture(scope="module")
def real(datasets):
    """Give the real table."""
    return read_table(datasets / "heart.csv")


def rank_correlation(frame: pl.DataFrame, first: str, second: str) -> float:
    return frame.select(pl.corr(first, second, method="spearman")).item()


# against what is known


def test_the_header_is_the_tables(twin):
    """The twin has 303 patients and the table's columns in its order, integers but for oldpeak, and no gap."""
    assert (tuple(twin.columns), twin.height) == (HEADER, ROWS)
    assert twin.schema == {name: pl.Float64 if name == "oldpeak" else pl.Int64 for name in HEADER}
    assert sum(twin.null_count().row(0)) == 0


@pytest.mark.parametrize("name", KNOWN)
def test_a_number_is_as_known(twin, name):
    """Range, quartiles and mean of a number are the table's."""
    mean, least, *quartiles, greatest = KNOWN[name]
    values = twin[name].to_numpy()
    assert values.min() >= least
    assert values.max() <= greatest
    within = 0.05 * (quartiles[2] - quartiles[0])
    assert np.quantile(values, [0.25, 0.5, 0.75]) == pytest.approx(quartiles, abs=within)
    assert values.mean() == pytest.approx(mean, rel=0.05)


@pytest.mark.parametrize("name", COUNTS)
def test_codes_are_as_known(twin, name):
    """A code is as frequent as in the table: in its integers, with its rare ones."""
    assert dict(twin[name].value_counts().iter_rows()) == pytest.approx(COUNTS[name], abs=1)


def test_oldpeak_has_one_decimal(twin):
    """A depression is told in tenths of a millimetre."""
    assert (twin["oldpeak"].round(1) == twin["oldpeak"]).all()


def test_the_old_have_slower_hearts(twin):
    """The highest heart rate falls with age, and with a depression that grows."""
    assert rank_correlation(twin, "age", "thalach") < -0.25
    assert rank_correlation(twin, "oldpeak", "thalach") < -0.2


# against the real table


def test_the_twin_reads_as_the_table(twin, real):
    """Names, types and the number of rows are the real table's."""
    assert (twin.schema, twin.height) == (real.schema, real.height)


@pytest.mark.parametrize(
    "pair",
    [
        *(("age", "thalach"), ("age", "trestbps"), ("age", "ca"), ("age", "oldpeak"), ("cp", "exang")),
        *(("cp", "thalach"), ("thalach", "exang"), ("thalach", "slope"), ("oldpeak", "slope")),
        *(("oldpeak", "thalach"), ("oldpeak", "exang"), ("sex", "thal"), ("exang", "thal")),
    ],
)
def test_ranks_correlate_as_in_the_table(many, real, pair):
    """Columns that belong together do so as closely as in the table, within 0.08 of its rank correlation."""
    assert rank_correlation(many, *pair) == pytest.approx(rank_correlation(real, *pair), abs=0.08)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        *(("cp", 1), ("thalach", 1), ("slope", 1)),
        *(("ca", -1), ("oldpeak", -1), ("exang", -1), ("thal", -1), ("sex", -1), ("age", -1)),
    ],
)
def test_the_target_depends_as_in_the_table(twin, many, real, name, sign):
    """Each column speaks for or against target 1 as in the table, in every twin, and about as strongly."""
    for frame in (twin, many, real):
        assert sign * rank_correlation(frame, name, "target") > 0.05
    assert rank_correlation(many, name, "target") == pytest.approx(rank_correlation(real, name, "target"), abs=0.12)


def test_no_patient_is_real(twin, real):
    """No row of the twin is a row of the real table."""
    assert twin.join(real, on=HEADER[:-1], how="inner").is_empty()


# its laws


def test_a_seed_repeats():
    """The same seed gives the same patients, another seed others."""
    assert_frame_equal(generate(3), generate(3))
    assert not generate(3).equals(generate(4))


@pytest.mark.parametrize("rows", [2, 10, 1000])
def test_any_size_has_the_same_shares(rows):
    """Fewer or more patients have the same header and share of target 1."""
    twin = generate(1, rows=rows)
    assert (tuple(twin.columns), twin.height) == (HEADER, rows)
    assert twin.schema == generate(1).schema
    assert twin["target"].sum() == pytest.approx(165 / 303 * rows, abs=1)


def test_a_twin_comes_back_from_its_file(tmp_path):
    """What is kept as CSV is read as it was generated."""
    generate(5).write_csv(tmp_path / "twin.csv")
    assert_frame_equal(read_table(tmp_path / "twin.csv"), generate(5))


def test_a_twin_can_be_trained_on(tmp_path):
    """The twin is a dataset with thirteen features."""
    table = SourcedTable(generate(42), "heart", Origin.TWIN, "generated with seed 42", tmp_path, "0" * 64)
    data = DataSection(source="heart", target="target")
    dataset = prepare_dataset(table, data, SplitSection(), RequestSection(), seed=42)
    assert [column.name for column in dataset.signature.columns] == list(HEADER[:-1])
