"""The dataset: what training gets of a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from keepfit.datasets import LeftOut, SourcedTable, fetch_table, prepare_dataset
from keepfit.datasets.fingerprint import fingerprint
from keepfit.datasets.schema import infer_signature
from keepfit.datasets.source import Origin
from keepfit.datasets.split import split_holdout
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.signature import Kind, Outcome

DATA = DataSection(source="mine.csv", target="Status", entity="id")
TARGETS = (["good", "bad"] * 15) + [None] * 5


def table_of(targets) -> SourcedTable:
    """Return a table of customers who are numbered, in two columns, from 0."""
    rows = len(targets)
    frame = pl.DataFrame(
        {
            "id": range(rows),
            "Number": [float(row) for row in range(rows)],
            "Text": [f"{row:03}" for row in range(rows)],
            "Status": pl.Series(targets, dtype=pl.String),
        }
    )
    return SourcedTable(frame, "mine.csv", Origin.FILE, "mine.csv", Path("mine.csv"), "0" * 64)


def prepare(table, data=DATA, split=None, request=None, *, seed=1):
    return prepare_dataset(table, data, split or SplitSection(), request or RequestSection(), seed=seed)


@given(st.permutations(TARGETS), st.integers(0, 2**32 - 1))
def test_every_row_is_accounted_for(targets, seed):
    """Each row of the table is in one part or has no target, and every code is the label of its row."""
    table = table_of(targets)
    dataset = prepare(table, seed=seed)
    assert dataset.frame.height + dataset.rows_without_target == table.frame.height
    assert dataset.rows_without_target == 5
    assert dataset.left_out == (LeftOut(5, "their target is missing"),)
    assert sorted([*dataset.split.train, *dataset.split.holdout]) == list(range(30))
    assert [dataset.signature.outcome.labels[code] for code in dataset.target] == dataset.frame["Status"].to_list()
    assert_frame_equal(dataset.frame, table.frame.drop_nulls("Status"))


@given(st.permutations(TARGETS), st.integers(0, 2**32 - 1))
def test_the_signature_has_seen_what_trains(targets, seed):
    """Range and vocabulary are those of the training rows, wherever in the table rows without a target stand."""
    dataset = prepare(table_of(targets), seed=seed)
    training = dataset.frame[dataset.split.train.tolist()]
    number, text = dataset.signature.columns
    assert (number.minimum, number.maximum) == (training["Number"].min(), training["Number"].max())
    assert text.categories == tuple(sorted(training["Text"]))


def test_the_parts_are_those_of_the_rooms():
    """Target, split, signature and fingerprint are what the functions of this room give."""
    table = table_of(TARGETS)
    split = SplitSection(holdout=0.3, stratify=False)
    request = RequestSection(missing="accept", unseen="accept")
    dataset = prepare(table, split=split, request=request, seed=3)
    expected = split_holdout(dataset.target, share=0.3, seed=3, stratify=False)
    assert (dataset.split.train == expected.train).all()
    assert (dataset.split.holdout == expected.holdout).all()
    outcome = Outcome("Status", "bad", "good")
    assert dataset.signature == infer_signature(table.frame, DATA, request, rows=expected.train, outcome=outcome)
    assert dataset.fingerprint == fingerprint(table.frame)
    assert dataset.source is table


def test_the_positive_class_is_the_projects():
    """The class that the project calls positive has code 1."""
    data = DataSection(source="mine.csv", target="Status", positive="bad", drop=["id"])
    dataset = prepare(table_of(TARGETS), data)
    assert dataset.signature.outcome == Outcome("Status", "good", "bad")
    assert (dataset.target == (dataset.frame["Status"] == "bad").to_numpy()).all()


def test_rows_without_a_target_count_for_kinds():
    """A fraction in a row without a target makes a number of the column: rows to be scored may look like it."""
    table = table_of([*TARGETS, None])
    frame = table.frame.with_columns(Number=pl.when(pl.col("id") == 35).then(0.5).otherwise("Number"))
    dataset = prepare(SourcedTable(frame, *(getattr(table, name) for name in table.__slots__[1:])))
    assert dataset.signature.columns[0].kind is Kind.NUMBER


@pytest.mark.parametrize(
    ("keys", "split", "said"),
    [
        ({"target": "Stauts"}, {}, r'\[data\] target = "Stauts": no such column in mine.csv; did you mean "Status"\?'),
        ({"drop": ["age"]}, {}, r'\[data\] drop: no such column "age" in mine.csv; accepted: id, Number, Text, Status'),
        ({}, {"holdout": 0.01}, r"\[split\] holdout: 30 rows cannot be split with a holdout of 0.01; choose a share"),
    ],
)
def test_what_cannot_be_prepared_is_told(keys, split, said):
    """The refusal of a part is the refusal of the whole."""
    data = DataSection(**{"source": "mine.csv", "target": "Status", **keys})
    with pytest.raises(DatasetError, match=said):
        prepare(table_of(TARGETS), data, SplitSection(**split))


def test_the_published_split_of_the_credit_table(datasets, tmp_path, monkeypatch):
    """The credit table has 1254 bad and 3200 good customers, 891 of them held out, 640 of those good."""
    monkeypatch.setenv("KEEPFIT_DATA_MIRROR", str(datasets))
    data = DataSection(source="credit", target="Status", positive="good", drop=["rownames"])
    table = fetch_table(data, folder=tmp_path, cache=tmp_path, seed=42)
    dataset = prepare(table, data, seed=42)
    assert np.bincount(dataset.target).tolist() == [1254, 3200]
    assert (len(dataset.split.train), len(dataset.split.holdout)) == (3563, 891)
    assert dataset.target[dataset.split.holdout].sum() == 640
    assert len(dataset.signature.columns) == 13
    assert {column.name for column in dataset.signature.columns if column.kind is Kind.CATEGORY} == {
        *("Home", "Marital", "Records", "Job")
    }


def test_customers_who_come_twice_are_not_split():
    """Where an entity has several rows they are kept together; where each has one, the split is that of the rows."""
    frame = table_of(TARGETS).frame
    twice = frame.with_columns(pl.Series("id", [row // 2 for row in range(frame.height)]))
    data = DataSection(source="mine.csv", target="Status", entity="id")
    dataset = prepare(replace(table_of(TARGETS), frame=twice), data)
    assert not set(dataset.groups[dataset.split.train]) & set(dataset.groups[dataset.split.holdout])
    assert prepare(table_of(TARGETS), data).groups is None
