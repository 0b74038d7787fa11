"""The schema of a record takes what the service takes, and refuses what it refuses: `jsonschema` and the door say so.

Three things a schema cannot say, and takes although the service does not: how large a number is that stands in a text,
or whether it is whole; a date with a name of a month; a date of digits alone that comes as a number.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import msgspec
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from keepfit.bundle import BundleFacts, BundleStore, Lineage, Pointer, Recipe
from keepfit.errors import RecordError
from keepfit.scoring import Door
from keepfit.scoring.record_reader import RecordReader
from keepfit.serving.openapi_bodies import entity_schema, invocation_schema, label_schema, record_schema
from keepfit.serving.openapi_columns import column_schema
from keepfit.serving.predictions import _entities
from keepfit.signature import Column, Kind, Outcome, Signature

OUTCOME = Outcome("y", "0", "1")
DAY, LATER = 16919.0, 17650.0
COLUMNS = (
    Column("age", Kind.INTEGER, minimum=18.0, maximum=68.0),
    Column("rate", Kind.NUMBER, minimum=-1.5, maximum=2.5),
    Column("coded", Kind.INTEGER, minimum=1.0, maximum=9.0, missing_values=("-1", "5", "unknown", "2.5")),
    Column("height", Kind.NUMBER, minimum=0.0, maximum=2.0, missing_values=("1", "-999", "NaN")),
    Column("text", Kind.NUMBER, minimum=0.0, maximum=90.0, missing_values=("", " NA"), is_written_as_text=True),
    Column("whole", Kind.INTEGER, minimum=0.0, maximum=90.0, missing_values=("n/a?",), is_written_as_text=True),
    Column("owner", Kind.FLAG, missing_values=("NA",)),
    Column("job", Kind.CATEGORY, categories=("fixed", "other")),
    Column(
        "home",
        Kind.CATEGORY,
        categories=("rent", "own", "NA"),
        missing_values=("", "NA", "-1", "NaN"),
        spellings=(("RENT", "rent"), ("castle", "palace"), ("none", "NA"), ("7", "own")),
    ),
    Column("stars", Kind.CATEGORY, categories=("1", "2", "3"), missing_values=("0",), spellings=(("one", "1"),)),
    Column("share", Kind.CATEGORY, categories=("0.5", "1.0", "1e3"), missing_values=("2.5",)),
    Column("yes", Kind.CATEGORY, categories=("false", "true")),
    Column("since", Kind.DATE, minimum=DAY, maximum=LATER),
    Column(
        "joined",
        Kind.DATE,
        minimum=DAY,
        maximum=LATER,
        format="%d.%m.%Y",
        missing_values=("unknown", "1.1.1900", "-1"),
        spellings=(("start", "1.5.2016"), ("end", "31.2.2016"), ("never", "unknown")),
    ),
    Column("digits", Kind.DATE, minimum=DAY, maximum=LATER, format="%Y%m%d", missing_values=("0",)),
    Column("moment", Kind.DATE, minimum=DAY, maximum=LATER, format="%Y-%m-%d %H:%M"),
    Column("named", Kind.DATE, minimum=DAY, maximum=LATER, format="%d %b %Y", missing_values=("?",)),
    Column("income", Kind.INTEGER, minimum=0.0, maximum=1000.0, aliases=("salary", "wage")),
)
TEXTS = (
    *("", " ", "\n", "NA", "na", "a\nb", "NaN", "Infinity", "unknown", "never", "null", "?", "n/a?"),
    *("5", " 5 ", "5\n", "5.0", "5.", ".5", "+5", "--5", "1_000", "1e2", "1e400", "15e-1", "0x10", "\u0665", "5\u00a0"),
    *("2016-04-28", "2016-4-8", "2016-02-30", "2015-02-29", "2016-02-29", "0000-01-01", " 2016-04-28\n", "2016-04-28T"),
    *("28.04.2016", "8.4.2016", "31.04.2016", "29.02.1900", "29.02.2000", "1.1.1900", "20160428", "20161399"),
    *("2016-04-28 07:30", "2016-04-28 7:30", "2016-04-28 24:00", "28 Apr 2016", "28 Foo 2016"),
    *(word for column in COLUMNS for word in (*column.categories, *column.missing_values, *dict(column.spellings))),
)
NUMBERS = (
    *(0, 1, -1, 2, 5, 7, 17, 18, 68, 69, 1000, 1001, 20160428, 20160428.0, 20161399, 99999999, 100000000),
    *(0.0, -0.0, 0.5, 1.0, 1.5, 2.5, 2.0000001, -1.5, -999, -999.0, 5.0, 1e3, 1e22, 5e-324),
    *(
        2**53 + 1,
        2**63 - 1,
        2**63,
        -(2**63),
        -(2**63) - 1,
        2**64,
        10**30,
        10**38,
        10**39,
        10**308,
    ),
    *(3.4028234663852886e38, 3.402823466385289e38, -3.4028234663852886e38, 1e300, 1.7976931348623157e308),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 100).map(float),
    st.text(max_size=6),
    st.sampled_from([[], {}, [1], ["fixed"], {"a": 1}, [None], [[]]]),
)
POLICIES = [
    (optional, ends, unseen)
    for optional in (True, False)
    for ends in ("accept", "clip", "reject")
    for unseen in (True, False)
]
LENIENT, *_, STRICT = POLICIES
PLAIN = {
    "age": 30,
    "rate": 0.5,
    "coded": 3,
    "height": 1.5,
    "text": " 35",
    "whole": "7",
    "owner": True,
    "job": "fixed",
    "home": "rent",
    "stars": 2,
    "share": "0.5",
    "yes": "true",
    "since": "2016-05-01",
    "joined": "01.05.2016",
    "digits": "20160501",
    "moment": "2016-05-01 07:30",
    "named": "01 May 2016",
    "income": 100,
}


def signature_of(policy, columns=COLUMNS):
    optional, ends, unseen = policy
    held = tuple(replace(column, optional=optional, out_of_range=ends) for column in columns)
    return Signature(held, OUTCOME, entity="who", accepts_unseen=unseen)


def as_sent(value):
    """Return a value as the service decodes it."""
    return msgspec.json.decode(json.dumps(value))


def judge(schema):
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(json.loads(json.dumps(schema))).is_valid


@cache
def judges(policy):
    """Return a signature of all columns, and what judges its records: the door, the quick reader, the schema."""
    signature = signature_of(policy)
    return signature, Door(signature), RecordReader(Door(signature)).read, judge(record_schema(signature))


def taken(door, record):
    """Say whether the service takes a record, by the door and the rules of the entity."""
    try:
        (named,) = door.named([record], alone=True)
        door.row(named)
        _entities(door.signature.entity, [named], alone=True)
    except RecordError:
        return False
    return True


def is_unsayable(column, value):
    """Say whether a schema cannot say that a value is refused."""
    if column.is_written_as_text and isinstance(value, str):
        return re.fullmatch(r"\s*[-+.0-9eE]+\s*", value) is not None
    if column.kind is Kind.DATE:
        return column.name == "named" if isinstance(value, str) else column.name == "digits"
    return False


def from_patterns(column, signature):
    """Return texts that fit the column's pattern, where it has one."""
    text = json.dumps(column_schema(column, signature))
    found = json.loads(text).get("pattern") or json.loads(text).get("anyOf", [{}])[0].get("pattern")
    return st.from_regex(found) if found else st.nothing()


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_listed_value_is_judged_alike(column, policy):
    """Texts, numbers, flags, lists: the schema of a column takes those that the door takes."""
    signature = signature_of(policy, (column,))
    (held,) = signature.columns
    fits, door = judge(column_schema(held, signature)), Door(signature)
    for value in (*TEXTS, *NUMBERS, None, True, False, [], [1], {}, {"a": 1}, ["fixed"]):
        sent = as_sent(value)
        is_taken = taken(door, {column.name: sent})
        if fits(sent) != is_taken:
            assert not is_taken, f"{value!r} is taken, and the schema refuses it"
            assert is_unsayable(column, value), f"{value!r} is refused, and the schema takes it"


