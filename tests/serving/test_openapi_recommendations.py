"""The document of a recommender's routes: its schemas take what the service takes, and describe what it answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from keepfit.scoring import Door
from keepfit.serving.openapi_bodies import label_schema, record_schema
from keepfit.signature import Outcome
from recommender_model import PRODUCTS, make_recommender, record, tiny_recommender

WITH_HISTORY = record(history=[{"month": "28-11-2015", "card": 1, "who": 7}, {"month": "2015-10-28", "loan": None}])


@pytest.fixture(scope="module")
def document(recommender) -> dict:
    return recommender.get("/openapi.json").json()


@pytest.fixture(scope="module")
def answered(document):
    """Holds an answer to the schema of a path's answers."""

    def hold(path: str, method: str, answer) -> None:
        content = document["paths"][path][method]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer)

    return hold


def takes(schema: dict, value) -> bool:
    return Draft202012Validator(schema).is_valid(value)


@pytest.fixture(scope="module")
def sent() -> dict:
    return record_schema(tiny_recommender().dataset.signature)


@pytest.mark.parametrize("path", ["/predict", "/predict_proba"])
@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_what_is_answered_is_described(recommender, answered, path, language):
    """Of one record, of a list, of none; with a history and without."""
    for asked in (record(), WITH_HISTORY, [record(), WITH_HISTORY], []):
        answered(path, "post", recommender.post(f"{path}{language}", asked).json())


def test_a_ranking_that_lacks_something_is_not_what_is_described(recommender, answered):
    """The schema can say no: without its id, with another key, with a probability of two."""
    good = recommender.post("/predict_proba?threshold=0", record()).json()
    product = {**good["products"][0], "probability": 2}
    for bad in ({**good, "id": None}, {**good, "more": 1}, {**good, "products": [product]}):
        with pytest.raises(Exception, match="is not valid under any of the given schemas"):
            answered("/predict_proba", "post", bad)


def test_what_random_answers_is_described(recommender, answered, document):
    """A ranking, what is recommended, and the record, which the schema of a record takes."""
    schema = {"$ref": "#/components/schemas/Record", "components": document["components"]}
    for _ in range(20):
        answer = recommender.get("/random").json()
        answered("/random", "get", answer)
        assert takes(schema, answer["record"])


@pytest.mark.parametrize("explain", ["", '[serving]\nexplain = "always"\n'], ids=["usually", "with reasons"])
def test_the_other_routes_describe_a_recommender_too(tmp_path, serve, explain):
    """A prediction, MLflow's form, tensors: the decision is a list of products, or nothing."""
    with serve(make_recommender(tmp_path / "project", explain)) as service:
        described = service.get("/openapi.json").json()
        model = "/v2/models/t/infer"
        for path, asked in (
            ("/api/prediction", record()),
            ("/invocations", {"dataframe_records": [record(), WITH_HISTORY]}),
            (model, described["paths"][model]["post"]["requestBody"]["content"]["application/json"]["example"]),
        ):
            answer = service.post(path, asked)
            assert answer.status == 200, answer.data
            schema = described["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
            Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())


def test_the_examples_are_answered(recommender, document, sent):
    """Each example of a body is a record that its schema and the service take."""
    for path in ("/predict", "/predict_proba", "/api/prediction"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert takes({**content["schema"], "components": document["components"]}, content["example"])
        assert recommender.post(path, content["example"]).status == 200
    assert takes(sent, sent["example"])


def test_languages_and_threshold_are_described(document):
    """The declared languages; a threshold for a ranking only."""
    decided, ranked = (document["paths"][path]["post"]["parameters"] for path in ("/predict", "/predict_proba"))
    assert [(one["name"], one["schema"].get("enum")) for one in decided] == [("lang", ["ru", "en"])]
    assert [one["name"] for one in ranked] == ["lang", "threshold"]


def test_the_headers_of_a_prediction_are_described(recommender, document):
    """All that come, and no other."""
    told = document["paths"]["/predict"]["post"]["responses"]["200"]["headers"]
    sent = {name.lower() for name in recommender.post("/predict", record()).headers}
    assert {name.lower() for name in told} == {name for name in sent if name.startswith(("keepfit-", "x-"))}


@pytest.mark.parametrize(
    "asked",
    [
        record(),
        WITH_HISTORY,
        record(history=None),
        record(history=[]),
        record(card=None, plan=1.0),
        record(history=[{"month": " 28-11-2015 ", "card": 1.0, "loan": None, "plan": 0, "who": "7"}]),
    ],
    ids=str,
)
def test_the_schema_takes_what_the_door_takes(sent, asked):
    """A raw record with its history, in all forms."""
    assert takes(sent, asked)
    assert Door(tiny_recommender().dataset.signature).row(asked).shape[0] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"card": 2},
        {"card": -1},
        {"month": None},
        {"month": "28/12/2015"},
        {"kard": 1},
        {"history": {}},
        {"history": ["x"]},
        {"history": [{"card": 1}]},
        {"history": [{"month": "soon"}]},
        {"history": [{"month": "28-11-2015", "kard": 1}]},
        {"history": [{"month": "28-11-2015", "age": 3}]},
        {"history": [{"month": "28-11-2015", "card": 2}]},
        {"history": [{"month": "28-11-2015", "card": "yes"}]},
        {"history": [{"month": "28-11-2015", "card": "1"}]},
        {"history": [{"month": "28-11-2015", "card": True}]},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_service_refuses(recommender, sent, changes):
    """What columns and history hold; the order of days, and which month is told twice, no schema can say."""
    assert not takes(sent, record(**changes))
    assert recommender.post("/predict", record(**changes)).status == 422


@pytest.mark.parametrize(
    ("label", "is_one"),
    [
        *((product, True) for product in PRODUCTS),
        *((label, True) for label in ("nothing", "something", "card,loan", "loan,card,plan")),
        *(
            (label, False)
            for label in ("", ",", "card,", "car", "card,car", "card;loan", "nothing,card", 1, True, None)
        ),
    ],
)
def test_the_schema_of_a_label_lists_the_products(label, is_one):
    """What is written as a list of them, or is one of the two classes, is a label: the schema and the service agree."""
    signature = tiny_recommender().dataset.signature
    schema = label_schema(signature, by_entity=True)
    assert takes(schema, {"prediction_id": "x", "label": label}) == is_one
    assert takes(schema, {"entity": 7, "label": label}) == is_one
    assert (signature.outcome.written(label) is not None) == is_one


def test_names_of_products_are_no_patterns():
    """A product's column may hold what means something in a pattern."""
    signature = tiny_recommender().dataset.signature
    odd = ("a+b", "a.b", "(x)")
    offers = replace(signature.offers, panel=replace(signature.offers.panel, products=odd), products=odd, names={})
    changed = replace(signature, outcome=Outcome("y", "no", "yes", products=odd), offers=offers)
    schema = label_schema(changed, by_entity=False)
    assert takes(schema, {"prediction_id": "x", "label": "a+b,(x)"})
    assert not takes(schema, {"prediction_id": "x", "label": "aab"})
    assert not takes(schema, {"prediction_id": "x", "label": "axb"})
