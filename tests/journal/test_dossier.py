"""All that is known of one prediction, on every back end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keepfit.clock import stamp_exactly
from keepfit.journal import Label, Shadow, open_journal
from keepfit.journal.dossier import read_dossier
from keepfit.journal.erasure import forget

CAME = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
LATER = CAME + timedelta(days=1)


def test_nobody_knows_an_id_that_is_not_there(journal, make_prediction):
    """An id that was never given, and one that is another project's."""
    other = make_prediction("other")
    journal.record_predictions([other])
    assert read_dossier(journal, "credit", "x") is None
    assert read_dossier(journal, "credit", other.id) is None


def test_everything_that_came_of_a_prediction_is_told(any_url, make_prediction):
    """Labels with their history, by id and by entity; challengers; the seal that covers it; not what others have."""
    made = [make_prediction(entity=name, at=CAME - timedelta(days=1)) for name in ("p1", "p2", "p1x")]
    shadows = [Shadow(one.id, CAME, "credit", version, 0.25, "bad") for one in made for version in (2, 3)]
    with open_journal(any_url, is_sealed=True) as journal:
        journal.record_event("credit", "trained", "ada", {})  # seal 1
        journal.record_predictions(made[:1])  # 2
        journal.record_predictions(made[1:], shadows)  # 3
        named = Label("", "bad", CAME, "p2", CAME)
        corrected = Label(made[1].id, "good", LATER)
        journal.record_labels("credit", [named, Label(made[0].id, "good", CAME)])
        journal.record_labels("credit", [corrected])
        found = read_dossier(journal, "credit", made[1].id)
        first = read_dossier(journal, "credit", made[0].id)
    assert first is not None
    assert (first.seal, first.prediction.label, len(first.labels), first.shadows) == (2, "good", 1, tuple(shadows[:2]))
    assert found is not None
    assert (found.prediction.prediction, found.prediction.seq, found.prediction.label) == (made[1], 2, "good")
    assert found.labels == (Label(made[1].id, "bad", CAME, "p2", CAME), corrected)
    assert found.shadows == (shadows[2], shadows[3])
    assert found.to_dict() == {
        "seq": 2,
        "id": made[1].id,
        "at": "2026-02-02T04:05:06.789012Z",
        "project": "credit",
        "model_version": 1,
        "entity": "p2",
        "features": made[1].features,
        "probability": made[1].probability,
        "decision": "good",
        "duration_seconds": made[1].duration_seconds,
        "labels": [{"label": "bad", "at": stamp_exactly(CAME)}, {"label": "good", "at": stamp_exactly(LATER)}],
        "challengers": [
            {"model_version": 2, "probability": 0.25, "decision": "bad"},
            {"model_version": 3, "probability": 0.25, "decision": "bad"},
        ],
        "seal": 3,
    }


def test_who_was_forgotten_is_not_told(journal, make_prediction):
    """The answer stays, what was sent does not; a journal without seals has no number of one."""
    made = make_prediction(entity="p1")
    journal.record_predictions([made])
    forget(journal, "credit", "p1", actor="ada")
    found = read_dossier(journal, "credit", made.id)
    assert found is not None
    told = found.to_dict()
    assert (told["entity"], told["features"], told["seal"], told["labels"]) == (None, None, None, [])
    assert told["probability"] == made.probability
