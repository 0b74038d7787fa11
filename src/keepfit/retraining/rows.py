"""Which labelled journal rows judge and which teach."""

from __future__ import annotations

import hashlib

_BUCKETS = 2**32


def is_held_out(prediction_id: str, share: float) -> bool:
    """Return whether a row only ever judges.

    The answer depends on the id alone, so a row that judged one challenger never teaches a later one.

    Parameters
    ----------
    prediction_id
        The journal's id of the row.
    share
        Share of the rows that judge, between 0 and 1.
    """
    digest = hashlib.blake2b(prediction_id.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") < share * _BUCKETS
