"""The rows of a delivery at the door, with their classes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Labels, Matrix
from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.datasets.batches import TableBatches, batch_rows
from keepfit.errors import DatasetError, RecordError, Violation, nearest
from keepfit.scoring import history_door
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_door import TableDoor
from keepfit.signature import Signature
from keepfit.workflows.windows.reader import WindowReader, label_code

_SHOWN = 5
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """What a delivery teaches.

    Attributes
    ----------
    matrix, labels
        Its rows that have a label, from the door `(n_rows, n_features)`, and their classes 0 or 1 `(n_rows,)`.
    unlabelled
        Of each row that has none, how many of the others stand before it, `(n_unlabelled,)`.
    """

    matrix: Matrix
    labels: Labels
    unlabelled: NDArray[np.int64]

    def left_out_behind(self, begin: int) -> int:
        """Return how many rows have no label, behind so many that have one."""
        return int((self.unlabelled >= begin).sum())


def read_delivery(
    delivery: Delivery,
    signature: Signature,
    missing_values: Sequence[str],
    *,
    passed_over: Collection[str] = (),
    say: Callable[[str], None] | None = None,
) -> LabelledRows:
    """Read a delivery, the whole of it: nothing is learnt of one that is wrong at its end.

    Parameters
    ----------
    delivery
        A table, or records.
    signature
        What its rows are held to; values may be missing, unseen, out of range, as in a table that teaches.
    missing_values
        Texts of a CSV that mean: no value.
    passed_over
        Columns that are not looked at. Any other column that the model does not know is refused: whoever adds one means
        it to teach.
    say
        Told of records that are wrong, which are left out then: nobody can mend those of a journal. None refuses them.

    Raises
    ------
    DatasetError
        When the target is not there, a column is new or absent, or of another type.
    MonitoringError
        When a value of a table is none of its column's.
    """
    rows = delivery.rows
    known = {*signature.names, *signature.passed_over, *passed_over, signature.outcome.name}
    known |= {signature.entity} if signature.entity else set()
    if isinstance(rows, tuple):
        matrix, labels = _records(rows, signature, known, delivery.name, say)
    else:
        matrix, labels = _table(rows, signature, known, tuple(missing_values), delivery.name)
    has_label = labels != _UNKNOWN
    return LabelledRows(matrix[has_label], labels[has_label], np.cumsum(has_label)[~has_label])


def _table(
    table: TableBatches, signature: Signature, known: Collection[str], missing_values: Sequence[str], where: str
) -> tuple[Matrix, Labels]:
    _require_known(table.schema, known, signature, where)
    held = history_door(signature).signature
    texts = missing_values if table.holds_texts else None
    door = TableDoor(held, table.schema, missing_values=texts, where=where)
    if door.absent:
        lacks = f"lacks {', '.join(door.absent[:_SHOWN])}"
        raise DatasetError(lacks, where=where, hint="a column that is not known may be empty, and is there")
    reader = WindowReader(
        door,
        Refusals(held),
        held,
        scorer=None,
        target=signature.outcome.name,
        has_scores=False,
        missing_values=texts or (),
        where=where,
    )
    columns = reader.columns(list(table.schema))
    matrices, labels, first = [np.empty((0, len(signature.columns)), dtype=np.float32)], [np.empty(0, dtype=np.int8)], 0
    for frame in table.read(columns, rows=batch_rows(len(table.schema), texts=table.holds_texts)):
        read = reader.read(frame, first)
        matrices.append(read.matrix)
        labels.append(read.labels)
        first += frame.height
    return np.concatenate(matrices), np.concatenate(labels)


def _require_known(schema: Collection[str], known: Collection[str], signature: Signature, where: str) -> None:
    target = signature.outcome.name
    if target not in schema:
        raise DatasetError(
            f'has no column "{target}": there is nothing to learn',
            where=where,
            hint=f"{nearest(target, schema)}; a row whose outcome is not known may have it empty",
        )
    new = [name for name in schema if name not in known]
    if new:
        raise DatasetError(
            f"has columns that the model does not know: {', '.join(new[:_SHOWN])}",
            where=where,
            hint="name them in [data] drop, or train on a table that has them with `keepfit train`",
        )


def _records(
    rows: Sequence[Mapping[str, Any]],
    signature: Signature,
    known: Collection[str],
    where: str,
    say: Callable[[str], None] | None,
) -> tuple[Matrix, Labels]:
    """Return records as numbers; every record that is wrong is told, by its number in the delivery."""
    door, target = history_door(signature), signature.outcome.name
    violations: list[Violation] = []
    labels = np.full(len(rows), _UNKNOWN, dtype=np.int8)
    for at, record in enumerate(rows):
        code = label_code(signature, record.get(target))
        if target not in record:
            violations.append(Violation(target, "is not there; null is an outcome that is not known", at))
        elif code is None:
            violations.append(Violation(target, signature.outcome.fault(record[target]), at))
        else:
            labels[at] = code
    unlooked = {*known} - {*signature.names}
    try:
        matrix = door.rows([{name: value for name, value in record.items() if name not in unlooked} for record in rows])
    except RecordError as error:
        violations += error.violations
        matrix = np.empty((0, len(signature.columns)), dtype=np.float32)
    if violations:
        shown = sorted(violations, key=lambda one: one.row or 0)[:_SHOWN]
        told = "; ".join(f"record {(one.row or 0) + 1}, {one.field}: {one.message}" for one in shown)
        more = f"; and {len(violations) - _SHOWN} more" if len(violations) > _SHOWN else ""
        if say is None:
            raise DatasetError(told + more, where=where, hint="mend the records, or leave them out")
        say(f"{where}: left out: {told}{more}")
        wrong = {violation.row for violation in violations}
        left = [record for at, record in enumerate(rows) if at not in wrong]
        matrix, labels = _records(left, signature, known, where, say)
        unknown = np.full(len(wrong), _UNKNOWN, dtype=np.int8)
        filler = np.full((len(wrong), matrix.shape[1]), np.nan, dtype=np.float32)
        return np.concatenate([matrix, filler]), np.concatenate([labels, unknown])
    return matrix, labels
