"""A client that sends one record after the other without pause, and counts every answer: the witness of a swap."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import urllib3

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
        with urllib3.PoolManager(timeout=_TIMEOUT_SECONDS, retries=False) as client:
            while not stop.is_set():
                _send_one(client, f"{url}/api/prediction", record, witness)

    thread = threading.Thread(target=send, name="steady client", daemon=True)
    thread.start()
    try:
        yield witness
    finally:
        stop.set()
        thread.join(_TIMEOUT_SECONDS)


def _send_one(client: urllib3.PoolManager, address: str, record: Mapping[str, Any], witness: Witness) -> None:
    try:
        answer = client.request("POST", address, json=dict(record))
    except urllib3.exceptions.HTTPError as error:
        witness.failures.append(repr(error))
        return
    if answer.status != HTTPStatus.OK:
        witness.failures.append(f"{answer.status} {answer.data.decode()}")
        return
    body = answer.json()
    witness.ids.append(body["id"])
    witness.versions[body["model_version"]] += 1