@pytest.mark.parametrize("policy", [LENIENT, STRICT], ids=str)
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_is_judged_alike(column, policy, data):
    """Values that fit the schema's own patterns, and any others."""
    signature = signature_of(policy, (column,))
    (held,) = signature.columns
    value = as_sent(data.draw(from_patterns(held, signature) | VALUES))
    is_taken = taken(Door(signature), {column.name: value})
    if judge(column_schema(held, signature))(value) != is_taken:
        assert not is_taken
        assert is_unsayable(column, value)


NAMES = st.sampled_from([*PLAIN, "salary", "wage", "who", "entity", "Age", "", "a:b"])
WHO = st.one_of(
    VALUES,
    st.sampled_from(
        ["a", "a\x00", "a\n", "\u200b", "\u00e9", "\U0001f600", "a" * 200, "a" * 201, " ", "\u2028", "\ue000"]
    ),
)


@pytest.mark.parametrize("policy", [LENIENT, STRICT], ids=str)
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_record_is_judged_alike(policy, data):
    """Keys left out, keys that are no column, other names of a column, and whom it is about."""
    signature, door, read, fits = judges(policy)
    left_out = data.draw(st.sets(st.sampled_from(list(PLAIN)), max_size=2))
    record = {name: value for name, value in PLAIN.items() if name not in left_out}
    changes = data.draw(st.dictionaries(NAMES, VALUES, max_size=2))
    if data.draw(st.booleans()):
        changes["who"] = data.draw(WHO)
    if data.draw(st.booleans()):
        changes[data.draw(st.sampled_from(["salary", "wage"]))] = 5
    sent = as_sent({**record, **changes})
    unsayable = {column.name for column in signature.columns if is_unsayable(column, sent.get(column.name))}
    is_taken = taken(door, sent)
    assert is_taken == fits(sent) or (fits(sent) and unsayable)
    assert is_taken or read(json.dumps(sent).encode()) is None


