"""Requests that nobody should send: bodies, heads and whole connections, drawn from a seed."""

# ruff: noqa: PLR2004 - chances and sizes stand where they are drawn

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

_NUMBERS = ("Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price")
_WORDS = {"Home": "rent", "Marital": "married", "Records": "no", "Job": "freelance"}
RECORD = {**dict.fromkeys(_NUMBERS, 60), **_WORDS}
LITERALS = (
    *("NaN", "Infinity", "-Infinity", "nan", "1e400", "-1e400", "1e-400", "-0", "-0.0", "01", "+1", ".5", "5.", "0x10"),
    *("1e38", "3.5e38", "9" * 30, "9" * 400, "9" * 4300, "9" * 5000, "1." + "1" * 3000, "2.5", "5.0", "true", "null"),
    *(
        '""',
        '"\\u0000"',
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '"\\ud83d\\ude00"',
        '"a:b"',
        '"\\u202e"',
        '"' + "x" * 9000 + '"',
    ),
    *("[]", "{}", "[1]", '{"a":1}', "[" * 50 + "]" * 50, "[" * 950 + "]" * 950, '{"a":' * 900 + "1" + "}" * 900, "'a'"),
    *(
        '"NaN"',
        '"7"',
        '" 7"',
        '"fixed"',
        '"\\/"',
        '"\\x"',
        '"\t"',
        "undefined",
        "",
        "18446744073709551616",
        "9007199254740993",
    ),
)
TYPES = (
    *(
        "application/json; charset=utf-8",
        "application/json;charset=utf-16",
        "Application/JSON",
        "application/problem+json",
    ),
    *(
        "text/plain",
        "text/csv",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
        "a" * 3000,
        "\xff",
    ),
)
PATHS = (
    *(
        "/",
        "/docs",
        "/docs/assets/%00",
        "/docs/assets/..%2f..%2f..%2fetc/passwd",
        "/docs/assets/" + "a" * 4000,
        "/openapi.json",
    ),
    *(
        "/health/",
        "//health",
        "/%00",
        "/%ff%fe",
        "/%",
        "/%2",
        "/a%0ab",
        "/admin/reload",
        "/admin%2freload",
        "/api/model?x=%00",
    ),
    *(
        "/v2/models/credit/versions/%0a/ready",
        "/v2/models/credit/versions/" + "9" * 3000,
        "/v2/models/..%2f",
        "*",
        "http://[::1",
    ),
    *(
        "/" + "a" * 70_000,
        "/metrics?" + "a=1&" * 15_000,
        "?",
        "/\xf6",
        "http://localhost/health",
        "/card",
        "/../../etc/passwd",
    ),
)
QUERIES = (
    "",
    "",
    "",
    "?explain=true",
    "?explain=1",
    "?a=%00",
    "?explain=true&explain=true",
    "?&&&",
    "?%ff",
    "?" + "k=1&" * 9000,
)
ROUTES = (
    "/api/prediction",
    "/api/prediction",
    "/api/prediction",
    "/invocations",
    "/api/labels",
    "/v2/models/credit/infer",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent on one connection.

    Attributes
    ----------
    kind
        For the report.
    parts
        Bytes, one write each.
    answers
        How many answers are due.
    is_whole
        Whether each request is complete HTTP: then an answer must come, and not before the rest of it is waited for.
    pause_seconds
        Between the writes.
    """

    kind: str
    parts: list[bytes] = field(repr=False)
    answers: int = 1
    is_whole: bool = True
    pause_seconds: float = 0.0


def drawn(random: Random) -> Sent:
    """Draw what a connection sends."""
    (make,) = random.choices([maker for maker, _ in _MAKERS], [weight for _, weight in _MAKERS])
    return make(random)


def plain(*, is_last: bool = True) -> bytes:
    """Return a request that any service takes."""
    return head("/api/prediction", len(_json(RECORD)), is_last=is_last) + _json(RECORD)


def head(
    path: str, length: int | str | None, *lines: str, method: str = "POST", is_last: bool = True, **other: str
) -> bytes:
    """Return the head of a request."""
    said = {"Host": "localhost", "Content-Type": "application/json", **other}
    all_lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items()), *lines]
    all_lines += [] if length is None else [f"Content-Length: {length}"]
    all_lines += ["Connection: close"] if is_last else []
    return "\r\n".join([*all_lines, "", ""]).encode("latin-1")


def _json(content: Any) -> bytes:
    return json.dumps(content).encode()


def _odd_record(random: Random) -> str:
    """Return the text of a record in which something is wrong, or nothing."""
    record = {name: json.dumps(value) for name, value in RECORD.items()}
    for _ in range(random.randrange(3)):
        record[random.choice([*RECORD, "rownames"])] = random.choice(LITERALS)
    for _ in range(random.choice((0, 0, 0, 1, 3, 300))):
        record[random.choice(("odd", "Incom", "\\u0000", "\\ud800", "a" * 500, "")) + str(random.randrange(1000))] = "1"
    for _ in range(random.choice((0, 0, 0, 1, 5))):
        record.pop(random.choice(list(record)))
    items = [f'"{name}":{value}' for name, value in record.items()]
    if items and random.random() < 0.1:
        items.append(random.choice(items))  # a key twice
    return "{" + ",".join(items) + "}"


def _content(random: Random, route: str) -> str:
    """Return a body that is nearly what a route takes."""
    rows = ",".join(_odd_record(random) for _ in range(random.choice((0, 1, 1, 2, 60))))
    literal = random.choice(LITERALS)
    if route == "/invocations":
        forms = ("dataframe_split", "dataframe_records", "inputs", "instances", "dataframe_records", "other")
        data = random.choice((literal, "[1]", "[]", "[1,2]"))
        split = f'{{"columns":{_names(random)},"data":[{data}]}}'
        return f'{{"{random.choice(forms)}":{random.choice((f"[{rows}]", _odd_record(random), split, literal))}}}'
    if route == "/api/labels":
        prediction_id, label = random.choice((literal, '"a-1"')), random.choice((literal, '"good"'))
        one = f'{{"prediction_id":{prediction_id},"label":{label}}}'
        return random.choice((one, f"[{one}]", f"[{one},{literal}]", literal))
    if route.startswith("/v2"):
        tensors = ",".join(_tensor(random, name) for name in RECORD if random.random() < 0.95)
        more = random.choice(("", f',"id":{literal}', f',"outputs":[{literal}]'))
        return f'{{"inputs":[{tensors}]{more}}}'
    return random.choice((_odd_record(random), _odd_record(random), f"[{rows}]", literal))


def _names(random: Random) -> str:
    return json.dumps(random.choice((["Age"], ["Age", "Age"], [], ["Age", "odd"], [1], "Age")))


def _tensor(random: Random, name: str) -> str:
    literal = random.choice(LITERALS) if random.random() < 0.1 else json.dumps(RECORD[name])
    shapes = ("[1]", "[1]", "[1]", "[1]", "[1,1]", "[2]", "[-1]", f"[{10**30}]", "[1.0]", "[]", "[null]")
    datatype = random.choice(("FP64", "BYTES", "INT64", "X"))
    return f'{{"name":"{name}","shape":{random.choice(shapes)},"datatype":"{datatype}","data":[{literal}]}}'


def _bad_body(random: Random) -> Sent:
    route = random.choice(ROUTES)
    body = _content(random, route).encode()
    return Sent("a body that is nearly right", [head(route + random.choice(QUERIES), len(body)) + body])


def _broken_body(random: Random) -> Sent:
    """Flip bits, cut, repeat, or put odd bytes into a good body."""
    route = random.choice(ROUTES)
    body = bytearray(_content(random, route).encode() if random.random() < 0.5 else _json(RECORD))
    for _ in range(random.choice((1, 1, 2, 10))):
        at = random.randrange(len(body) + 1)
        change = random.randrange(5)
        if change == 0 and at < len(body):
            body[at] ^= 1 << random.randrange(8)
        elif change == 1:
            del body[at : at + random.choice((1, 5, 100))]
        elif change == 2:
            body[at:at] = random.choice(
                (b"\x00", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\", b'"', b",", b":")
            )
        elif change == 3:
            body[at:at] = body[: random.randrange(200)]
        else:
            body[at:at] = random.randbytes(random.choice((1, 20)))
    return Sent("a broken body", [head(route, len(body)) + body])


def _odd_bytes(random: Random) -> Sent:
    depth = random.choice((10, 500, 960, 985, 1000, 5000, 30_000))
    body = random.choice(
        (
            b"[" * depth,
            b'{"a":' * depth,
            b"[" * depth + b"]" * depth,
            b'{"a:":' + b"[" * depth + b"]" * depth + b"}",
            b"",
            _json(RECORD).decode().encode("utf-16"),
            gzip.compress(_json(RECORD)),
            b" " * random.choice((10, 60_000)) + _json(RECORD),
            _json([{}] * random.choice((0, 50, 51, 9000))),
            b'{"Age":1' + b',"Age":1' * 5000 + b"}",
            random.randbytes(random.choice((1, 100, 10_000))),
        )
    )
    lines = ["Content-Encoding: gzip"] if body[:2] == b"\x1f\x8b" and random.random() < 0.5 else []
    return Sent("a body of another kind", [head(random.choice(ROUTES), len(body), *lines) + body])


def _large_body(random: Random) -> Sent:
    size = random.choice((65_537, 200_000, 2_000_000))
    body = random.choice((b" ", b"[", b'"a",', b"1")) * size
    return Sent("a body over the limit", [head(random.choice(ROUTES), len(body)) + body], is_whole=False)


def _odd_head(random: Random) -> Sent:
    body = _json(RECORD)
    lines = random.choice(
        (
            ["Expect: 100-continue"],
            ["Expect: nothing"],
            ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"],
            ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: a", "Sec-WebSocket-Version: 13"],
            ["X-Request-ID: " + "a" * random.choice((1, 64, 65, 5000))],
            ["Authorization: Bearer " + "a" * random.choice((1, 5000))],
            [f"X-{at}: b" for at in range(random.choice((10, 2000, 9000)))],
            ["X: " + "b" * random.choice((10, 60_000, 100_000))],
            ["Cookie: \xff\xfe", "Accept: \x80", "Range: bytes=0-0", "If-None-Match: *"],
            ["Host: evil.example"],
            ["Content-Type: text/plain"],
        )
    )
    request = head(random.choice(ROUTES), len(body), *lines, is_last=False) + body
    return Sent("an odd head", [request], is_whole=len(request) < 50_000)


def _odd_type(random: Random) -> Sent:
    body = _json(RECORD)
    return Sent(
        "another content type", [head("/api/prediction", len(body), **{"Content-Type": random.choice(TYPES)}) + body]
    )


def _odd_path(random: Random) -> Sent:
    method = random.choice(
        ("GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO", "get", "")
    )
    request = head(random.choice(PATHS), None, method=method)
    return Sent("an odd path or method", [request], is_whole=False)


def _odd_length(random: Random) -> Sent:
    body = _json(RECORD)
    length = random.choice(
        (
            0,
            1,
            len(body) - 1,
            len(body) + 1,
            -1,
            10**30,
            "x",
            "",
            "1,1",
            "0x10",
            "+5",
            f"{len(body)}\r\nContent-Length: 3",
        )
    )
    return Sent("a length that is not true", [head("/api/prediction", length) + body], is_whole=False)


def _chunked(random: Random) -> Sent:
    """Send a body in chunks, right or broken."""
    body, chunks = _json(RECORD), []
    while body:
        size = random.choice((1, 7, 100))
        part, body = body[:size], body[size:]
        told = random.choice((f"{len(part):x}", f"{len(part):x}", f"{len(part):X};a=b", f"000{len(part):x}"))
        if random.random() < 0.02:
            told = random.choice(
                ("g", "-1", "f" * 20, f"{len(part) + 1:x}", "", "0", f"{len(part):x}" + ";" + "x" * 70_000)
            )
        chunks.append(f"{told}\r\n".encode() + part + random.choice((b"\r\n",) * 99 + (b"\n",)))
    ends = (b"0\r\n\r\n",) * 4 + (
        b"0\r\nX-Trailer: a\r\n\r\n",
        b"",
        b"0\r\n",
        b"0\r\n" + b"X: y\r\n" * 30_000 + b"\r\n",
        b"0\r\nX: " + b"y" * 200_000,
    )
    coding = random.choice(("chunked",) * 6 + ("gzip, chunked", "chunked, chunked", "identity", "CHUNKED"))
    begin = head(random.choice(ROUTES), random.choice((None, None, None, 5)), f"Transfer-Encoding: {coding}")
    return Sent("chunks", [begin, *chunks, random.choice(ends)], is_whole=False)


def _pipelined(random: Random) -> Sent:
    count = random.choice((2, 5, 40))
    return Sent("a pipeline", [plain(is_last=False) * (count - 1) + plain()], answers=count)


def _pipelined_oddly(random: Random) -> Sent:
    odd = random.choice((_bad_body, _odd_head, _odd_length, _chunked, _garbage))(random)
    return Sent(
        "a pipeline with an odd end", [plain(is_last=False) * random.choice((1, 3)), *odd.parts], is_whole=False
    )


def _flipped(random: Random) -> Sent:
    request = bytearray(plain())
    for _ in range(random.choice((1, 1, 3, 20))):
        request[random.randrange(len(request))] ^= 1 << random.randrange(8)
    return Sent("a request with flipped bits", [bytes(request)], is_whole=False)


def _cut(random: Random) -> Sent:
    request = plain()
    return Sent("a request that ends early", [request[: random.randrange(len(request))]], is_whole=False)


def _garbage(random: Random) -> Sent:
    started = random.choice(
        (b"", b"GET ", b"POST / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x80")
    )
    return Sent("what is no HTTP", [started + random.randbytes(random.choice((0, 3, 300)))], is_whole=False)


def _in_small_parts(random: Random) -> Sent:
    request, size = plain(), random.choice((1, 13, 100))
    parts = [request[at : at + size] for at in range(0, len(request), size)]
    return Sent("a request in small parts", parts, pause_seconds=random.choice((0.0, 0.001)))


def unending(random: Random) -> Sent:
    """Begin a request, and never end it."""
    request = plain()
    return Sent("a request that never ends", [request[: random.choice((5, 60, len(request) - 5))]], pause_seconds=-1.0)


_MAKERS: list[tuple[Callable[[Random], Sent], float]] = [
    (_bad_body, 34),
    (_broken_body, 20),
    (_odd_bytes, 8),
    (_large_body, 1.5),
    (_odd_head, 8),
    (_odd_type, 4),
    (_odd_path, 6),
    (_odd_length, 3),
    (_chunked, 5),
    (_pipelined, 2),
    (_pipelined_oddly, 2),
    (_flipped, 3),
    (_cut, 1),
    (_garbage, 1),
    (_in_small_parts, 1),
]
