"""The tables of `learn.py`, from its figures to Markdown: docs/recommender.md says what results.json holds.

Usage: python learn_page.py, to write them again.
"""

# Only the standard library: `learn.py` starts its children from a small process.

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from surroundings import ROOT

RESULTS = Path(__file__).with_name("results.json")
PAGE = ROOT / "docs" / "recommender.md"
BEGIN, END = "<!-- figures: made by benchmarks/recommender/learn.py -->", "<!-- end of figures -->"
NAMES = {
    "ranker": "`ranker`: whether, and which",
    "per_product": "`per_product`: a model each",
    "record": "the published recipe",
    "history": "the recipe with our columns of the past",
    "frequency": "how often each product is added",
    "constant": "one number for all",
}
ORDER = {"map": "MAP@7", "map_of_taking": "MAP@7 of those who add", "roc_auc_micro": "ROC AUC, micro"}
ORDER |= {"roc_auc_macro": "ROC AUC, macro"}
DECISIONS = {f"{name}_{mean}": f"{name}, {mean}" for mean in ("micro", "macro") for name in ("precision", "recall")}
DECISIONS = {**DECISIONS, "f1_micro": "F1, micro", "f1_macro": "F1, macro"}
COSTS = {
    "choose": "Keepfit, all that training does: both, each learnt twice, and scored with intervals",
    "ranker": "Keepfit, `ranker` alone, once",
    "per_product": "Keepfit, `per_product` alone, once",
    "recipe": "the published recipe, once",
    "recipe_with_history": "the recipe with our columns of the past, once",
}
TIME_SHARE = 0.5
ANSWER_MS = 1.0


def markdown(runs: Mapping[str, Any]) -> str:
    """Return the tables of all runs, the longest first."""
    found = sorted(runs.values(), key=lambda run: -run["panel"]["table_rows"])
    return "\n\n".join(f"## {run['panel']['table_rows']:,} rows\n\n{run_tables(run)}" for run in found)


def run_tables(found: Mapping[str, Any]) -> str:
    """Return all tables of a run."""
    parts = [
        _lead(found),
        "### How good\n",
        _scores_table(found, ORDER),
        _scores_table(found, DECISIONS),
        "### What it takes\n",
        "\n".join(_costs(found)),
        "### An answer\n",
        "\n".join(_answers(found["answers"])),
        "### What was wanted\n",
        "\n".join(_targets(found)),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts)


def keep(found: Mapping[str, Any]) -> None:
    """Keep a run's figures, in the place of those of as many rows."""
    runs = {**read_results(), str(found["panel"]["table_rows"]): found}
    RESULTS.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


