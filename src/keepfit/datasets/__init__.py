"""The table: getting it, reading it, and finding out what its columns are.

It owns the catalogue of public tables with their checksums, their twins, the reading of files, the inferred signature,
the target, the split and the fingerprint. It leaves to others how values become numbers: that is the door's.
"""

from keepfit.datasets.catalogue import CATALOGUE, CatalogueEntry
from keepfit.datasets.categories import category_texts
from keepfit.datasets.cleaning import CleaningStep, CleanTable, clean_table
from keepfit.datasets.conversion import as_parquet, is_large_csv
from keepfit.datasets.dataset import Dataset, prepare_dataset
from keepfit.datasets.fingerprint import fingerprint
from keepfit.datasets.growth import extend_signature
from keepfit.datasets.schema import infer_signature
from keepfit.datasets.source import LocatedTable, Origin, SourcedTable, fetch_table, locate_table, read_located
from keepfit.datasets.split import Split, split_holdout
from keepfit.datasets.table import read_table
from keepfit.datasets.target import Target, build_target

__all__ = [
    "CATALOGUE",
    "CatalogueEntry",
    "CleanTable",
    "CleaningStep",
    "Dataset",
    "LocatedTable",
    "Origin",
    "SourcedTable",
    "Split",
    "Target",
    "as_parquet",
    "build_target",
    "category_texts",
    "clean_table",
    "extend_signature",
    "fetch_table",
    "fingerprint",
    "infer_signature",
    "is_large_csv",
    "locate_table",
    "prepare_dataset",
    "read_located",
    "read_table",
    "split_holdout",
]
