"""Which customers a panel's simulation sends, and what a real service makes of them."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from keepfit.errors import ProjectError
from keepfit.scoring import Scorer
from keepfit.signature import LISTED_BY
from keepfit.simulation import panel_customers
from keepfit.workflows.data import load_dataset
from keepfit.workflows.simulate import SimulateTask, simulate, simulate_stream
from keepfit.workflows.simulated_customers import agrees, replayed, require_simulated
from recommender_model import make_recommender, tiny_recommender

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def rooms(tmp_path):
    return make_recommender(tmp_path / "project")


def journalled(rooms):
    with rooms.journal() as journal:
        return list(journal.window(rooms.project.name, rows=None))


def test_a_replay_sends_held_out_rows_with_their_history(rooms, serve):
    """Each is answered as its row would be, its label finds it, and the journal has what was sent."""
    with serve(rooms) as service:
        report = simulate(rooms, SimulateTask(service.url, "replay", requests=150, seed=3))
    kept, dataset = journalled(rooms), load_dataset(rooms)
    customers, labels = replayed(dataset, 150, np.random.default_rng(3))
    assert (report.mode, report.rows, report.matched, report.failures) == ("replay", 150, 150, ())
    sent = Counter(json.dumps(one, sort_keys=True) for one in customers)
    whom = [{"who": int(one.prediction.entity), **one.prediction.features} for one in kept]
    assert Counter(json.dumps(one, sort_keys=True) for one in whom) == sent
    scorer = Scorer(rooms.store.champion())
    answers = scorer.answers(scorer.door.rows(customers))
    assert Counter(one.prediction.decision for one in kept) == Counter(answers.decision)
    assert report.agreeing == sum(
        agrees(said, label, dataset.signature.offers) for said, label in zip(answers.decision, labels, strict=True)
    )
    assert Counter(one.label for one in kept) == Counter(labels)
    products = Counter(part for said in answers.decision for part in said.split(LISTED_BY))
    assert report.decisions == products


def test_a_replay_repeats_with_its_seed_and_comes_from_the_held_out_rows(rooms):
    """Later months, as what is served is; the same seed draws the same customers."""
    dataset = load_dataset(rooms)
    first, again, other = (replayed(dataset, 40, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    held_out = {
        json.dumps(record): label
        for record, label in panel_customers(dataset.frame, dataset.signature, dataset.additions, dataset.split.holdout)
    }
    assert all(held_out[json.dumps(record)] == label for record, label in zip(*first, strict=True))
    assert {record["month"][:7] for record in first[0]} == {"2015-12"}


@pytest.mark.parametrize("mode", ["noise", "shift"])
def test_what_has_labels_of_two_classes_is_refused(rooms, mode):
    """Before anything is sent, with what to send instead."""
    said = f"--mode: {mode} has labels of two classes, and of a panel a label lists products; send --mode replay, or"
    with pytest.raises(ProjectError, match=said):
        simulate(rooms, SimulateTask(NOWHERE, mode))
    if mode == "shift":
        with pytest.raises(ProjectError, match=said):
            simulate_stream(rooms, url=NOWHERE, shift=True)


@pytest.mark.parametrize("mode", ["replay", "random"])
def test_what_lists_products_is_not(mode):
    """Rows as they are, and random records, have no other labels than the panel's."""
    require_simulated(tiny_recommender().dataset, mode)


def test_a_stream_replays_without_end(rooms, serve):
    """One customer after the other, each with an answer and, in its time, a label."""
    text = (rooms.folder / "keepfit.toml").read_text(encoding="utf-8")
    section = "[simulation]\npause_seconds = 0\nlabel_seconds = 0\n"
    (rooms.folder / "keepfit.toml").write_text(text + section, encoding="utf-8")
    rooms = type(rooms).open(rooms.folder)
    with serve(rooms) as service:
        answers = simulate_stream(rooms, url=service.url, seed=5)
        ids = [next(answers).id for _ in range(25)]
        answers.close()
    kept = journalled(rooms)
    assert {one.prediction.id for one in kept} >= set(ids)
    assert all(one.prediction.features["month"].startswith("2015-12") for one in kept)
    assert any(one.prediction.features["history"] for one in kept)
    assert sum(one.label is not None for one in kept) > 0
    assert "a stream of replayed customers to " in rooms.log.path.read_text()


@pytest.mark.parametrize(
    ("decision", "label", "is_so"),
    [
        ("card,fund", "fund", True),
        ("card,fund", "plan,fund", True),
        ("card", "cardigan", False),
        ("nothing", "nothing", True),
        ("nothing", "card", False),
        ("card", "nothing", False),
    ],
)
def test_lists_agree_where_they_have_a_product_in_common(decision, label, is_so):
    """And where both list none; of two classes they agree where they are the same."""
    offers = tiny_recommender().dataset.signature.offers
    assert agrees(decision, label, offers) is is_so
    assert agrees(decision, label, None) is (decision == label)