@pytest.mark.parametrize(
    "value", [*TEXTS, "a" * 200, "a" * 201, "\u200b", 5, 5.0, 5.5, 2**63, 2**63 - 1, 1e300, True, [], {}]
)
def test_an_entity_is_judged_alike(value):
    """A text of printable characters, or a whole number, `5.0` being 5."""
    try:
        _entities("who", [{"who": as_sent(value)}], alone=True)
    except RecordError:
        assert not judge(entity_schema())(as_sent(value))
    else:
        assert judge(entity_schema())(as_sent(value))


@pytest.mark.parametrize(
    "labels", [("0", "1"), ("bad", "good"), ("false", "true"), ("1.5", "2.5"), ("nan", "inf"), ("01", "1e3")]
)
def test_a_label_is_judged_alike(labels):
    """A class may be sent as text, or as the number or the flag that its name says."""
    outcome = Outcome("y", *labels)
    fits = judge(label_schema(Signature((COLUMNS[0],), outcome), by_entity=False))
    for value in (*labels, 0, 1, 1.0, 0.0, 1.5, 2.5, 1000, True, False, "", "True", "1.0", None, [], {}):
        is_known = isinstance(value, str | int | float) and outcome.code(as_sent(value)) is not None
        assert fits({"prediction_id": "a-1", "label": as_sent(value)}) == is_known, value


@pytest.fixture(scope="module")
def strange(tmp_path_factory, serve):
    """A real service of all these columns, its document, and what judges a body of a route."""
    folder = tmp_path_factory.mktemp("strange")
    text = '[project]\nname = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\nentity = "who"\n'
    more = '[serving]\nmax_rows = 3\nexplain = "never"\nentity_parameter = "cus_id"\n'
    more += 'answer = { PD = "probability", cus_id = "entity", what = "decision" }\n'
    (folder / "keepfit.toml").write_text(text + more)
    lineage = Lineage("t.csv", "file", "t.csv", "f", 10, Recipe("by hand"), 0, "0", "e")
    store = BundleStore(folder / ".keepfit" / "bundles")
    made = store.add(
        lambda version: BundleFacts(
            "t", version, "2026-01-01T00:00:00.000Z", signature_of(STRICT), 0.5, {}, "", lineage
        ),
        model=constant_graph(len(COLUMNS)),
        profile={},
        card=lambda _: "",
    )
    store.point("champion", Pointer(made.facts.version, made.digest, 1))
    with serve(SimpleNamespace(folder=folder)) as service:
        document = service.get("/openapi.json").json()
        yield service, document


def constant_graph(columns):
    """Return a graph that answers 0.25, and 0.75 where the first column is missing."""
    node, tensor, value = onnx.helper.make_node, onnx.helper.make_tensor, onnx.helper.make_tensor_value_info
    kind = onnx.TensorProto.FLOAT
    nodes = [
        node("Gather", ["x", "first"], ["age"], axis=1),
        node("IsNaN", ["age"], ["unknown"]),
        node("Where", ["unknown", "high", "low"], ["positive"]),
        node("Sub", ["one", "positive"], ["negative"]),
        node("Concat", ["negative", "positive"], ["probabilities"], axis=1),
    ]
    weights = [tensor(name, kind, [], [number]) for name, number in {"high": 0.75, "low": 0.25, "one": 1.0}.items()]
    first = tensor("first", onnx.TensorProto.INT64, [1], [0])
    shapes = [value("x", kind, [None, columns])], [value("probabilities", kind, [None, 2])]
    graph = onnx.helper.make_graph(nodes, "constant", *shapes, [*weights, first])
    opset = [onnx.helper.make_opsetid("", 17)]
    return onnx.helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def body_judge(document, path):
    schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return judge({**schema, "components": document["components"]})


