"""A client that sends one record after the other without pause, and counts every answer: the witness of a swap."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

_TIMEOUT_SECONDS = 10.0


@dataclass
class Witness:
    """What a steady client saw.

    Attributes
    ----------
    ids
        Ids of the acknowledged predictions.
    versions
        Answers by model version.
    failures
        What went wrong, a text each.
    """

    ids: list[str] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@contextmanager
def steady_client(url: str, record: Mapping[str, Any]) -> Iterator[Witness]:
    """Send a record again and again from another thread until the block ends.

    Parameters
    ----------
    url
        Address of the service.
    record
        What is sent.
    """
    witness = Witness()
    stop = threading.Event()

    def send() -> None:
        with httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS) as client:
            while not stop.is_set():
                _send_one(client, record, witness)

    thread = threading.Thread(target=send, name="steady client", daemon=True)
    thread.start()
    try:
        yield witness
    finally:
        stop.set()
        thread.join(_TIMEOUT_SECONDS)


def _send_one(client: httpx.Client, record: Mapping[str, Any], witness: Witness) -> None:
    try:
        answer = client.post("/api/prediction", json=dict(record))
    except httpx.HTTPError as error:
        witness.failures.append(repr(error))
        return
    if answer.status_code != httpx.codes.OK:
        witness.failures.append(f"{answer.status_code} {answer.text}")
        return
    body = answer.json()
    witness.ids.append(body["id"])
    witness.versions[body["model_version"]] += 1
