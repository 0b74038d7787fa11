"""The stream's benchmark: who is asked when, what a shift changes, and which figures follow from what was said."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.project.stream_section import StreamSection

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "stream"
NAMES = tuple(path.stem for path in sorted(BENCHMARK.glob("*.py")))
KINDS = ("units", "taste", "inverted")
CONTESTANTS = 11


@pytest.fixture(scope="module")
def bench():
    """The benchmark's modules by name, which find each other beside them, and are no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEEPFIT_OFFLINE", "1")
        patch.delenv("KEEPFIT_DATA_MIRROR", raising=False)
        patch.syspath_prepend(str(BENCHMARK))
        yield SimpleNamespace(**{name: import_module(name) for name in NAMES})
        for name in NAMES:
            del sys.modules[name]


@pytest.fixture(scope="module")
def table(bench):
    """The generated twin of the wines."""
    return bench.wines.read_table()


def columns_of(table):
    return [column.name for column in table.signature.columns]


def answers(labels, before):
    """What somebody said of rows, all different wines, in batches of ten."""
    count = len(labels)
    return {
        "labels": np.asarray(labels, dtype=np.int8),
        "wines": np.arange(count),
        "batches": np.arange(count) // 10,
        "before": np.asarray(before, dtype=np.float64),
        "after": np.asarray(labels, dtype=np.float64),
        "seconds": np.ones(math.ceil(count / 10)),
    }


@pytest.mark.parametrize("place", range(CONTESTANTS))
def test_nobody_is_taught_before_it_is_asked(bench, table, place):
    """Other labels of the last batch change no answer, and other labels of the first one change those of the second."""
    assert len(bench.contestants.CONTESTANTS) == CONTESTANTS
    name, build = list(bench.contestants.CONTESTANTS.items())[place]
    stream = bench.wines.shuffled(table.rows, 0)
    first, second = stream.batches[:2]

    def said(*batches):
        short = replace(stream, batches=batches)
        return bench.prequential.answered(build, table.signature, short, 0).before

    def turned(batch):
        return bench.shifts.inverted(batch, ())

    usual = said(first, second)
    assert np.array_equal(usual, said(first, turned(second)))
    changed = said(turned(first), second)
    assert np.array_equal(usual[:100], changed[:100])
    learns = "frozen" not in name and "served" not in name  # nothing takes over after one batch
    assert np.array_equal(usual[100:], changed[100:]) is not learns


def test_a_shuffle_holds_each_row_once(bench, table):
    """400 of them begin; the same seed gives the same order, and another one another."""
    stream = bench.wines.shuffled(table.rows, 3)
    assert len(stream.begin) == 400
    assert [len(batch) for batch in stream.batches] == [100] * 11 + [99]
    whole = np.concatenate([stream.begin.matrix, *[batch.matrix for batch in stream.batches]])
    assert np.array_equal(np.sort(whole, axis=0), np.sort(table.rows.matrix, axis=0))
    assert np.array_equal(stream.begin.matrix, bench.wines.shuffled(table.rows, 3).begin.matrix)
    assert not np.array_equal(stream.begin.matrix, bench.wines.shuffled(table.rows, 4).begin.matrix)


def test_a_wine_that_is_there_twice_is_left_out_once(bench, table):
    """Repeats are one wine, and of each wine the first row stays."""
    twice = replace(table, rows=table.rows.followed_by(table.rows[:50]))
    assert np.array_equal(twice.without_repeats().rows.matrix, table.without_repeats().rows.matrix)
    assert len(np.unique(table.without_repeats().rows.matrix, axis=0)) == len(table.without_repeats().rows)


def test_another_laboratory_tells_the_same_in_its_own_units(bench, table):
    """Alcohol by mass is 0.789 of that by volume; a molecule of SO₂ weighs 64.07; the order of wines stays."""
    changed = bench.shifts.units(table.rows, columns_of(table))
    ratios = dict(zip(columns_of(table), changed.matrix.sum(axis=0) / table.rows.matrix.sum(axis=0), strict=True))
    assert ratios["alcohol"] == pytest.approx(0.789, abs=1e-4)
    assert ratios["free sulfur dioxide"] == pytest.approx(1 / 64.07, rel=1e-4)
    assert ratios["sulphates"] == pytest.approx(96.06 / 174.26, rel=1e-4)
    assert ratios["density"] == pytest.approx(1)
    assert np.array_equal(changed.labels, table.rows.labels)


def test_another_taste_is_seen_in_no_column_alone(bench, table):
    """What was most is least; each column's mean and spread, and the labels, stay about as they were."""
    changed, at = bench.shifts.taste(table.rows, columns_of(table)), columns_of(table).index("alcohol")
    before, after = table.rows.matrix, changed.matrix
    order = np.argsort(before[:, at], kind="stable")
    assert (np.diff(after[order, at]) <= 0).all()
    assert np.abs(after.mean(axis=0) - before.mean(axis=0)).max() < 0.05 * before.std(axis=0).max()
    assert after.std(axis=0) == pytest.approx(before.std(axis=0), rel=0.1)
    assert np.array_equal(changed.labels, table.rows.labels)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shift_comes_half_way_and_stays(bench, table, kind):
    """The first half is the stream as it is without; the second half is its shifted rows; then rows come again."""
    shift, columns = bench.shifts.SHIFTS[kind], columns_of(table)
    stream, before, new = bench.shifts.shifted(table.rows, columns, shift, 5)
    plain = bench.wines.shuffled(table.rows, 5)
    assert (before, new, len(stream.batches)) == (6, 5, 24)
    changed = shift(table.rows, columns)
    whole = bench.wines.shuffled(changed, 5)
    for at in range(11):
        expected = (plain if at < before else whole).batches[at]
        assert np.array_equal(stream.batches[at].matrix, expected.matrix)
        assert np.array_equal(stream.batches[at].labels, expected.labels)
    again = stream.batches[-1]
    assert not (again.matrix[:, None] == changed.matrix[None]).all(axis=2).any()


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ([1.0, 1.0, 1.0, 1.0], 1),
        ([2.0, 1.1, 1.1, 1.1], 2),
        ([5.0, 1.0, 1.0, 1.0], 2),
        ([2.0, 2.0, 2.0, 1.0], math.inf),
        ([1.0, 1.0], math.inf),
    ],
)
def test_back_is_three_batches_within_a_tenth(bench, late, expected):
    """It is the first of them that counts, and the last two batches begin no three."""
    assert bench.recovery.batches_until_back(np.array(late), 1.0 + 1e-9) == expected


