"""What of a record is kept: columns that are declared sensitive are left out, whom it is about may be hashed.

The hash is keyed (BLAKE2b, `KEEPFIT_JOURNAL_KEY`): the same person has the same hash, and nobody finds the person again
by trying names who has not the key. It is made before a row goes anywhere, into the database or a spill.

The months before a record of a panel, its `history`, lose what the record loses, and whom they are about where that is
not kept as it is: it is who the record is about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from keepfit.errors import ProjectError, nearest
from keepfit.journal.chain import LONGEST_KEY

Policy = Literal["hash", "drop"]
NAMES_NOBODY = "the journal of this project names nobody; use prediction_id"
_HASH_BYTES = 16
_HASHED = "#"
_WHERE = "keepfit.toml: [journal.sensitive]"


class Redaction:
    """Takes out of records what is not to be kept.

    Parameters
    ----------
    sensitive
        Policies by column.
    features
        The columns that are scored, by any version that there is; `history` too where one recommends.
    entity_names
        What says whom a record is about: a column, or a query parameter.
    key
        The secret of the hashes.

    Raises
    ------
    ProjectError
        When a name is none of them, a feature shall be hashed, or there is no key.
    """

    def __init__(
        self, sensitive: Mapping[str, Policy], features: Collection[str], entity_names: Collection[str], key: bytes
    ) -> None:
        for name, policy in sensitive.items():
            _require_possible(name, policy, features, entity_names)
        policies = {sensitive[name] for name in entity_names if name in sensitive}
        self._policy: Policy | None = "drop" if "drop" in policies else next(iter(policies), None)
        if self._policy == "hash" and not 0 < len(key) <= LONGEST_KEY:
            said = f"hashes need a secret of 1 to {LONGEST_KEY} bytes"
            raise ProjectError(said, where="KEEPFIT_JOURNAL_KEY in the environment", hint="and it must stay the same")
        self._key = key
        self.dropped = frozenset(name for name in sensitive if name in features)
        self._entity_names = frozenset(entity_names)
        self.is_idle = not sensitive

    @property
    def keeps_entities(self) -> bool:
        """Whether it is kept whom a record is about, by name or as a hash."""
        return self._policy != "drop"

    def entity(self, whom: str | None) -> str | None:
        """Return what is kept of whom a record is about."""
        if whom is None or self._policy is None:
            return whom
        if self._policy == "drop":
            return None
        return _HASHED + blake2b(whom.encode(), key=self._key, digest_size=_HASH_BYTES).hexdigest()

    def kept_now(self, kept: str | None) -> str | None:
        """Return how a row of before the declaration would name whom it is about now; a hash stays what it is."""
        return kept if kept is None or kept.startswith(_HASHED) else self.entity(kept)

    @property
    def naming(self) -> str:
        """How rows name whom they are about: `name`, `drop`, or `hash` with what tells one key from another."""
        if self._policy != "hash":
            return self._policy or "name"
        return f"hash {blake2b(b'naming', key=self._key, digest_size=4).hexdigest()}"

    def record(self, sent: str) -> str:
        """Return what is kept of a record, the text of a JSON object; of the months of a history no more than of it."""
        if self.is_idle:
            return sent
        gone = self.dropped | self._entity_names if self._policy else self.dropped
        return msgspec.json.encode(_without(gone, msgspec.json.decode(sent))).decode()


EVERYTHING = Redaction({}, (), (), b"")
"""Nothing is taken out."""


def _without(gone: Collection[str], value: Any) -> Any:
    """Return a value of JSON without the keys of some names, however deep they lie."""
    if isinstance(value, dict):
        return {name: _without(gone, one) for name, one in value.items() if name not in gone}
    if isinstance(value, list):
        return [_without(gone, one) for one in value]
    return value


def _require_possible(name: str, policy: Policy, features: Collection[str], entity_names: Collection[str]) -> None:
    if name not in features and name not in entity_names:
        raise ProjectError(f'no such column "{name}"', where=_WHERE, hint=nearest(name, [*entity_names, *features]))
    if policy == "hash" and name not in entity_names:
        raise ProjectError(
            f'{name} = "hash": only whom a record is about can be hashed', where=_WHERE, hint=f'{name} = "drop"'
        )
