"""The model card: what a reviewer asks first, in Markdown, made from the bundle's own facts."""

from __future__ import annotations

from functools import cache

import jinja2

from keepfit.bundle import BundleFacts
from keepfit.evaluation import METRICS


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("keepfit.training"),
        autoescape=False,  # noqa: S701 - Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("MODEL_CARD.md.jinja")


def model_card(facts: BundleFacts, *, description: str, baseline: dict[str, float]) -> str:
    """Return the card of a bundle.

    Parameters
    ----------
    facts
        The bundle's facts.
    description
        The project's own sentence; may be empty.
    baseline
        Scores of the constant prediction on the same held-out rows, by metric.
    """
    return _template().render(facts=facts, description=description, baseline=baseline, metrics=METRICS)
