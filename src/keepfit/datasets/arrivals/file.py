"""A file that is replayed: one delivery, known again by its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from keepfit.datasets.arrivals.contents import ArrivedTable, content_key
from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.datasets.batches import require_table_file
from keepfit.datasets.steady import stamp


class FileSource:
    """The source that is one CSV or Parquet file.

    Parameters
    ----------
    path
        The file; its suffix says what it is.
    separator
        The CSV's separator; found out when None.
    """

    def __init__(self, path: Path, separator: str | None) -> None:
        self._path, self._separator = path, separator

    def deliveries(self) -> Iterator[Delivery]:
        """Yield the file.

        Raises
        ------
        DatasetError
            When there is no such file, or it is no table.
        """
        require_table_file(self._path)
        since = stamp(self._path)
        key = content_key(self._path)
        yield Delivery(key, self._path.name, ArrivedTable(self._path, self._separator, since))
