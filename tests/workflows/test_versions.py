"""A stored version: its reference is of the answers that it will be asked for."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.errors import TrainingError
from keepfit.profiles import Profile
from keepfit.scoring import Graph, Scorer, history_door
from keepfit.training.recommender import FittedRecommender
from keepfit.workflows.data import load_dataset
from keepfit.workflows.versions import Fitted, export_fitted
from offer_graph import otherwise
from recommender_model import RECOMMENDED, tiny_recommender


def recommender() -> Fitted:
    tiny = tiny_recommender()
    best = tiny.result.best
    return Fitted(
        recipe=best.recipe,
        model=best.model,
        threshold=best.any_threshold,
        signature=tiny.dataset.signature,
        matrix=tiny.matrix,
        fit_rows=tiny.dataset.split.train,
        scores=best.holdout,
        protocol=tiny.result.protocol,
        run_id="",
        offer_threshold=best.threshold,
    )


def test_the_reference_counts_the_answers_that_are_served(answered):
    """Held-out rows fall into the bins that they are in already: the model's own digits, not its pipeline's."""
    champion, dataset = answered.store.champion(), load_dataset(answered)
    (reference,) = Profile.from_dict(champion.profile).outputs
    asked = history_door(champion.facts.signature).table(dataset.frame[dataset.split.holdout.tolist()])
    served = reference.count(Scorer(champion).probabilities(asked), dataset.target[dataset.split.holdout])
    assert served.score.counts == reference.score.counts
    assert (served.labelled, served.positives) == (reference.labelled, reference.positives)


def test_a_recommender_passes_the_gate_with_a_threshold_for_each_product():
    """Each decides as the one that was chosen does, on every row; and lies on no probability."""
    fitted, exported = recommender(), export_fitted(recommender(), keeps_pipelines=False)
    assert (exported.form, exported.obstacle, len(exported.offer_thresholds)) == ("graph", "", len(RECOMMENDED))
    offers = fitted.model.offers(fitted.matrix)
    answered, answered_offers = Graph(exported.model, where="t").offers(fitted.matrix)
    np.testing.assert_allclose(answered, fitted.model.probability(fitted.matrix), atol=1e-5, rtol=0)
    for at, threshold in enumerate(exported.offer_thresholds):
        known = ~np.isnan(offers[:, at])
        decided = offers[known, at] >= fitted.offer_threshold
        assert ((offers[known, at] >= threshold) == decided).all()
        assert ((answered_offers[known, at] >= threshold) == decided).all()
        assert not (offers[known, at] == threshold).any()


@pytest.mark.parametrize("product", range(len(RECOMMENDED)))
@pytest.mark.parametrize("keeps_pipelines", [False, True])
def test_a_graph_that_answers_otherwise_of_one_product_is_refused(monkeypatch, product, keeps_pipelines):
    """Though whether anything is added is as it was; no recommender is kept as a pipeline."""
    honest = FittedRecommender.to_onnx
    monkeypatch.setattr(FittedRecommender, "to_onnx", lambda self: otherwise(honest(self), product))
    with pytest.raises(TrainingError, match=r"parity gate: .* differs from the pipeline by up to 0\.001 "):
        export_fitted(recommender(), keeps_pipelines=keeps_pipelines)
