"""The champion that a service needs: trained by what the project declares, where there is none."""

from __future__ import annotations

import pytest

from keepfit.stack.first_champion import trained_if_none
from keepfit.workflows.rooms import Rooms, no_progress
from keepfit.workflows.train_recommender import RecommenderReport
from recommender_model import PROJECT, panel

pytestmark = pytest.mark.filterwarnings("ignore")  # the warnings are MLflow's own


def test_a_panel_gets_a_recommender(tmp_path):
    """Once: then there is a champion, and nothing is trained."""
    (tmp_path / "keepfit.toml").write_text(PROJECT, encoding="utf-8")
    panel().write_csv(tmp_path / "panel.csv")
    rooms = Rooms.open(tmp_path)
    report = trained_if_none(rooms, no_progress)
    assert isinstance(report, RecommenderReport)
    assert rooms.store.champion().facts.signature.offers is not None
    assert trained_if_none(rooms, no_progress) is None
