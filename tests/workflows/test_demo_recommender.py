"""The story of a panel's example, on a small twin: learnt, served, asked, checked, loaded, and nothing lost."""

from __future__ import annotations

import pytest
import urllib3

from keepfit.workflows import demo_recommender as demo_module
from keepfit.workflows.demo_recommender import demo_recommender
from keepfit.workflows.demo_stage import demo_rooms
from small_twin import ROWS, small_twin

pytestmark = pytest.mark.filterwarnings("ignore")  # the warnings are MLflow's own
CUSTOMERS, RANDOM = 120, 60


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def played(tmp_path_factory, told):
    """The rooms and the report of one demo."""
    with pytest.MonkeyPatch.context() as patch:
        small_twin(patch)
        patch.setattr(demo_module, "_CUSTOMERS", CUSTOMERS)
        patch.setattr(demo_module, "_RANDOM", RANDOM)
        rooms = demo_rooms("product-recommendation", tmp_path_factory.mktemp("demo") / "new")
        return rooms, demo_recommender(rooms, lambda step, done, total, note="": told.append(step))


def test_what_was_asked_is_journalled(played):
    """As many predictions as were answered, of the champion that was trained; those of later months have labels."""
    rooms, report = played
    assert (report.customers.rows, report.random.rows) == (CUSTOMERS, RANDOM)
    assert report.journalled == report.acknowledged == CUSTOMERS + RANDOM
    assert (report.customers.matched, report.random.matched) == (CUSTOMERS, 0)
    assert report.customers.versions == {str(rooms.store.champion().facts.version): CUSTOMERS}
    assert f"demo: {CUSTOMERS + RANDOM} predictions acknowledged, {CUSTOMERS + RANDOM} journalled" in (
        rooms.workspace.run_log.read_text()
    )


def test_the_check_is_of_those_customers(played):
    """Before the random ones come; its page is there."""
    _, report = played
    assert report.checked.page.exists()
    assert report.checked.verdict.state


def test_each_act_is_told(played, told):
    """By its name before the step; a check of profiles takes no time to speak of."""
    acts = [*dict.fromkeys(step.partition(": ")[0] for step in told)]
    assert [act for act in acts if act != "check"] == ["train", "customers", "random load"]


def test_the_service_ends_with_the_demo(played):
    """Nothing answers where it was; that it answered is in the run log."""
    rooms, report = played
    with pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("GET", f"{report.address}/ready", retries=False, timeout=2)
    assert f"demo: the service answers at {report.address}" in rooms.workspace.run_log.read_text()


def test_the_panel_was_small(played):
    """It is the example's own, shrunk."""
    assert played[1].train.dataset.source.frame.height == ROWS