def write_page() -> None:
    """Put the tables of all runs between the marks of the page."""
    before, mark, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    if not mark:
        raise SystemExit(f"{PAGE.name} has no {BEGIN}")
    PAGE.write_text(f"{before}{BEGIN}\n{markdown(read_results())}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def read_results() -> dict[str, Any]:
    """Return the figures that are kept, by the rows of the run."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def _lead(found: Mapping[str, Any]) -> str:
    machine, panel, (before, after) = found["machine"], found["panel"], found["load"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    rows = [
        f"{part['rows']:,} rows of {part['months'][0]} to {part['months'][1]} {verb}, with {part['added']:,} additions "
        f"in {part['adding']:,} of them"
        for part, verb in ((panel["train"], "teach"), (panel["holdout"], "are held out"))
    ]
    where = (
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}, "
        f"commit {machine['commit']}, {versions}; {machine['date']}; load {before:.1f} before, {after:.1f} "
        "after, from other work too"
    )
    threads = "one thread" if found["threads"] == 1 else f"{found['threads']} threads"
    return (
        f"The panel is generated with seed {panel['seed']}: {'; '.join(rows)}. {panel['products']} products; never "
        f"added in the months that teach: {', '.join(panel['never_added']) or 'none'}. Every learner has {threads}. "
        f"{where}. In brackets 95 % intervals over resampled customers; of times, the range of the turns."
    )


def _scored(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Sequence[float]]]]:
    """Yield who was scored, the best of ours first."""
    for place, one in enumerate(found["candidates"]):
        chosen = ", chosen" if place == 0 else ""
        yield f"**Keepfit, {NAMES[one['name']]}{chosen}**", one["holdout"]
    for group in ("scores", "baselines"):
        for name, scores in found[group].items():
            yield NAMES[name], scores


def _scores_table(found: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    lines = [f"| | {' | '.join(columns.values())} |", f"|---|{'--:|' * len(columns)}"]
    for name, scores in _scored(found):
        lines.append(f"| {name} | {' | '.join(_score(scores[column]) for column in columns)} |")
    return "\n".join(lines)


def _score(one: Sequence[float]) -> str:
    return "{:.4f} [{:.4f}, {:.4f}]".format(*one)


def _costs(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| | learning, s | of the recipe's | whole process, s | CPU, s | peak RSS, MB | turns |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for name, said in COSTS.items():
        if name not in found["costs"]:
            continue
        cost = found["costs"][name]
        is_paired = len(cost["seconds"]) == found["repeats"]
        ratio = _spread(_shares(found, name, "seconds"), "{:.2f}") if is_paired else ""
        wall, cpu, peak = (statistics.median(cost[key]) for key in ("wall", "cpu", "peak_mb"))
        learning = _spread(cost["seconds"], "{:.1f}")
        yield f"| {said} | {learning} | {ratio} | {wall:.0f} | {cpu:.0f} | {peak:.0f} | {len(cost['wall'])} |"
    yield ""
    each = ", ".join(f"`{one['name']}` {one['seconds']:.1f} s" for one in found["candidates"])
    panel = found["panel"]
    yield (
        "Before any of them the rows are prepared, from the table to the door's matrix, with what the months before "
        f"say: {panel['seconds']:.1f} s, {panel['peak_mb']:.0f} MB. Of all that training does, learning a candidate "
        f"twice is: {each}."
    )


def _shares(found: Mapping[str, Any], name: str, of: str) -> list[float]:
    """Return what a learner takes by what the recipe does, turn by turn."""
    costs = found["costs"]
    return [ours / its for ours, its in zip(costs[name][of], costs["recipe"][of], strict=True)]


def _spread(values: Sequence[float], form: str) -> str:
    middle, low, high = (form.format(value) for value in (statistics.median(values), min(values), max(values)))
    return middle if len(values) == 1 else f"{middle} [{low}, {high}]"


def _answers(answers: Mapping[str, Any]) -> Iterator[str]:
    yield "| all products for one raw record, in process, one thread | median, ms | 99 %, ms | records |"
    yield "|---|--:|--:|--:|"
    names = {
        "with_history": f"Keepfit, with {answers['months']:g} months before",
        "alone": "Keepfit, the record alone",
        "recipe": "the published recipe, a frame of one row",
    }
    for name, said in names.items():
        one = answers[name]
        yield f"| {said} | {one['median_ms']:.2f} | {one['p99_ms']:.2f} | {one['records']} |"


def _targets(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| wanted on held-out rows | found | |"
    yield "|---|---|---|"
    recipe, chosen = found["scores"]["record"], found["candidates"][0]["holdout"]
    for name, said in (("map", "MAP@7"), ("f1_micro", "micro F1")):
        better = found["better"][name]
        told = f"{chosen[name][0]:.4f} and {recipe[name][0]:.4f}: {better[0]:+.4f} [{better[1]:+.4f}, {better[2]:+.4f}]"
        yield f"| {said} better than the recipe's | {told} | {_verdict(better[1] > 0)} |"
    share, cpu = (statistics.median(_shares(found, "choose", of)) for of in ("seconds", "cpu"))
    told = f"{share:.2f}, and {cpu:.2f} of the CPU of the whole process"
    yield f"| all that training does in at most half of its time | {told} | {_verdict(share <= TIME_SHARE)} |"
    for name, said in (("with_history", "with its history"), ("alone", "alone")):
        median = found["answers"][name]["median_ms"]
        yield f"| an answer to a record {said} below 1 ms | {median:.2f} ms | {_verdict(median < ANSWER_MS)} |"


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "**missed**"


if __name__ == "__main__":
    write_page()
