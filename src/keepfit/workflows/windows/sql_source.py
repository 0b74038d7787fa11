"""Where rows of a database are: named without importing what reads them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SqlSource:
    """A table or a view of a database.

    Attributes
    ----------
    url
        Of the database; it may hold a password, and is shown to nobody.
    table
        Its name; with its schema before it, `schema.table`, where that is not the usual one.
    """

    url: str = field(repr=False)
    table: str
