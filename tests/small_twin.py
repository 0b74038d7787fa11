"""The panel of the recommender's example, as small as it can be and still teach: for a demo of some seconds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from keepfit.datasets.catalogue import CATALOGUE
from keepfit.datasets.twins import santander

NAME, ROWS = "santander-products", 8_000


def small_twin(patch) -> None:
    """Let the catalogue generate fewer rows as long as a monkeypatch lasts."""
    patch.setitem(CATALOGUE, NAME, replace(CATALOGUE[NAME], twin=partial(santander.generate, rows=ROWS)))