def answer_judge(document, path, status):
    content = document["paths"][path]["post"]["responses"][str(status)]["content"]
    ((kind, media),) = content.items()
    return kind, judge({**media["schema"], "components": document["components"]})


def holds(service, document, path, body, query=""):
    """Send a body; its answer is as the document says, and so is whether it is taken."""
    answer = service.send(f"{path}{query}", json.dumps(body).encode())
    kind, fits = answer_judge(document, path, answer.status)
    assert answer.headers["content-type"] == kind
    assert fits(answer.json()), answer.data
    return answer.status


RECORD = st.dictionaries(NAMES, VALUES, max_size=2).map(lambda changes: {**PLAIN, **changes})


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(body=RECORD | st.lists(RECORD, max_size=3) | VALUES)
def test_a_real_service_judges_as_its_document_says(strange, body):
    """A record, a list, anything: 200 when its schema takes it, and every answer is of the schema of its status."""
    service, document = strange
    status = holds(service, document, "/api/prediction", body)
    fits = body_judge(document, "/api/prediction")(body)
    if fits != (status == 200):
        records = body if isinstance(body, list) else [body]
        assert status == 422
        assert any(is_unsayable(column, record.get(column.name)) for record in records for column in COLUMNS)


def test_examples_of_the_document_are_taken(strange):
    """What the page shows works as it stands."""
    service, document = strange
    for path, item in document["paths"].items():
        if "post" in item and "requestBody" in item["post"] and "{" not in path:
            example = item["post"]["requestBody"]["content"]["application/json"]["example"]
            assert holds(service, document, path, example) == 200


def test_the_forms_of_mlflow_are_judged_alike(strange):
    """Each form, one at a time, its limits, and what a schema can say of columns."""
    service, document = strange
    fits = body_judge(document, "/invocations")
    split = {"columns": list(PLAIN), "data": [list(PLAIN.values())]}
    columns = {name: [value] for name, value in PLAIN.items()}
    forms = [
        *({"dataframe_records": rows} for rows in ([], [PLAIN], [PLAIN] * 3, [PLAIN] * 4, [{}], PLAIN, None, [5])),
        *({"instances": rows} for rows in ([PLAIN], [], {"a": 1})),
        *(
            {"inputs": rows}
            for rows in ([PLAIN], PLAIN, columns, {}, {"odd": []}, {"odd": [1]}, {**columns, "age": ["x"]}, 5)
        ),
        *({"inputs": {**columns, name: 5}} for name in ("salary", "who", "age")),
        *(
            {"dataframe_split": rows}
            for rows in (split, {"columns": ["a", "a"], "data": []}, {"data": []}, {**split, "index": [0]}, [])
        ),
        *({"dataframe_split": {"columns": ["a"], "data": rows}} for rows in ([], [5], {}, [[]] * 4)),
        {},
        [],
        None,
        {"instances": [PLAIN], "inputs": [PLAIN]},
        {"instances": [PLAIN], "params": {"a": 1}},
    ]
    for body in forms:
        assert fits(body) == (holds(service, document, "/invocations", body) == 200), body


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?cus_id=7", 200),
        ("?cus_id=a%20b", 200),
        ("?cus_id=a%00", 422),
        ("?cus_id=", 422),
        ("?cus_id=1&cus_id=1", 422),
        ("?explain=false", 200),
        ("?explain=true", 403),
        ("?explain=1", 422),
        ("?other=1", 422),
    ],
)
def test_a_query_is_judged_alike(strange, query, status):
    """The parameters of the document, each once; every refusal has a status of the document."""
    service, document = strange
    assert holds(service, document, "/api/prediction", PLAIN, query) == status


def test_invocation_schemas_are_schemas():
    """Of every policy, so is that of a record."""
    for policy in POLICIES:
        judge(invocation_schema(signature_of(policy), 10))
        judge(record_schema(signature_of(policy)))
