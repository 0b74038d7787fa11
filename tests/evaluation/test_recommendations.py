"""Scores of recommendations: by hand, by scikit-learn, and by entity."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from keepfit.evaluation.recommendations import (
    Recommended,
    average_precision,
    recommendation_difference,
    recommendation_scores,
)


def drawn(rows=400, products=5, seed=0):
    """Return rows whose probabilities say something of what is taken, a third of the cells owned."""
    random = np.random.default_rng(seed)
    is_open = random.random((rows, products)) > 1 / 3
    probability = random.random((rows, products))
    taken = is_open & (random.random((rows, products)) < probability * 0.4)
    return Recommended(taken, probability, is_open, is_open & (probability > 0.6))


def mean_area(taken, said, products):
    """Return scikit-learn's areas over what was open, product by product, in the mean."""
    rows = [said.is_open[:, at] for at in products]
    areas = [roc_auc_score(taken[one, at], said.probability[one, at]) for one, at in zip(rows, products, strict=True)]
    return np.mean(areas)


def by_hand(taken, order, listed):
    hits, found = 0, 0.0
    for place, product in enumerate(order[:listed], 1):
        if taken[product]:
            hits += 1
            found += hits / place
    return found / min(sum(taken), listed) if sum(taken) else 0.0


def test_a_list_with_hits_at_one_and_three():
    """(1/1 + 2/3) / 2, whatever is owned besides; of equal probabilities the earlier product stands first."""
    taken = np.array([[True, False, True, False], [False, False, False, False]])
    probability = np.array([[0.9, 0.5, 0.5, 0.99], [0.1, 0.2, 0.3, 0.4]])
    is_open = np.array([[True, True, True, False], [True] * 4])
    said = Recommended(taken, probability, is_open, np.zeros_like(taken))
    assert average_precision(said).tolist() == [pytest.approx((1 + 2 / 3) / 2), 0.0]


@given(st.integers(0, 1000), st.integers(1, 4))
def test_average_precision_is_what_is_counted_by_hand(seed, listed):
    """Row by row, place by place."""
    said = drawn(20, 5, seed)
    found = average_precision(said, listed=listed)
    for row in range(20):
        places = [at for at in np.argsort(-said.probability[row], kind="stable") if said.is_open[row, at]]
        assert found[row] == pytest.approx(by_hand(said.taken[row], places, listed))


def test_scores_are_scikit_learns():
    """Micro over all cells, macro over products; areas over what was open."""
    said = drawn()
    found = recommendation_scores(said, np.arange(400), seed=0, resamples=20)
    for average in ("micro", "macro"):
        expected = precision_recall_fscore_support(said.taken, said.decided, average=average, zero_division=0)
        for name, value in zip(("precision", "recall", "f1"), expected, strict=False):
            assert found[f"{name}_{average}"].value == pytest.approx(value)
    areas = [
        roc_auc_score(*(side[said.is_open[:, at], at] for side in (said.taken, said.probability))) for at in range(5)
    ]
    assert found["roc_auc_macro"].value == pytest.approx(np.mean(areas))
    micro = roc_auc_score(said.taken[said.is_open], said.probability[said.is_open])
    assert found["roc_auc_micro"].value == pytest.approx(micro)
    assert found["map"].value == pytest.approx(average_precision(said).mean())
    assert found["map_of_taking"].value == pytest.approx(average_precision(said)[said.taken.any(axis=1)].mean())
    assert all(one.low <= one.value <= one.high for one in found.values())


def test_rows_of_one_entity_are_drawn_together():
    """Every row four times over is no more knowledge: the interval is as wide, where it is known whose the rows are."""
    said = drawn(150)
    sides = (said.taken, said.probability, said.is_open, said.decided)
    copies = Recommended(*(np.tile(side, (4, 1)) for side in sides))
    entities = np.arange(150)
    alone = recommendation_scores(said, entities, seed=0)["map"]
    together = recommendation_scores(copies, np.tile(entities, 4), seed=0)["map"]
    apart = recommendation_scores(copies, np.arange(600), seed=0)["map"]
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high))
    assert (apart.high - apart.low) < 0.7 * (alone.high - alone.low)


