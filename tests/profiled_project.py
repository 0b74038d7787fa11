"""A project with a column of every kind, whose champion has a reference profile and scores at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from age_model import age_in_percent
from keepfit.bundle import Bundle, BundleFacts, Lineage, Pointer, Recipe
from keepfit.profiles import NumberProfile, Profile, build_profile
from keepfit.scoring import history_door
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.workflows.rooms import Rooms

COLUMNS = (
    Column("age", Kind.INTEGER, minimum=0, maximum=90, out_of_range="clip"),
    Column("income", Kind.NUMBER, minimum=0, maximum=1000, missing_values=("-1",)),
    Column(
        "job",
        Kind.CATEGORY,
        categories=("fixed", "partime"),
        missing_values=("unknown",),
        spellings=(("FIXED", "fixed"),),
    ),
    Column("rooms", Kind.CATEGORY, categories=("1", "2", "3")),
    Column("member", Kind.FLAG),
    Column("since", Kind.DATE, minimum=0, maximum=20_000, format="%d-%m-%Y"),
    Column("debt", Kind.NUMBER, minimum=0, maximum=50, is_written_as_text=True, missing_values=("NA",)),
)
SIGNATURE = Signature(COLUMNS, Outcome("y", "no", "yes"), entity="id", accepts_unseen=True)
PROJECT = '[project]\nname = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\nentity = "id"\n'


def rows(seed: int, count: int = 300) -> pl.DataFrame:
    """Return a table with types: values that are missing, unseen, spelled otherwise or beyond the range among them."""
    random = np.random.default_rng(seed)

    def some(values: list) -> list:
        return [values[at] for at in random.integers(0, len(values), count)]

    days = [date(1990, 1, 1) + timedelta(days=int(days)) for days in random.integers(0, 9000, count)]
    table = pl.DataFrame(
        {
            "age": random.integers(-5, 100, count),
            "income": np.round(random.gamma(2.0, 100.0, count), 2),
            "job": some(["fixed", "FIXED", "partime", "unknown", "other", "Partime"]),
            "rooms": some(["1", "2", "3", "4"]),
            "member": some([True, False]),
            "since": [day.strftime("%d-%m-%Y") for day in days],
            "debt": some([" 7", "8.25", "NA", " 12 ", "0"]),
        }
    )
    gone = random.random((count, table.width)) < 0.1
    table = table.with_columns(
        pl.Series(name, gone[:, at]).alias(f"{name} gone") for at, name in enumerate(table.columns)
    )
    names = [column.name for column in COLUMNS]
    kept = [pl.when(pl.col(f"{name} gone")).then(None).otherwise(pl.col(name)).alias(name) for name in names]
    return table.select(kept).with_columns(income=pl.when(pl.int_range(count) % 29 == 3).then(-1.0).otherwise("income"))


def outcomes(seed: int, count: int = 300) -> pl.DataFrame:
    """Return scores and labels of as many rows; some have no label, and some no score."""
    random = np.random.default_rng(seed + 1000)
    scores = pl.Series("probability", random.random(count)).set(pl.Series(random.random(count) < 0.1), None)
    labels = [["yes", "no", None][at] for at in random.integers(0, 3, count)]
    return pl.DataFrame([scores, pl.Series("y", labels, dtype=pl.String)])


def make_profiled(folder: Path, more: str = "", name: str = "t") -> Rooms:
    """Write a project and its champion, whose reference is three hundred rows."""
    folder.mkdir(exist_ok=True)
    (folder / "keepfit.toml").write_text(PROJECT.replace('"t"', f'"{name}"', 1) + more)
    rooms = Rooms.open(folder)
    add_champion(rooms, 1)
    return rooms


def add_champion(rooms: Rooms, seed: int) -> Bundle:
    """Make another bundle champion; its reference is that of a seed."""
    matrix = history_door(SIGNATURE).table(rows(seed))
    scores = np.nan_to_num(matrix[:, 0].astype(np.float64), nan=50.0) / 100
    profile = build_profile(SIGNATURE, matrix, scores, labels=(scores > 0.5).astype(np.int8), thresholds=(0.5,))
    lineage = Lineage("t.csv", "file", "t.csv", "f", 10, Recipe("by hand"), 0, "0", "e")

    def facts(version: int) -> BundleFacts:
        return BundleFacts(rooms.project.name, version, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {}, "", lineage)

    model = age_in_percent(len(COLUMNS))
    made = rooms.store.add(facts, model=model, profile=profile.to_dict(), card=lambda _: "")
    rooms.store.point("champion", Pointer(made.facts.version, made.digest, made.facts.version))
    return made


def require_same(first: Profile, second: Profile, rounding: float = 1e-12) -> None:
    """Require the same counts; sums may differ by the order, or the rounding, of what was added."""
    assert (first.rows, first.bins) == (second.rows, second.bins)
    pairs = [*zip(first.columns, second.columns, strict=True)]
    for one, other in zip(first.outputs, second.outputs, strict=True):
        assert (one.labelled, one.positives, one.threshold) == (other.labelled, other.positives, other.threshold)
        pairs.append((one.score, other.score))
    for one, other in pairs:
        if isinstance(one, NumberProfile):
            plain = [replace(profile, sums=(), squares=0.0) for profile in (one, other)]
            assert plain[0] == plain[1], one.name
            np.testing.assert_allclose(one.sums, other.sums, rtol=rounding, err_msg=one.name)
            np.testing.assert_allclose(one.squares, other.squares, rtol=rounding, err_msg=one.name)
        else:
            assert one == other
