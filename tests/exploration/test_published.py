"""The published tables: their numbers to the digit, and the findings that their authors wrote by hand."""

from __future__ import annotations

import pytest

from keepfit.datasets import build_target
from keepfit.datasets.table import read_table
from keepfit.exploration import explore
from keepfit.project.data_section import DataSection


@pytest.fixture
def explored(datasets):
    def exploring(file, target, **keys):
        frame, section = read_table(datasets / file), DataSection(source=file, target=target, **keys)
        return explore(frame, build_target(frame, section), section, seed=42)

    return exploring


def said(found) -> str:
    return "\n".join(finding.sentence for finding in found.findings)


def test_credit(explored):
    """4454 rows, 455 missing cells, and the published table of means, deviations and quantiles."""
    found = explored("credit_data.csv", "Status", positive="good")
    assert found.rows == 4454
    assert sum(column.missing for column in found.columns) == 455
    published = {  # mean, std, min, 25%, 50%, 75%, max
        "Seniority": (7.99, 8.17, 0, 2, 5, 12, 48),
        "Time": (46.44, 14.66, 6, 36, 48, 60, 72),
        "Age": (37.08, 10.98, 18, 28, 36, 45, 68),
        "Expenses": (55.57, 19.52, 35, 35, 51, 72, 180),
        "Income": (141.69, 80.75, 6, 90, 125, 170, 959),
        "Assets": (5403.98, 11574.4, 0, 0, 3000, 6000, 300000),
        "Debt": (343.03, 1245.99, 0, 0, 0, 0, 30000),
        "Amount": (1038.92, 474.55, 100, 700, 1000, 1300, 5000),
        "Price": (1462.78, 628.13, 105, 1117.25, 1400, 1691.5, 11140),
    }
    for column in found.columns:
        if column.name in published:
            mean, deviation, *quantiles = published[column.name]
            assert (column.mean, column.deviation) == pytest.approx((mean, deviation), abs=0.051)
            assert [column.quantiles[at] for at in (0, 2, 3, 4, 6)] == quantiles


def test_bank(explored):
    """4521 rows by 17 columns; balances by job, and by marital status the share that is refused."""
    found = explored("bank.csv", "y", positive="yes")
    assert (found.rows, len(found.columns)) == (4521, 17)
    assert "-1 in pdays may stand for a missing value." in said(found)
    balance = next(one for one in found.number_groups if (one.number, one.category) == ("balance", "job"))
    means = {spread.label: spread.mean for spread in balance.spreads}
    overall = next(column.mean for column in found.columns if column.name == "balance")
    assert means["management"] > overall  # the author: higher in management
    marital = next(feature for feature in found.features if feature.name == "marital")
    rates = {rate.label: rate.rate.value for rate in marital.rates}
    assert rates["married"] == min(rates.values())  # the author: refused more often than divorced and single


def test_heart(explored):
    """303 rows, nine categories, balanced classes, and the author's findings, one of them not so."""
    found = explored("heart.csv", "target")
    assert found.rows == 303
    coded = {column.name for column in found.columns if not column.kind.is_numeric}
    assert coded == {"sex", "cp", "fbs", "restecg", "exang", "slope", "ca", "thal", "target"}
    narrow = {column.name: column.narrow_dtype for column in found.columns}
    assert (narrow["age"], narrow["chol"], narrow["oldpeak"]) == ("Int8", "Int16", "Float32")
    assert sum(column.narrow_bytes for column in found.columns) < 7900  # the author's smaller table
    text = said(found)
    assert "target is 1 in 54.5% of the rows: the classes are balanced." in text
    assert "thalach falls with age." in text
    assert "thalach is higher where target is 1" in text
    assert "target is most often 1 where cp is 1" in text
    # the author counted heads and wrote that men are ill more often; of the women 75 % are, of the men 45 %
    assert "target is most often 1 where sex is 0 (75.0%), and least often where it is 1 (44.9%)." in text


def test_wine(explored):
    """1599 rows, 13.6 % good wine, 240 repeated rows, alcohol first."""
    found = explored("winequality-red.csv", "quality", positive_above=6.5)
    assert (found.rows, found.duplicates) == (1599, 240)
    assert found.positives.rate.value == pytest.approx(0.136, abs=0.0005)
    assert found.features[0].name == "alcohol"
