"""The table: getting it, reading it, and finding out what its columns are.

It owns the catalogue of public tables with their checksums, their twins, the reading of files, the facts of columns,
the inferred signature, the target, the split and the fingerprint. It leaves to others how values become numbers: that
is the door's.
"""

from keepfit.datasets.additions import Additions
from keepfit.datasets.categories import category_texts
from keepfit.datasets.cleaning import CleaningStep, clean_table
from keepfit.datasets.columns import QUANTILES, ColumnFacts, describe_columns
from keepfit.datasets.dataset import Dataset, prepare_dataset
from keepfit.datasets.date_formats import dates_of
from keepfit.datasets.growth import extend_signature
from keepfit.datasets.kinds import ColumnKind
from keepfit.datasets.left_out import LeftOut
from keepfit.datasets.numbers import holds_texts
from keepfit.datasets.panel_dataset import prepare_panel
from keepfit.datasets.panel_rows import PanelRows, read_panel_rows
from keepfit.datasets.scanning import SAMPLE_ROWS, ScannedTable
from keepfit.datasets.schema import refusals
from keepfit.datasets.source import LocatedTable, SourcedTable, fetch_table, locate_table, read_located
from keepfit.datasets.survey import SurveyedTable, in_parquet, survey_table
from keepfit.datasets.target import Target, build_target

__all__ = [
    "QUANTILES",
    "SAMPLE_ROWS",
    "Additions",
    "CleaningStep",
    "ColumnFacts",
    "ColumnKind",
    "Dataset",
    "LeftOut",
    "LocatedTable",
    "PanelRows",
    "ScannedTable",
    "SourcedTable",
    "SurveyedTable",
    "Target",
    "build_target",
    "category_texts",
    "clean_table",
    "dates_of",
    "describe_columns",
    "extend_signature",
    "fetch_table",
    "holds_texts",
    "in_parquet",
    "locate_table",
    "prepare_dataset",
    "prepare_panel",
    "read_located",
    "read_panel_rows",
    "refusals",
    "survey_table",
]
