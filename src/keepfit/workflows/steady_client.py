"""A client that sends one record after the other without pause, and counts every answer: the witness of a swap."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from keepfit.client import Client
from keepfit.errors import ClientError

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
    """Send a record again and again from another thread until the block ends; nothing is sent twice.

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
        with Client(url, timeout_seconds=_TIMEOUT_SECONDS, retries=0) as client:
            while not stop.is_set():
                try:
                    answer = client.predict(record)
                except ClientError as error:
                    witness.failures.append(str(error))
                    continue
                witness.ids.append(answer.id)
                witness.versions[answer.model_version] += 1

    thread = threading.Thread(target=send, name="steady client", daemon=True)
    thread.start()
    try:
        yield witness
    finally:
        stop.set()
        thread.join(_TIMEOUT_SECONDS)
