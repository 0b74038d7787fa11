"""Services that die in mid-load, and services that share a journal: nothing that was acknowledged is lost or double.

In CI a few of each; the full count, 200 kills on each database and more than 100 000 acknowledgements, is

    KEEPFIT_FAULTS=full .venv/bin/python -m pytest tests/serving/test_faults.py --timeout 3600

which goes for the other files of this kind as well: `tests/serving/test_faults*.py`.
"""

from __future__ import annotations

import random

import pytest

from fault_clients import Load, assert_kept, declared, few_or_full

KILLS = few_or_full(4, 200)
MOST_ACKNOWLEDGED = 1200  # before a kill
ACKNOWLEDGED = few_or_full(1000, 100_000)  # before all of them
SHARED = few_or_full(2000, 50_000)
LONE_AND_LISTS = (0, 0, 0, 0, 3, 40)


@pytest.fixture(params=["sqlite", "postgresql"])
def strict(request, make_scoring_project, tmp_path):
    """A project whose journal is strict, on each database."""
    is_file = request.param == "sqlite"
    url = "" if is_file else f'url = "{request.getfixturevalue("postgres").new_database()}"'
    return declared(make_scoring_project, tmp_path, url)


def test_sigkill_in_mid_load_loses_nothing_and_doubles_nothing(strict, serve):
    """Whenever the service is killed, each id that was acknowledged is in the journal exactly once."""
    moments = random.Random(1)
    acknowledged: list[str] = []
    for _ in range(KILLS):
        with serve(strict) as service, Load(service, sizes=LONE_AND_LISTS) as load:
            load.until_acknowledged(moments.randrange(1, MOST_ACKNOWLEDGED))
            service.kill()
        acknowledged += load.acknowledged
        assert set(load.statuses) <= {200, 0}
    assert_kept(strict, acknowledged)
    assert len(acknowledged) > ACKNOWLEDGED


def test_two_services_share_a_journal(strict, serve):
    """Two services write to one journal at once: each acknowledged id is there once, and numbers have no gap."""
    with serve(strict) as one, serve(strict) as other:
        loads = [Load(service, sizes=(0, 0, 30)) for service in (one, other)]
        with loads[0], loads[1]:
            for load in loads:
                load.until_acknowledged(SHARED, seconds=120)
    assert_kept(strict, loads[0].acknowledged + loads[1].acknowledged)
    assert {status for load in loads for status in load.statuses} == {200}
