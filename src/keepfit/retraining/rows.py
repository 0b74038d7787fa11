"""Which labelled journal rows judge and which teach."""

from __future__ import annotations

import hashlib

from keepfit.journal import Prediction
from keepfit.journal.redaction import EVERYTHING, Redaction

_BUCKETS = 2**32


def is_held_out(prediction: Prediction, share: float, redaction: Redaction = EVERYTHING) -> bool:
    """Return whether a row only ever judges.

    The answer depends on whom the record is about, or on the prediction's id where it says nothing of that, and on the
    share. So a customer who judges one challenger never teaches a later one, and does not teach in one row and judge
    in another.

    Parameters
    ----------
    prediction
        The journal's row.
    share
        Share of them that judge, between 0 and 1.
    redaction
        What the journal keeps: rows of before a hash was declared are split by the hash too.
    """
    whom = redaction.kept_now(prediction.entity) or prediction.id
    digest = hashlib.blake2b(whom.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") < share * _BUCKETS
