"""The catalogue of public tables: their public address, their checksum, their twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from keepfit.datasets.twins import bank, credit, heart, santander, wine

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A public table.

    Attributes
    ----------
    file_name
        Its name in a mirror directory.
    url, sha256
        Its public home, and the digest of the file, hexadecimal; empty for a table that nobody may hand on: whoever has
        it names its path, and all others get the stand-in.
    description
        What it is, where it is from, and under which terms.
    twin
        Generates a stand-in from a seed.
    member
        The file's name inside the zip archive that the public home gives; None when it gives the file.
    separator
        The CSV's separator; the stand-in's file has it too.
    """

    file_name: str
    url: str
    sha256: str
    description: str
    twin: Callable[[int], pl.DataFrame]
    member: str | None = None
    separator: str = ","

    @property
    def is_public(self) -> bool:
        """Whether the table itself can be had from somewhere."""
        return bool(self.url)


_UCI = "https://archive.ics.uci.edu/ml/machine-learning-databases"
_BANK_TERMS = (
    "UCI Machine Learning Repository, data set 222 (CC BY 4.0; Sérgio Moro, Paulo Cortez and Paulo Rita, 2014)."
)

CATALOGUE: dict[str, CatalogueEntry] = {
    "bank-marketing": CatalogueEntry(
        "bank.csv",
        f"{_UCI}/00222/bank.zip",
        "dc8d576e9bda0f41ee891251bd84bab9a39ce576cba715aac08adc2374a01fde",
        "4521 telephone calls of a Portuguese bank and whether the client subscribed a term deposit: the 10 % sample; "
        + _BANK_TERMS,
        bank.generate,
        member="bank.csv",
        separator=";",
    ),
    "bank-marketing-full": CatalogueEntry(
        "bank-full.csv",
        f"{_UCI}/00222/bank.zip",
        "d1513ec63b385506f7cfce9f2c5caa9fe99e7ba4e8c3fa264b3aaf0f849ed32d",
        "45211 telephone calls of a Portuguese bank and whether the client subscribed a term deposit: all rows; "
        + _BANK_TERMS,
        partial(bank.generate, rows=bank.FULL_ROWS),
        member="bank-full.csv",
        separator=";",
    ),
    "credit": CatalogueEntry(
        "credit_data.csv",
        "https://vincentarelbundock.github.io/Rdatasets/csv/modeldata/credit_data.csv",
        "acd2b41f7923a4b7e2264e6b9ae2eff8f3e8f9ba3080fb6967df1cfec9568cac",
        "Credit status of 4454 customers, good or bad, from Lluís A. Belanche Muñoz by way of Gaston Sanchez "
        "(github.com/gastonstat/CreditScoring); R package modeldata (MIT licence), as CSV in Rdatasets.",
        credit.generate,
    ),
    "heart": CatalogueEntry(
        "heart.csv",
        "https://raw.githubusercontent.com/dsrscientist/dataset1/81ff5d6e7a5e079254cb8dccb25ec4e0ce3312fb/heart_disease.csv",
        "9131cce94ba0a96694969fa5c37993cd9dae79acbf59028c7a845ab273bf3f37",
        "Heart disease of 303 patients of Cleveland in the re-coding that Kaggle made known (target 1 is disease in "
        "that coding), which is not UCI's file; UCI Machine Learning Repository, data set 45 (CC BY 4.0; Andras "
        "Janosi, William Steinbrunn, Matthias Pfisterer and Robert Detrano, 1989).",
        heart.generate,
    ),
    "santander-products": CatalogueEntry(
        "train_ver2.csv",
        "",
        "",
        "Customers of a Spanish bank and their 24 products over 17 months (Kaggle, Santander Product Recommendation, "
        "2016): 13.6 million rows whose licence lets nobody hand them on; 200 000 rows are generated in their form.",
        partial(santander.generate, rows=200_000),
    ),
    "wine-red": CatalogueEntry(
        "winequality-red.csv",
        f"{_UCI}/wine-quality/winequality-red.csv",
        "4a402cf041b025d4566d954c3b9ba8635a3a8a01e039005d97d6a710278cf05e",
        "Chemical measurements of 1599 red vinhos verdes and their quality as tasted, 3 to 8; UCI Machine Learning "
        "Repository, data set 186 (CC BY 4.0; Paulo Cortez, A. Cerdeira, F. Almeida, T. Matos and J. Reis, 2009).",
        wine.generate,
        separator=";",
    ),
}
