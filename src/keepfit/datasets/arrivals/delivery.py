"""What a source of batches hands over: rows that came together, by a name and a key that tells them from all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from keepfit.datasets.batches import TableBatches


@dataclass(frozen=True, slots=True)
class Delivery:
    """Rows that came together: a file, some lines, some rows of the journal.

    Attributes
    ----------
    key
        What it is by its content, SHA-256 where it is a file or lines: the same rows are never learnt twice.
    name
        What it is called in messages: a file's name, `lines 101 to 200`.
    rows
        A table that is read in batches; or records, by column, the target among them.
    waiting_rows
        Rows of later deliveries that wait already, as far as the source knows.
    place
        Where its source is gone on with behind it, in that source's own terms, as JSON; None of sources that are known
        again by their keys.
    """

    key: str
    name: str
    rows: TableBatches | tuple[Mapping[str, Any], ...]
    waiting_rows: int = 0
    place: Mapping[str, Any] | None = None


class Source(Protocol):
    """Where deliveries come from."""

    def deliveries(self) -> Iterator[Delivery]:
        """Yield them in their order; a source that is followed waits for more until it is told to stop.

        Raises
        ------
        DatasetError
            When what is there is no table, or no record.
        """
