"""What a bundle says of itself in `bundle.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from keepfit.signature import Signature

Form = Literal["graph", "pipeline"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One candidate: a family of models with one setting of its parameters.

    Attributes
    ----------
    model
        Name of the family.
    parameters
        Of its estimator.
    features
        Names of the made features that it takes; empty for all of them.
    """

    model: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    features: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The recipe in one line: `random_forest max_depth=10 n_estimators=100`; long numbers are cut."""
        settings = [f"{name}={_short(value)}" for name, value in sorted(self.parameters.items())]
        kept = [f"({len(self.features)} features)"] if self.features else []
        return " ".join([self.model, *settings, *kept])


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a model comes from.

    Attributes
    ----------
    source, origin, address
        Name of the table, how it was got (`file`, `mirror`, `download`, `twin`), and from where.
    fingerprint, holdout_digest
        SHA-256 of the table's values, and of the numbers of its rows that were held out.
    rows
        Rows that the model was fitted on.
    journal_ranges, journal_holdout, journal_naming
        First and last sequence numbers of the journal windows whose labelled rows were learnt too, as they were
        labelled then; the share of those rows that only judged, and how they named whom they are about, which decides
        who judges. None without such rows.
    recipe
        The candidate that was fitted.
    seed
        The project's seed.
    code_version, environment_digest
        Version of Keepfit, and SHA-256 over the names and versions of all installed distributions.
    run_id
        MLflow's run, empty when there is none.
    taught_until
        Of a panel the last month that taught, `2016-01`; empty of other tables.
    stream, stream_batch
        Of a version that learnt batch by batch: which stream, and after which of its batches it was made; empty and 0
        of others.
    """

    source: str
    origin: str
    address: str
    fingerprint: str
    rows: int
    recipe: Recipe
    seed: int
    code_version: str
    environment_digest: str
    run_id: str = ""
    holdout_digest: str = ""
    journal_ranges: tuple[tuple[int, int], ...] = ()
    journal_holdout: float | None = None
    journal_naming: str | None = None
    taught_until: str = ""
    stream: str = ""
    stream_batch: int = 0

    @property
    def warning(self) -> str:
        """What every page about the model says aloud; empty unless its table was generated."""
        if self.origin != "twin":
            return ""
        return (
            "Generated data: the table was not at hand, and this model was trained on a generated twin of it. Its "
            "scores say nothing about the real table, and it must not decide anything."
        )


@dataclass(frozen=True, slots=True)
class Probe:
    """A made-up row from the door, None for what is missing, and what the fitted pipeline made of it.

    Attributes
    ----------
    row
        Its numbers.
    probability
        Of the positive class.
    offers
        Of a recommender, the probability of each product, None for one that is owned.
    """

    row: tuple[float | None, ...]
    probability: float
    offers: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """The content of `bundle.json`.

    Attributes
    ----------
    name
        The project's name.
    version
        The bundle's number in its store, from 1.
    created_at
        ISO 8601, UTC.
    signature
        The door's whole declaration.
    threshold
        Probability from which on the decision is positive.
    scores
        Score on the holdout, with the ends of its 95 % interval, by metric name: `[value, low, high]`.
    protocol
        How these scores were measured, in a sentence.
    lineage
        Where the model comes from.
    probes
        Rows whose answers a service checks before it trusts what it has loaded.
    form
        What the model is: a graph, or the fitted pipeline itself, pickled, where no graph can hold it.
    offer_thresholds
        Of a recommender, the probability from which on each product is recommended.
    importances
        How much the training metric loses on the holdout when a column's values are shuffled, by column; empty where
        it was not measured.
    """

    name: str
    version: int
    created_at: str
    signature: Signature
    threshold: float
    scores: Mapping[str, tuple[float, float, float]]
    protocol: str
    lineage: Lineage
    probes: tuple[Probe, ...] = ()
    form: Form = "graph"
    offer_thresholds: tuple[float, ...] = ()
    importances: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_executable(self) -> bool:
        """Whether to load the model is to run code: its pipeline's."""
        return self.form == "pipeline"

    @property
    def notices(self) -> tuple[str, ...]:
        """What every page about the model says aloud."""
        pipeline = (
            "No graph can hold this model: it is kept as a pickled pipeline. To load it is to run its code, which the "
            "service leaves to a process of its own; it answers more slowly, and needs the libraries that it was "
            "trained with."
        )
        told = (self.lineage.warning, pipeline if self.is_executable else "")
        return tuple(one for one in told if one)

    def to_json(self) -> bytes:
        """Return the content of the file."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False).encode()

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> BundleFacts:
        """Rebuild the facts from the parsed file.

        Raises
        ------
        KeyError, TypeError, ValueError
            When the file has another form.
        """
        lineage = dict(facts["lineage"])
        recipe = lineage["recipe"]
        lineage["recipe"] = Recipe(recipe["model"], recipe["parameters"], tuple(recipe.get("features", ())))
        lineage["journal_ranges"] = tuple((int(first), int(last)) for first, last in lineage["journal_ranges"])
        return cls(
            **{
                **facts,
                "signature": Signature.from_dict(facts["signature"]),
                "scores": {name: tuple(values) for name, values in facts["scores"].items()},
                "lineage": Lineage(**lineage),
                "probes": tuple(
                    Probe(tuple(probe["row"]), probe["probability"], tuple(probe.get("offers", ())))
                    for probe in facts.get("probes", ())
                ),
                "offer_thresholds": tuple(facts.get("offer_thresholds", ())),
            }
        )
