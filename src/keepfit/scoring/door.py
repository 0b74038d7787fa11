"""The door: from a raw record, or a raw table, to float32 numbers.

A number is itself, a category its code in the vocabulary (a value outside of it has the code after the last; in a
vocabulary of numbers, 1 stands for "1"), a flag 0 or 1, a date its days since 1970-01-01: whole ones, which float32
holds exactly, so a time of day is cut off. Null, absent and NaN are one thing, missing, and become NaN; so does a blank
text where a date is expected.

Nothing is converted on the way in: `2.5`, `true` or `"7"` for an integer is refused. Only a column that is declared as
numbers written as text takes `" 7"` for 7.

A record of a panel may have its months before beside its columns, as `history`: what they say becomes the last numbers
of its row (`keepfit.scoring.panel_rules`).

A value goes in by `keepfit.scoring.values`, a column of a table by `keepfit.scoring.columns`: by the same rules, so a
row alone equals the row in a batch, in a file and in training (`tests/scoring/test_door.py` and `test_columns.py` hold
them equal).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from keepfit.arrays import Matrix
from keepfit.errors import RecordError, Violation, nearest
from keepfit.panel_record import HISTORY
from keepfit.scoring.panel_rules import PanelRules
from keepfit.scoring.values import Encoder, RefusedValueError, shown, value_encoder
from keepfit.signature import Signature

if TYPE_CHECKING:  # polars is not for the service to import
    import polars as pl

__all__ = ["Door", "Encoder", "Matrix", "RefusedValueError", "history_door", "value_encoder"]

_HINTS = 20  # violations that say what is accepted: to look for the nearest of many names takes a while


class Door:
    """Turns records and tables into float32 matrices along a signature.

    Parameters
    ----------
    signature
        Columns, kinds, vocabularies, and what may be missing or unseen.
    """

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        sent = signature.sent_columns
        self._columns = [(column.name, value_encoder(column, signature)) for column in sent]
        self._aliases = {alias: column.name for column in sent for alias in column.aliases}
        self._known = {*(column.name for column in sent), *signature.passed_over}
        self._known |= {signature.entity} if signature.entity else set()
        self._rules: PanelRules | None = None
        if signature.offers is not None:
            self._rules = PanelRules(signature, signature.offers)
            self._known.add(HISTORY)

    def row(self, record: Mapping[str, Any]) -> Matrix:
        """Return one record as a matrix `(1, n_features)`.

        Raises
        ------
        RecordError
            With every violation of the record.
        """
        values, violations = self._encode(record, None)
        if violations:
            raise RecordError(violations)
        return np.array([values], dtype=np.float32)

    def rows(self, records: Sequence[Mapping[str, Any]]) -> Matrix:
        """Return records as a matrix `(n_rows, n_features)`.

        Raises
        ------
        RecordError
            With every violation of every record, each with its row.
        """
        encoded: list[list[float]] = []
        violations: list[Violation] = []
        for at, record in enumerate(records):
            values, faults = self._encode(record, at, _HINTS - len(violations))
            encoded.append(values)
            violations.extend(faults)
        if violations:
            raise RecordError(violations)
        return np.array(encoded, dtype=np.float32).reshape(len(encoded), len(self.signature.columns))

    def table(self, frame: pl.DataFrame) -> Matrix:
        """Return a table as a matrix `(n_rows, n_features)`; other columns than the features are passed over.

        Raises
        ------
        RecordError
            When a column is absent or holds values of another kind, with rows.
        """
        from keepfit.scoring.tables import table_matrix  # noqa: PLC0415 - polars is not for the service to import

        return table_matrix(frame, self.signature)

    def named(self, records: Sequence[Mapping[str, Any]], *, alone: bool = False) -> list[Mapping[str, Any]]:
        """Return records by the columns' own names, where they use others.

        Raises
        ------
        RecordError
            When a record has a column by two names.
        """
        if not self._aliases:
            return list(records)
        violations: list[Violation] = []
        named: list[Mapping[str, Any]] = []
        for at, record in enumerate(records):
            used = [name for name in record if name in self._aliases] if isinstance(record, Mapping) else []
            renamed = {self._aliases.get(name, name): value for name, value in record.items()} if used else record
            if used and len(renamed) < len(record):
                said = f"is another name of {self._aliases[used[0]]}; send it by one name"
                violations.append(Violation(used[0], said, None if alone else at))
            named.append(renamed)
        if violations:
            raise RecordError(violations)
        return named

    def months_known(self, record: Mapping[str, Any]) -> int:
        """Return how many months before a record that was taken are known; 0 of a model that looks at none."""
        return 0 if self._rules is None else self._rules.months_known(record)

    def _encode(
        self, record: Mapping[str, Any], row: int | None, hints: int = _HINTS
    ) -> tuple[list[float], list[Violation]]:
        if not isinstance(record, Mapping):
            return [], [Violation("", f"expected an object with a key per column, found {shown(record)}", row)]
        values: list[float] = []
        violations: list[Violation] = []
        for name, encode in self._columns:
            try:
                values.append(encode(record.get(name)))
            except RefusedValueError as refused:
                violations.append(Violation(name, str(refused) if len(violations) < hints else refused.said, row))
        if self._rules is not None:
            past, faults = self._rules.past(record, row)
            told = {violation.field for violation in violations}
            violations += [fault for fault in faults if fault.field not in told]
            violations += [] if violations else self._rules.violations(values, row)
            values += past
        if not self._known.issuperset(record):
            names = [name for name, _ in self._columns]
            for name in (str(name) for name in record if name not in self._known):
                hint = f"; {nearest(name, names)}" if len(violations) < hints else ""
                violations.append(Violation(name, f"no such column{hint}", row))
        return values, violations


def history_door(signature: Signature) -> Door:
    """Return the door for rows that happened already: values may be missing, unseen, out of range."""
    columns = tuple(
        replace(
            column, optional=True, out_of_range="accept" if column.out_of_range == "reject" else column.out_of_range
        )
        for column in signature.columns
    )
    return Door(replace(signature, columns=columns, accepts_unseen=True))