def test_a_product_that_nobody_took_has_no_area():
    """The mean is over the others; where nobody took anything there is none at all."""
    said = drawn()
    taken = said.taken.copy()
    taken[:, 2] = False
    found = recommendation_scores(Recommended(taken, *_others(said)), np.arange(400), seed=0, resamples=20)
    assert found["roc_auc_macro"].value == pytest.approx(mean_area(taken, said, (0, 1, 3, 4)))
    nothing = recommendation_scores(
        Recommended(np.zeros_like(taken), *_others(said)), np.arange(400), seed=0, resamples=20
    )
    assert np.isnan([nothing["roc_auc_macro"].value, nothing["map_of_taking"].value]).all()
    assert nothing["map"].value == nothing["recall_micro"].value == 0


def _others(said):
    return said.probability, said.is_open, said.decided


def test_the_better_model_has_the_better_list():
    """The more of the truth a probability holds, the higher is every score of its order."""
    said, random = drawn(2000), np.random.default_rng(1)
    noise = random.random(said.taken.shape)
    found = []
    for share in (0.0, 0.15, 0.3, 0.45):
        probability = share * said.taken + (1 - share) * noise
        scored = recommendation_scores(
            Recommended(said.taken, probability, said.is_open, said.decided), np.arange(2000), seed=0, resamples=20
        )
        found.append((scored["map"].value, scored["roc_auc_micro"].value, scored["roc_auc_macro"].value))
    assert all(worse < better for one, other in pairwise(found) for worse, better in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"taken": np.ones((3, 2), dtype=np.bool_)}, "no rows by products"),
        ({"is_open": np.zeros((400, 5), dtype=np.bool_)}, "owned can neither be taken nor be recommended"),
    ],
)
def test_rows_that_do_not_fit_are_refused(change, said):
    """Shapes of their own, or what is owned taken."""
    good = drawn()
    sides = {name: getattr(good, name) for name in ("taken", "probability", "is_open", "decided")}
    with pytest.raises(ValueError, match=said):
        Recommended(**{**sides, **change})


def test_entities_have_a_number_for_each_row():
    """One for each."""
    with pytest.raises(ValueError, match="entities do not fit 400 rows"):
        recommendation_scores(drawn(), np.arange(3), seed=0)


def test_a_difference_is_that_of_the_scores():
    """In every score; on the same resamples it is surer than what each score by itself allows."""
    said, entities = drawn(), np.arange(400)
    sides = said.taken, np.clip(said.probability + 0.2 * said.taken, 0, 1), said.is_open
    better = Recommended(*sides, said.is_open & (sides[1] > 0.6))
    new, old = (recommendation_scores(one, entities, seed=0) for one in (better, said))
    for metric, score in new.items():
        found = recommendation_difference(better, said, entities, metric, seed=0)
        assert found.value == pytest.approx(score.value - old[metric].value)
        assert found.low <= found.value <= found.high
    gain = recommendation_difference(better, said, entities, "map", seed=0)
    assert gain.low > 0
    assert gain.high - gain.low < (new["map"].high - new["map"].low) + (old["map"].high - old["map"].low)


def test_a_model_is_no_better_than_itself():
    """Nor surely worse: nothing, whatever is resampled."""
    said = drawn()
    found = recommendation_difference(said, said, np.arange(400), "f1_micro", seed=0)
    assert (found.low, found.value, found.high) == (0, 0, 0)


def test_what_is_gained_one_way_is_lost_the_other():
    """The same number with the other sign, and the ends of its interval too."""
    one = drawn()
    other = Recommended(one.taken, 1 - one.probability, one.is_open, one.decided)
    pairs = (one, other), (other, one)
    there, back = (recommendation_difference(*pair, np.arange(400), "map", seed=3) for pair in pairs)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))
