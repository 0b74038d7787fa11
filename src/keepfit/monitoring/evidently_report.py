"""Evidently's own report of a window, for teams that live by it: its rules, its page, its JSON; none of our verdict.

Evidently is an extra, imported here alone and on use. It sends nothing from here: its counting of users is turned off
before it is imported, and its page holds all that it shows.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from keepfit.errors import KeepfitError, MonitoringError
from keepfit.reporting import write_json, write_text
from keepfit.signature import Column, Kind, Outcome, Signature

LABEL, DECISION, PROBABILITY = "label", "decision", "probability"
_WHERE = "Evidently"


@dataclass(frozen=True, slots=True)
class EvidentlyFiles:
    """What Evidently wrote of one comparison.

    Attributes
    ----------
    page, facts
        Its HTML and its JSON.
    left_out
        What it was not given or does not compare, each with the reason.
    """

    page: Path
    facts: Path
    left_out: tuple[str, ...] = ()


def require_evidently() -> None:
    """Refuse where Evidently cannot be imported.

    Raises
    ------
    MonitoringError
        Naming what to install.
    """
    with _evidently():
        pass


def write_drift_report(
    reference: pl.DataFrame, window: pl.DataFrame, signature: Signature, page: Path
) -> EvidentlyFiles:
    """Let Evidently compare two tables by its `DataDriftPreset`, with its own defaults.

    Integers and numbers are numerical to it, categories and flags categorical, dates datetime.

    Parameters
    ----------
    reference, window
        Tables with the signature's columns; others are passed over, and one that both lack is none of its features.
    signature
        The kinds of the columns.
    page
        Where its HTML goes; its JSON goes beside it.

    Raises
    ------
    MonitoringError
        When the extra is not installed, no column can be compared, or Evidently fails.
    """
    columns = [column for column in signature.columns if column.name in reference.columns]
    empty = {column.name: said for column in columns if (said := _emptiness(column, reference, window))}
    known = [column for column in columns if column.name not in empty]
    dates = {column.name: "Evidently compares no dates" for column in known if column.kind is Kind.DATE}
    if len(dates) == len(known):
        what = f"none of the {len(columns)} columns can be compared"
        raise MonitoringError(what, where=_WHERE, hint="its data drift needs a number or a category with values")
    with _evidently() as evidently:
        from evidently.presets import DataDriftPreset  # noqa: PLC0415 - an extra

        definition = evidently.DataDefinition(
            numerical_columns=[column.name for column in known if column.kind.is_numeric],
            categorical_columns=[column.name for column in known if not column.kind.is_ordered],
            datetime_columns=list(dates),
        )
        tables = [evidently.Dataset.from_pandas(_frame(side, known), definition) for side in (window, reference)]
        _write(evidently.Report([DataDriftPreset()]).run(*tables), page)
    left_out = tuple(f"{name}: {said}" for name, said in {**empty, **dates}.items())
    return EvidentlyFiles(page, page.with_suffix(".json"), left_out)


def write_quality_report(
    expected: pl.DataFrame, answered: pl.DataFrame, outcome: Outcome, threshold: float, page: Path
) -> EvidentlyFiles:
    """Let Evidently judge answers whose labels have come by its `ClassificationPreset`.

    Parameters
    ----------
    expected, answered
        Tables of `label`, `decision` (texts) and `probability` of the positive class: what the model did on rows that
        did not teach it, and what it does now. Both hold both classes.
    outcome
        The classes.
    threshold
        Probability from which on a decision is positive: Evidently decides anew.
    page
        Where its HTML goes; its JSON goes beside it.

    Raises
    ------
    MonitoringError
        When the extra is not installed, or Evidently fails.
    """
    with _evidently() as evidently:
        from evidently.presets import ClassificationPreset  # noqa: PLC0415 - an extra

        task = evidently.BinaryClassification(
            target=LABEL, prediction_labels=DECISION, prediction_probas=PROBABILITY, pos_label=outcome.positive
        )
        definition = evidently.DataDefinition(
            numerical_columns=[PROBABILITY], categorical_columns=[LABEL, DECISION], classification=[task]
        )
        columns = [Column(LABEL, Kind.CATEGORY), Column(DECISION, Kind.CATEGORY), Column(PROBABILITY, Kind.NUMBER)]
        tables = [evidently.Dataset.from_pandas(_frame(side, columns), definition) for side in (answered, expected)]
        _write(evidently.Report([ClassificationPreset(probas_threshold=threshold)]).run(*tables), page)
    return EvidentlyFiles(page, page.with_suffix(".json"))


@contextmanager
def _evidently() -> Iterator[Any]:
    """Import Evidently, and tell of its failures as of our own."""
    os.environ.setdefault("DO_NOT_TRACK", "1")  # which it asks for before it sends anything
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how it uses other libraries: its user cannot mend that
        try:
            import evidently  # noqa: PLC0415 - an extra, and takes seconds
        except ImportError as error:
            what = f"it cannot be imported ({error})"
            raise MonitoringError(what, where=_WHERE, hint='pip install "keepfit[evidently]"') from error
        try:
            yield evidently
        except KeepfitError:
            raise
        except Exception as error:  # it raises what its libraries raise, with no common base
            hint = "keepfit check without it looks at the same window"
            raise MonitoringError(f"it fails on these tables ({error})", where=_WHERE, hint=hint) from error


def _emptiness(column: Column, reference: pl.DataFrame, window: pl.DataFrame) -> str:
    """Say where a column has no value at all, which Evidently refuses; nothing when it has some in both tables."""
    sides = (("reference", reference), ("window", window))
    lacking = [side for side, table in sides if table[column.name].null_count() == table.height]
    return f"no value in the {' and the '.join(lacking)}" if lacking else ""


def _frame(table: pl.DataFrame, columns: list[Column]) -> Any:
    """Return columns of a table for pandas: floats, texts and moments, with its own words for what is missing."""
    import pandas as pd  # noqa: PLC0415 - an extra

    return pd.DataFrame({column.name: _values(table[column.name], column.kind) for column in columns})


def _values(series: pl.Series, kind: Kind) -> Any:
    import pandas as pd  # noqa: PLC0415 - as above

    if kind is Kind.DATE:
        return series.cast(pl.Datetime("us")).to_numpy()
    if kind.is_numeric:
        return series.cast(pl.Float64).to_numpy()
    return pd.Series(series.cast(pl.String).to_list(), dtype=object)


def _write(snapshot: Any, page: Path) -> None:
    write_text(snapshot.get_html_str(as_iframe=False), page)
    write_json(json.loads(snapshot.json()), page.with_suffix(".json"))
