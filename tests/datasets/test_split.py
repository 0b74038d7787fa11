"""The split: which rows train, and which are held out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from keepfit.datasets.split import split_holdout
from keepfit.errors import DatasetError


def classes(negatives: int, positives: int) -> np.ndarray:
    """Return so many of both classes, mixed."""
    target = np.repeat(np.array([0, 1], dtype=np.int8), [negatives, positives])
    return np.random.default_rng(0).permutation(target)


@given(
    negatives=st.integers(20, 200),
    positives=st.integers(20, 200),
    share=st.floats(0.1, 0.9),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_row_is_in_one_part(negatives, positives, share, seed):
    """The parts have no row in common and are all rows; the class share is the same in both, to a row."""
    target = classes(negatives, positives)
    split = split_holdout(target, share=share, seed=seed, stratify=True)
    assert sorted([*split.train, *split.holdout]) == list(range(len(target)))
    assert len(split.holdout) == int(np.ceil(share * len(target)))
    for part in (split.train, split.holdout):
        assert abs(target[part].sum() - len(part) * positives / len(target)) <= 1


@pytest.mark.parametrize("stratify", [True, False])
def test_the_split_is_scikit_learns(stratify):
    """The same rows in the same order as `train_test_split` gives of a table, so published splits can be repeated."""
    target = classes(1254, 3200)
    table = np.arange(len(target)) * 10
    train, holdout = train_test_split(table, test_size=0.2, random_state=42, stratify=target if stratify else None)
    split = split_holdout(target, share=0.2, seed=42, stratify=stratify)
    assert (table[split.train] == train).all()
    assert (table[split.holdout] == holdout).all()


def test_a_seed_repeats():
    """The same seed splits the same way, another seed another way."""
    target = classes(100, 100)
    first, again, other = (split_holdout(target, share=0.2, seed=seed, stratify=True) for seed in (1, 1, 2))
    assert (first.holdout == again.holdout).all()
    assert set(first.holdout) != set(other.holdout)


@pytest.mark.parametrize(("rows", "share"), [(20, 0.01), (20, 0.99), (1, 0.5)])
def test_a_part_without_room_is_told(rows, share):
    """A part that has no place for both classes is told with the number of rows and the share."""
    with pytest.raises(DatasetError) as caught:
        split_holdout(classes(rows - rows // 2, rows // 2), share=share, seed=1, stratify=True)
    assert caught.value.where == "keepfit.toml: [split] holdout"
    assert caught.value.what == f"{rows} rows cannot be split with a holdout of {share:g}"
    assert caught.value.hint == "choose a share that leaves rows of both classes in both parts"
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(("share", "part"), [(0.05, "held-out"), (0.95, "training")])
def test_a_part_without_a_class_is_told(share, part):
    """Chance may leave a rare class out of a part when the split is not stratified; that part is told."""
    with pytest.raises(DatasetError) as caught:
        split_holdout(classes(90, 10), share=share, seed=0, stratify=False)
    assert caught.value.where == "keepfit.toml: [split]"
    assert caught.value.what == f"the {part} rows would lack a class"
    assert caught.value.hint == "set stratify = true, or another holdout"


@pytest.mark.parametrize("stratify", [True, False])
@given(seed=st.integers(0, 1000))
def test_rows_about_one_entity_stay_together(stratify, seed):
    """No customer both trains and judges; about the declared share is held out."""
    groups = np.random.default_rng(seed).integers(0, 60, 400)
    target = classes(200, 200)
    split = split_holdout(target, share=0.25, seed=seed, stratify=stratify, groups=groups)
    assert not set(groups[split.train]) & set(groups[split.holdout])
    assert sorted([*split.train, *split.holdout]) == list(range(400))
    assert 0.15 < len(split.holdout) / 400 < 0.35


@pytest.mark.parametrize("share", [0.04, 0.1, 0.15, 0.3, 0.4, 0.6, 0.7, 0.85, 0.96])
def test_the_declared_share_is_held_out(share):
    """With many small groups the held-out share is the declared one, within what ten folds allow."""
    groups = np.random.default_rng(0).integers(0, 1500, 4000)
    target = classes(3000, 1000)
    split = split_holdout(target, share=share, seed=1, stratify=True, groups=groups)
    assert len(split.holdout) / 4000 == pytest.approx(share, abs=0.02)
    assert target[split.holdout].mean() == pytest.approx(0.25, abs=0.02)
    assert not set(groups[split.train]) & set(groups[split.holdout])
    assert sorted([*split.train, *split.holdout]) == list(range(4000))


@pytest.mark.parametrize("parts", [2, 3, 4, 5, 10])
@pytest.mark.parametrize("seed", [0, 42])
def test_one_fold_is_the_first_of_so_many(parts, seed):
    """A half, a third, a quarter hold out the rows that the first of so many stratified folds holds."""
    groups = np.random.default_rng(2).integers(0, 80, 400)
    target = classes(300, 100)
    expected = next(StratifiedGroupKFold(parts, shuffle=True, random_state=seed).split(target, target, groups))
    split = split_holdout(target, share=round(1 / parts, 2), seed=seed, stratify=True, groups=groups)
    assert (split.train == expected[0]).all()
    assert (split.holdout == expected[1]).all()


def test_few_rows_of_a_class_make_few_folds():
    """A class of six rows is cut in no ten."""
    groups = np.arange(60)
    split = split_holdout(classes(54, 6), share=0.3, seed=0, stratify=True, groups=groups)
    assert len(split.holdout) in range(15, 22)


def test_a_digest_names_the_held_out_rows():
    """The same rows in another order have the same digest, other rows another."""
    first, second = (split_holdout(classes(50, 50), share=0.2, seed=seed, stratify=True) for seed in (1, 2))
    turned = type(first)(first.train, first.holdout[::-1])
    assert first.digest == turned.digest != second.digest
