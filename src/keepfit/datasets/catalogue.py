"""The catalogue of public tables: their public address, their checksum, their twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepfit.datasets.twins import credit

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A public table.

    Attributes
    ----------
    file_name
        Its name in a mirror directory.
    url
        Its public home.
    sha256
        Digest of the file, hexadecimal.
    description
        What it is, where it is from, and under which terms.
    twin
        Generates a stand-in from a seed.
    """

    file_name: str
    url: str
    sha256: str
    description: str
    twin: Callable[[int], pl.DataFrame]


CATALOGUE: dict[str, CatalogueEntry] = {
    "credit": CatalogueEntry(
        "credit_data.csv",
        "https://vincentarelbundock.github.io/Rdatasets/csv/modeldata/credit_data.csv",
        "acd2b41f7923a4b7e2264e6b9ae2eff8f3e8f9ba3080fb6967df1cfec9568cac",
        "Credit status of 4454 customers, good or bad, from Lluís A. Belanche Muñoz by way of Gaston Sanchez "
        "(github.com/gastonstat/CreditScoring); R package modeldata (MIT licence), as CSV in Rdatasets.",
        credit.generate,
    ),
}
