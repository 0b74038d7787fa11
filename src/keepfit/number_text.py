"""Numbers written as text, `"  35"`: what such a text says, in a request as in a table.

The door of the service reads a value with this, `datasets.numbers` a whole column by the same rules. So it imports no
table library.
"""

from __future__ import annotations

import re

BLANKS = " \t\n\r\f\v\u00a0"
BLANKS_PATTERN = r"[ \t\n\r\f\v\u00a0]*"  # as JSON Schema has patterns, like the next
NUMBER_PATTERN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NUMBER = re.compile(NUMBER_PATTERN)


def text_number(text: str) -> float | None:
    """Return the number that a text without blanks at its ends says, None when it says none.

    Digits, a sign, a decimal point and an exponent make a number; `inf`, `nan`, `1_000` and `1,5` are none.

    Examples
    --------
    >>> text_number("35"), text_number("-1.5e3"), text_number("1,5")
    (35.0, -1500.0, None)
    """
    return float(text) if _NUMBER.fullmatch(text) else None
