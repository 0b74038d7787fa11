"""A stored version: its reference is of the answers that it will be asked for."""

from __future__ import annotations

from keepfit.profiles import Profile
from keepfit.scoring import Scorer, history_door
from keepfit.workflows.data import load_dataset


def test_the_reference_counts_the_answers_that_are_served(answered):
    """Held-out rows fall into the bins that they are in already: the model's own digits, not its pipeline's."""
    champion, dataset = answered.store.champion(), load_dataset(answered)
    (reference,) = Profile.from_dict(champion.profile).outputs
    asked = history_door(champion.facts.signature).table(dataset.frame[dataset.split.holdout.tolist()])
    served = reference.count(Scorer(champion).probabilities(asked), dataset.target[dataset.split.holdout])
    assert served.score.counts == reference.score.counts
    assert (served.labelled, served.positives) == (reference.labelled, reference.positives)
