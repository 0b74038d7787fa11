"""One row, four ways: alone, in a list, in a file, and by MLflow's pyfunc."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepfit.registry.pyfunc import BundleModel
from keepfit.workflows.score import ScoreTask, score

WORDS = {
    "Home": ["rent", "owner", "parents", "igloo"],
    "Marital": ["married", "single", "it's complicated"],
    "Records": ["no", "yes"],
    "Job": ["freelance", "fixed", "astronaut"],
}
NUMBERS = ("Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price")
RECORDS = st.lists(
    st.fixed_dictionaries(
        {name: st.none() | st.sampled_from(words) for name, words in WORDS.items()}
        | {name: st.none() | st.integers(-(10**6), 10**7) for name in NUMBERS}
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture(scope="module")
def model(rooms):
    return BundleModel(rooms.store.path(rooms.store.champion().facts.version))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=RECORDS)
def test_a_row_is_the_same_alone_in_a_list_in_a_file_and_by_mlflow(service, rooms, model, tmp_path, records):
    """Whatever is missing, unseen or far out of range: the same bits, the same decisions, by every way in."""
    alone = [service.post("/api/prediction", record).json() for record in records]
    together = service.post("/api/prediction", records).json()["predictions"]
    invoked = service.post("/invocations", {"dataframe_records": records}).json()["predictions"]
    expected = [(one["probability"], one["decision"]) for one in alone]
    assert [(one["probability"], one["decision"]) for one in together] == expected
    assert [(one["probability"], one["decision"]) for one in invoked] == expected
    frame = pl.DataFrame(records, schema={name: pl.String if name in WORDS else pl.Int64 for name in records[0]})
    for suffix in ("csv", "parquet"):
        source, out = tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}"
        getattr(frame, f"write_{suffix}")(source)
        score(rooms, ScoreTask(source, out))
        answers = getattr(pl, f"read_{suffix}")(out)
        assert list(answers.select("probability", "decision").iter_rows()) == expected
        out.unlink()
    predicted = model.predict(pd.DataFrame(frame.to_dicts()))
    assert list(predicted.itertuples(index=False, name=None)) == expected
