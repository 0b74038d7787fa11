"""The Open Inference Protocol, from a real service."""

from __future__ import annotations

import pytest

from journal_contents import ids_of


def tensor(name, values, datatype="FP64", shape=None):
    return {"name": name, "datatype": datatype, "shape": shape or [len(values)], "data": values}


def tensors(records):
    return [tensor(name, [record[name] for record in records], "BYTES") for name in records[0]]


def test_an_inference_is_the_same_as_a_prediction(service, record, rooms):
    """Columns as tensors get the probabilities of the same records, in order, and are journalled."""
    records = [{**record, "Amount": amount, "Income": None} for amount in (100, 900, 5000)]
    alone = [service.post("/api/prediction", one).json() for one in records]
    answer = service.post("/v2/models/credit/infer", {"id": "call 7", "inputs": tensors(records)})
    body = answer.json()
    assert answer.status == 200
    assert (body["model_name"], body["id"]) == ("credit", "call 7")
    outputs = {output["name"]: output for output in body["outputs"]}
    assert outputs["probability"]["data"] == [one["probability"] for one in alone]
    assert outputs["probability"]["shape"] == [3]
    assert outputs["decision"]["data"] == [one["decision"] for one in alone]
    with rooms.journal() as journal:
        assert set(outputs["prediction_id"]["data"]) <= ids_of(journal, "credit")


def test_shapes_and_wanted_outputs(service, record):
    """A tensor may be a column of a matrix, flat or nested; only the outputs that are wanted come."""
    inputs = [tensor(name, [value, value], "BYTES", [2, 1]) for name, value in record.items()]
    inputs[0]["data"] = [[value] for value in inputs[0]["data"]]
    body = service.post("/v2/models/credit/infer", {"inputs": inputs, "outputs": [{"name": "probability"}]}).json()
    assert [output["name"] for output in body["outputs"]] == ["probability"]
    assert len(body["outputs"][0]["data"]) == 2


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (lambda body: body.pop("inputs"), 400, "missing required field `inputs`"),
        (lambda body: body.update(inputs=[]), 400, "no tensor came"),
        (lambda body: body["inputs"].append(body["inputs"][0]), 400, '"Seniority" comes twice'),
        (lambda body: body["inputs"][0].update(datatype="TEXT"), 400, "'TEXT', which is none"),
        (lambda body: body["inputs"][0].update(shape=[2]), 400, "send [n] or [n, 1]"),
        (lambda body: body["inputs"][0].update(shape=[1, 2]), 400, "send [n] or [n, 1]"),
        (lambda body: body["inputs"][0].update(shape=[2], data=[1, 2]), 400, "equally long"),
        (lambda body: body["inputs"][0].update(data=["seven"]), 422, "expected a whole number"),
        (lambda body: body["inputs"][0].update(name="Senority"), 422, 'did you mean "Seniority"'),
        (lambda body: body.update(outputs=[{"name": "logit"}]), 400, "there are probability, decision, prediction_id"),
    ],
)
def test_faults_are_told_in_the_protocols_way(service, record, change, status, said):
    """A problem document that has the protocol's member too."""
    body = {"inputs": tensors([record])}
    change(body)
    answer = service.post("/v2/models/credit/infer", body)
    assert (answer.status, said in answer.json()["error"]) == (status, True), answer.json()
    assert answer.json()["detail"] == answer.json()["error"]


def test_metadata_health_and_versions(service, record, rooms):
    """What the model takes and gives, and which version it is; another version is not there."""
    version = rooms.store.champion().facts.version
    about = service.get("/v2/models/credit").json()
    assert about["versions"] == [str(version)]
    assert about["inputs"][0] == {"name": "Seniority", "datatype": "INT64", "shape": [-1]}
    assert service.get(f"/v2/models/credit/versions/{version}").json() == about
    for path in ("/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/credit/ready"):
        assert service.get(path).status == 200
    body = {"inputs": tensors([record])}
    assert service.post(f"/v2/models/credit/versions/{version}/infer", body).status == 200
    other = service.post("/v2/models/credit/versions/99/infer", body)
    assert (other.status, other.json()["error"]) == (404, f"version 99 is not served; the champion is {version}")
    assert service.get("/v2/models/other").status == 404
