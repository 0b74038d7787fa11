"""Both clients against a recommender: an answer's decision is a list of products, and so is a label."""

from __future__ import annotations

import pytest

from keepfit.client import LabelReceipt
from keepfit.errors import RefusedError
from keepfit.scoring import Scorer
from recommender_model import make_recommender, panel, record, records_with_history

RECORDS = [one for one in records_with_history(panel()) if one["month"] >= "2015-12"][:130]


@pytest.fixture(scope="module")
def panel_rooms(tmp_path_factory):
    return make_recommender(tmp_path_factory.mktemp("panel") / "project", "[serving]\nmax_rows = 50\n")


@pytest.fixture(scope="module")
def recommender(panel_rooms, serve):
    with serve(panel_rooms) as service:
        yield service


def test_decisions_are_lists_of_products(connect, recommender, panel_rooms):
    """As text, the likeliest first, with the probability that anything is added: alone and in any number, in order."""
    scorer = Scorer(panel_rooms.store.champion())
    expected = scorer.answers(scorer.door.rows(RECORDS))
    with connect(recommender.url) as client:
        answers = client.predict_many(RECORDS)
        alone = [client.predict(one) for one in RECORDS[:20]]
    assert [one.decision for one in answers] == expected.decision
    assert [one.decision for one in alone] == expected.decision[:20]
    assert [one.probability for one in answers] == pytest.approx(expected.probability, abs=1e-6)
    assert max(len(one.decision.split(",")) for one in answers) > 1


def test_labels_are_lists_of_products(connect, recommender, panel_rooms):
    """By prediction and by entity; a list of anything else is refused with its row."""
    with connect(recommender.url) as client:
        nobody = {name: value for name, value in record().items() if name != "who"}
        first, second = client.predict(record()), client.predict(nobody, entity=4711)
        assert client.label(first.id, "loan,plan") == LabelReceipt(1, 1, 0)
        assert client.labels_by_entity([(4711, "fund", None)]) == LabelReceipt(1, 1, 0)
        with pytest.raises(RefusedError, match="products, as in") as caught:
            client.labels([(first.id, "loan"), (second.id, "loan,lone")])
    assert [(one.row, one.field) for one in caught.value.violations] == [(1, "label")]
    with panel_rooms.journal() as journal:
        kept = {row.prediction.id: row.label for row in journal.window("t", rows=None)}
    assert (kept[first.id], kept[second.id]) == ("loan,plan", "fund")


def test_a_bad_month_of_a_history_is_named(connect, recommender):
    """The violation has its place in the history."""
    with connect(recommender.url) as client, pytest.raises(RefusedError) as caught:
        client.predict(record(history=[{"month": "28-01-2016"}]))
    assert [one.field for one in caught.value.violations] == ["history[0].month"]


def test_the_model_is_told(connect, recommender):
    """Its scores, its card, and a signature with what it recommends."""
    with connect(recommender.url) as client:
        assert client.is_ready()
        model = client.model()
    assert {"map", "f1_micro"} <= set(model.scores)
    assert model.signature["offers"]["products"] == ["card", "loan", "fund", "plan"]
