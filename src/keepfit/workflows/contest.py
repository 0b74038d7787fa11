"""Champion and challenger on the same rows, and whether a table's rows can judge a champion at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.evaluation import Comparison, Contest, compare_models
from keepfit.project.declaration import Project
from keepfit.scoring import Scorer, history_door

Rows = pl.DataFrame | Sequence[Mapping[str, Any]]


def compare_on(
    rows: Rows, labels: NDArray[np.int8], champion: Bundle, challenger: Bundle, project: Project
) -> Comparison:
    """Ask both models about rows of a table or of the journal, each through its own door, and compare them.

    Parameters
    ----------
    rows, labels
        Rows that taught neither, and their classes `(n_rows,)`.
    champion, challenger
        The two.
    project
        Names the metric, and the seed of the resamples.
    """
    both = answers(rows, champion, project), answers(rows, challenger, project)
    contest = Contest(labels, *both, champion.facts.threshold, challenger.facts.threshold)
    return compare_models(contest, project.training.metric, seed=project.project.seed, costs=project.training.costs)


def compare_on_holdout(dataset: Dataset, champion: Bundle, challenger: Bundle, project: Project) -> Comparison:
    """Compare both models on the held-out rows of a table; `holdout_obstacle` says whether that is fair."""
    holdout = dataset.split.holdout
    return compare_on(dataset.frame[holdout.tolist()], dataset.target[holdout], champion, challenger, project)


def holdout_obstacle(dataset: Dataset, champion: Bundle) -> str:
    """Return why a table's held-out rows cannot judge a champion, in a clause; nothing when they can.

    They can when it was fitted on the other rows of the very same table: on any other table or split, or by a stream,
    they may have taught it. Those of a panel can when they are of later months than it has learnt of, on whatever
    table: the panel grows, month by month.
    """
    facts = champion.facts
    if (dataset.additions is None) != (facts.signature.offers is None):
        return f"v{facts.version} is a recommender, and the other is none, or the reverse"
    if dataset.additions is not None:
        return _panel_obstacle(dataset, dataset.additions.first_month(dataset.split.holdout), champion)
    return _table_obstacle(dataset, champion)


def _table_obstacle(dataset: Dataset, champion: Bundle) -> str:
    facts, lineage = champion.facts, champion.facts.lineage
    if lineage.stream:
        return f"v{facts.version} has learnt batch by batch, of rows that may be among the held-out ones"
    if dataset.fingerprint != lineage.fingerprint:
        learnt = f"{lineage.origin}: {lineage.address}, fingerprint {lineage.fingerprint[:12]}…"
        return f"this is not the table that v{facts.version} learnt from (that was {learnt})"
    if dataset.split.digest != lineage.holdout_digest:
        return f"other rows are held out now than when v{facts.version} was trained ([split] has changed)"
    if dataset.signature.outcome != facts.signature.outcome:
        was = facts.signature.outcome
        return f"v{facts.version} predicts another target or class ({was.name}, {was.positive})"
    return ""


def _panel_obstacle(dataset: Dataset, first_held_out: str, champion: Bundle) -> str:
    facts, taught_until = champion.facts, champion.facts.lineage.taught_until
    if taught_until >= first_held_out:
        return f"v{facts.version} has learnt of the months to {taught_until}, and {first_held_out} is held out now"
    then, now = facts.signature.offers, dataset.signature.offers
    assert then is not None and now is not None  # noqa: S101, PT018 - of recommenders
    gone = {column.name for column in facts.signature.sent_columns}.difference(dataset.frame.columns)
    gone |= {*then.panel.products}.difference(now.panel.products)
    return f"v{facts.version} asks for what the panel no longer has ({', '.join(sorted(gone))})" if gone else ""


def answers(rows: Rows, bundle: Bundle, project: Project) -> NDArray[np.float64]:
    """Return a model's probabilities for rows of a table or of the journal, `(n_rows,)`, through its own door.

    Raises
    ------
    BundleError
        When the model cannot be run here.
    """
    scorer = Scorer(bundle, runs_pipelines=project.runs_pipelines)
    door = history_door(scorer.door.signature)
    return scorer.probabilities(door.table(rows) if isinstance(rows, pl.DataFrame) else door.rows(rows))
