"""The recommender's page says what `benchmarks/recommender/results.json` holds, and which targets were missed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "recommender"
SCORES = ("map", "map_of_taking", "roc_auc_micro", "roc_auc_macro")
SCORES += tuple(f"{name}_{mean}" for name in ("precision", "recall", "f1") for mean in ("micro", "macro"))


@pytest.fixture(scope="module")
def page():
    """The module that writes the tables; it finds the files beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARK))
        import learn_page  # noqa: PLC0415 - it is no package

        yield learn_page


def estimates(value):
    return {name: [value, value - 0.01, value + 0.01] for name in SCORES}


def run_of(*, better, seconds, median):
    """A run in which ours scores 0.2 and the recipe 0.1."""
    costs = {"choose": seconds, "ranker": 1.0, "per_product": 1.0, "recipe": 10.0}
    part = {"rows": 10, "months": ["2015-07", "2016-01"], "adding": 1, "added": 2}
    answer = {"records": 5, "median_ms": median, "p99_ms": 9.0}
    return {
        "machine": {
            "cores": 2,
            "memory_gib": 8,
            "system": "Linux",
            "python": "3",
            "versions": {},
            "commit": "0",
            "date": "2026",
        },
        "load": [0.0, 0.0],
        "repeats": 1,
        "threads": 1,
        "panel": {
            "table_rows": 20,
            "seed": 1,
            "train": part,
            "holdout": part,
            "products": 2,
            "never_added": [],
            "seconds": 1.0,
            "peak_mb": 1.0,
        },
        "costs": {name: {key: [took] for key in ("seconds", "wall", "cpu", "peak_mb")} for name, took in costs.items()},
        "candidates": [{"name": "ranker", "seconds": 1.0, "holdout": estimates(0.2)}],
        "baselines": {"constant": estimates(0.0)},
        "scores": {"record": estimates(0.1)},
        "better": {"map": better, "f1_micro": [0.1, 0.05, 0.15]},
        "answers": {"with_history": answer, "alone": answer, "recipe": answer, "months": 10.0},
    }


def test_the_page_says_what_the_results_hold(page):
    """Word for word, between its marks: nobody edits a figure."""
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.partition(page.BEGIN)[2].partition(page.END)[0].strip() == page.markdown(page.read_results()).strip()


def test_every_run_that_is_kept_tells_its_protocol(page):
    """Rows, seed, months, cores and versions of the libraries."""
    for rows, run in page.read_results().items():
        assert str(run["panel"]["table_rows"]) == rows
        assert {"cores", "commit", "date", "versions"} <= set(run["machine"])
        assert run["panel"]["train"]["months"][1] < run["panel"]["holdout"]["months"][0]
        said = page.run_tables(run)
        assert f"seed {run['panel']['seed']}" in said
        assert all(f"{name} {number}" in said for name, number in run["machine"]["versions"].items())


@pytest.mark.parametrize(
    ("figures", "missed"),
    [
        ({"better": [0.1, 0.05, 0.15], "seconds": 5.0, "median": 0.9}, 0),
        ({"better": [0.1, -0.05, 0.25], "seconds": 5.0, "median": 0.9}, 1),
        ({"better": [0.1, 0.05, 0.15], "seconds": 5.1, "median": 1.0}, 3),
    ],
)
def test_a_missed_target_is_said(page, figures, missed):
    """Better is what is better in the whole interval; half the time is half of the recipe's; 1 ms is not below 1 ms."""
    assert page.run_tables(run_of(**figures)).count("**missed**") == missed


def test_a_run_takes_the_place_of_one_of_as_many_rows(page, tmp_path, monkeypatch):
    """Others stay, and the longest comes first."""
    runs = {name: run_of(better=[0.1, 0.05, 0.15], seconds=5.0, median=0.9) for name in ("20", "30")}
    runs["30"]["panel"]["table_rows"] = 30
    monkeypatch.setattr(page, "RESULTS", tmp_path / "results.json")
    page.RESULTS.write_text(json.dumps(runs), encoding="utf-8")
    page.keep({**runs["20"], "repeats": 2})
    found = page.read_results()
    assert (found["20"]["repeats"], found["30"]["repeats"]) == (2, 1)
    said = page.markdown(found)
    assert said.index("## 30 rows") < said.index("## 20 rows")
