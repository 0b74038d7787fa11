"""Labels over HTTP."""

from __future__ import annotations

import pytest


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
