"""Labels over HTTP."""

from __future__ import annotations

import pytest

from keepfit.clock import stamp_exactly, utc_now
from keepfit.workflows.rooms import Rooms
from recommender_model import record as record_of_a_panel


@pytest.fixture
def own_service(own_rooms, serve):
    """A service whose journal is empty, and its project."""
    rooms = own_rooms("labels")
    with serve(rooms) as service:
        yield service, rooms


def test_labels_find_their_predictions(service, record, rooms):
    """A label is matched by id, in any of the forms that name its class; an unknown id is kept apart."""
    answer = service.post("/api/prediction", record).json()
    receipt = service.post(
        "/api/labels",
        [{"prediction_id": answer["id"], "label": "bad"}, {"prediction_id": "nobody", "label": "good"}],
    )
    assert receipt.json() == {"accepted": 2, "matched": 1, "unmatched": 1}
    with rooms.journal() as journal:
        labels = {row.prediction.id: row.label for row in journal.window("credit", rows=50)}
    assert labels[answer["id"]] == "bad"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([{"prediction_id": "x", "label": "perhaps"}], 'expected "bad" or "good", found "perhaps"'),
        ([{"prediction_id": "x"}], "missing required field `label`"),
        ([{"prediction_id": 1, "label": "good"}], "Expected `str`, got `int`"),
        ([{"prediction_id": "x", "label": "good", "why": 1}], "unknown field `why`"),
        ("x", "Expected `object`, got `str`"),
    ],
)
def test_a_label_that_is_none_is_refused(service, body, said):
    """A label outside of the two classes, or of another form, is a 422 in words."""
    answer = service.post("/api/labels", body)
    assert answer.status == 422
    document = answer.json()
    assert said in document["detail"] + str(document.get("violations", ""))


def test_labels_by_entity_find_the_newest_prediction_up_to_their_time(own_service, record):
    """The newest answer before the time is meant, by default before now; who is not known yet is waited for."""
    service, rooms = own_service
    first = service.post("/api/prediction", {**record, "rownames": "anna"}).json()["id"]
    between = stamp_exactly(utc_now())
    second = service.post("/api/prediction", {**record, "rownames": "anna"}).json()["id"]
    sent = [{"entity": "anna", "as_of": between, "label": "bad"}, {"entity": "bert", "label": "bad"}]
    assert service.post("/api/labels", sent).json() == {"accepted": 2, "matched": 1, "unmatched": 1}
    assert service.post("/api/labels", {"entity": "anna", "label": "good"}).json()["matched"] == 1
    with rooms.journal() as journal:
        labels = {row.prediction.id: row.label for row in journal.window("credit", rows=50)}
    assert labels == {first: "bad", second: "good"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"label": "good"}, "say whose outcome it is, by prediction_id or by entity"),
        ({"label": "good", "prediction_id": "x", "entity": "y"}, "by prediction_id or by entity: by one of them"),
        ({"label": "good", "prediction_id": "x", "as_of": "2026-01-01T00:00:00Z"}, "is for a label by entity"),
        ({"label": "good", "entity": ""}, "must be a text of 1 to 200 printable characters"),
        ({"label": "good", "entity": "y", "as_of": "2026-01-01T00:00:00"}, "timezone component"),
        ({"label": "good", "entity": "y", "as_of": "2026-02-30T00:00:00Z"}, "Invalid RFC3339"),
    ],
)
def test_a_label_that_is_for_nobody_is_refused(service, body, said):
    """It says whom it is for in one way, and when with an offset."""
    answer = service.post("/api/labels", body)
    assert answer.status == 422
    assert said in str(answer.json())


def test_a_project_whose_records_name_nobody_takes_no_labels_by_entity(make_scoring_project, serve, tmp_path):
    """There is nothing to match them with: that is told."""
    file = make_scoring_project(tmp_path, entity=None) / "keepfit.toml"
    with serve(Rooms.open(file)) as service:
        answer = service.post("/api/labels", {"label": "no", "entity": "y"})
        assert (answer.status, "names nobody; use prediction_id" in str(answer.json())) == (422, True)
        forms = service.get("/openapi.json").json()["components"]["schemas"]["Label"]["oneOf"]
        assert len(forms) == 1


def label_kept(rooms, prediction_id: str) -> str | None:
    with rooms.journal() as journal:
        window = journal.window(rooms.project.name, rows=None)
        return next(row.label for row in window if row.prediction.id == prediction_id)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("card", "card"),
        ("loan,card", "loan,card"),
        (" card , fund ", "card,fund"),
        ("card,card", "card"),
        ("bond", "bond"),
        ("something", "something"),
        ("nothing", "nothing"),
    ],
)
def test_of_a_recommender_a_label_lists_what_was_added(recommender, panel_rooms, sent, kept):
    """With commas between, each once; a product that nobody added before may be added now. Or that nothing was."""
    prediction = recommender.post("/predict", record_of_a_panel()).headers["keepfit-prediction-id"]
    receipt = recommender.post("/api/labels", {"prediction_id": prediction, "label": sent}).json()
    assert receipt == {"accepted": 1, "matched": 1, "unmatched": 0}
    assert label_kept(panel_rooms, prediction) == kept


def test_of_a_recommender_labels_come_by_entity(recommender, panel_rooms):
    """What a customer added finds his newest prediction."""
    prediction = recommender.post("/predict", record_of_a_panel(who=4711)).headers["keepfit-prediction-id"]
    assert recommender.post("/api/labels", {"entity": 4711, "label": "fund,plan"}).json()["matched"] == 1
    assert label_kept(panel_rooms, prediction) == "fund,plan"


@pytest.mark.parametrize("sent", ["", ",", "card,", "car", "card,car", "card;loan", "nothing,card", "Карта", 1, True])
def test_a_list_of_what_is_no_product_is_refused(recommender, sent):
    """It is said what is taken; a list of JSON's is none of it."""
    refused = recommender.post("/api/labels", {"prediction_id": "x", "label": sent})
    assert refused.status == 422
    (violation,) = refused.json()["violations"]
    assert violation["field"] == "label"
    assert violation["message"].startswith('expected "nothing" or "something" or products, as in "card,loan", found ')
    assert recommender.post("/api/labels", {"prediction_id": "x", "label": ["card"]}).status == 422
