"""How long a client waits before it asks again."""

from __future__ import annotations

import pytest

from keepfit.client.patience import waiting_seconds


def test_each_wait_is_twice_as_long_up_to_an_end():
    """The waits double and stay below ten seconds, however many there are."""
    waits = [waiting_seconds(attempt, None, 1.0) for attempt in range(2000)]
    assert waits[:6] == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4])
    assert set(waits[6:]) == {10.0}


@pytest.mark.parametrize("attempt", range(8))
def test_chance_spreads_the_clients(attempt):
    """No two clients come at once: the wait is anywhere between a half and the whole, never nothing."""
    low, high = (waiting_seconds(attempt, None, chance) for chance in (0.0, 1.0))
    assert low == high / 2 > 0


def test_a_service_that_asks_for_a_time_gets_it():
    """Never earlier than asked; more than ten seconds are not waited for."""
    assert waiting_seconds(3, 2.0, 0.0) == 2.0
    assert waiting_seconds(3, 2.0, 1.0) == 3.0
    assert waiting_seconds(0, 10.0, 0.0) == 10.0
    assert waiting_seconds(0, 10.5, 0.0) is None