@given(st.lists(st.floats(0.01, 10), min_size=3, max_size=20), st.floats(0.01, 10), st.floats(1, 3))
def test_who_has_a_higher_level_is_back_no_later(bench, late, level, factor):
    """So a model that was bad before has little to come back to, and the loss stands beside it."""
    back = bench.recovery.batches_until_back
    assert back(np.array(late), level * factor) <= back(np.array(late), level)


def test_back_of_the_mean_is_that_of_all_shuffles_together(bench):
    """One shuffle may never be back, and another be lucky: together they tell when the model is."""
    one, other = [1.0] * 5 + [2.0, 1.5, 1.5, 1.5, 1.5], [1.0] * 5 + [2.0, 0.5, 0.5, 0.5, 0.5]
    found = bench.recovery.ShiftFound("units", False, 5, 4, {"a": np.array([one, other])})
    assert found.levels("a").tolist() == [1, 1]
    assert found.until_back("a").tolist() == [math.inf, 1]
    assert found.mean_until_back("a").value == 2


def test_the_first_is_above_itself_by_nothing(bench):
    """And one that says less of what is true is above it in log-loss, in the whole interval, and below it in AUC."""
    labels, rng = np.arange(200) % 2, np.random.default_rng(0)
    good = np.clip(labels * 0.6 + 0.2 + rng.normal(0, 0.1, 200), 0.01, 0.99)
    bad = np.full(200, 0.5) + rng.normal(0, 0.1, 200)
    made = bench.prequential.Answered
    found = bench.compared.compared({"a": [made(**answers(labels, good))], "b": [made(**answers(labels, bad))]})
    assert found["a"].above["log_loss"].value == found["a"].above["roc_auc"].high == 0
    assert found["b"].above["log_loss"].low > 0
    assert found["b"].above["roc_auc"].high < 0
    assert found["b"].scores["log_loss"].value == pytest.approx(-np.log(np.where(labels, bad, 1 - bad)).mean())


def test_the_published_gauge_flatters(bench, table):
    """On the rows that it has just learnt the recipe is better than on the same rows before."""
    stream = bench.wines.shuffled(table.rows, 0)
    build = bench.contestants.CONTESTANTS[bench.contestants.RECIPE]
    short = replace(stream, batches=stream.batches[:4])
    found = bench.prequential.answered(build, table.signature, short, 0, asks_after=True)
    assert found.told_by_itself()[0] < 0.7 * found.losses().mean()


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_the_power_of_growth_is_told(bench, power):
    """Level is 0, linear 1; a single slow batch changes it little."""
    seconds = [0.1 * number**power for number in range(1, 501)]
    seconds[300] *= 50
    assert bench.growth.slope(seconds) == pytest.approx(power, abs=0.05)


def test_what_grows_is_measured_of_those_that_are_compared(bench):
    """By the same names, and the default is the product's."""
    assert set(bench.growth.NAMES) <= set(bench.contestants.CONTESTANTS)
    assert bench.growth.DEFAULT == bench.contestants.OURS
    assert f"`{StreamSection().strategy}`" in bench.contestants.OURS


def test_the_long_stream_has_twelve_features(bench, table):
    """As many as its signature says, the same with the same seed."""
    one, other = (bench.long_stream.LongStream(table, 1) for _ in range(2))
    batches = [list(stream.batches(3)) for stream in (one, other)]
    assert len(one.signature.columns) == one.begin.matrix.shape[1] == 12
    assert [len(batch) for batch in batches[0]] == [100] * 3
    assert all(np.array_equal(a.matrix, b.matrix) for a, b in zip(*batches, strict=True))


@pytest.mark.parametrize(("ours", "missed"), [(1, 0), (2, 2), (3, 2)])
def test_a_missed_target_is_said(bench, ours, missed):
    """To be back as late as the others is not enough: they must be back later."""
    names = bench.contestants
    labels = np.arange(40) % 2
    good, bad = np.where(labels, 0.9, 0.1), np.where(labels, 0.6, 0.4) + np.arange(40) % 7 / 100
    bad[::8] = 0.9
    made = bench.prequential.Answered
    said = {names.OURS: good, **dict.fromkeys(names.RIVALS, bad)}
    whole = {name: [made(**answers(labels, one))] for name, one in said.items()}
    late = {names.OURS: ours, **dict.fromkeys(names.RIVALS, 2)}
    losses = {name: np.array([[1.0] * 5 + [2.0] * after + [1.0] * (8 - after)] * 2) for name, after in late.items()}
    shift = bench.recovery.ShiftFound("units", False, 5, 4, losses)
    text = bench.report.Report("twin", 40, whole, whole, [shift], (0.0, 0.0)).markdown()
    assert text.count("**missed**") == missed
    assert text.count("| met |") == 10 - missed
