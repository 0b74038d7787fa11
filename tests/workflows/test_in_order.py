"""Batches looked at by a few threads: their order, how many are held, and where an error comes out."""

from __future__ import annotations

import threading
from itertools import islice

import pytest

from keepfit.workflows.in_order import in_order

BATCHES, SECONDS = 12, 20  # more than any wait here takes: a test that fails does not hang


def counting(taken):
    """Yield numbers, and note each that was taken."""
    for number in range(BATCHES):
        taken.append(number)
        yield number


def square(number):
    return number * number


@pytest.mark.parametrize("workers", [1, 2, 3, 2 * BATCHES])
def test_every_batch_comes_with_its_own_finding_in_its_place(workers):
    """However many threads look; no batch is lost at the end."""
    assert list(in_order(square, range(BATCHES), workers)) == [(at, square(at)) for at in range(BATCHES)]
    assert list(in_order(square, (), workers)) == []


def test_the_order_is_kept_where_a_later_batch_is_done_first():
    """The first one waits for the second one's end."""
    second_is_done, done = threading.Event(), []

    def look(number):
        if number == 0:
            assert second_is_done.wait(SECONDS)
        done.append(number)
        if number == 1:
            second_is_done.set()
        return number

    assert [found for _, found in in_order(look, range(4), 2)] == [0, 1, 2, 3]
    assert done.index(1) < done.index(0)


def test_as_many_batches_are_looked_at_together_as_there_are_workers():
    """Three meet, and then another three: with fewer threads nobody would come through."""
    meeting = threading.Barrier(3, timeout=SECONDS)
    assert len(list(in_order(lambda _: meeting.wait(), range(6), 3))) == 6


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_no_more_are_held_than_there_are_workers_and_one(workers):
    """A table of any length is in memory by a few batches: the one that is given, and those that wait."""
    taken, most = [], 0
    for given, _ in enumerate(in_order(square, counting(taken), workers)):
        most = max(most, len(taken) - given)
    assert most == (1 if workers == 1 else workers + 1)


def test_nothing_is_taken_before_it_is_asked_for():
    """The first batch is read when the first answer is wanted."""
    taken = []
    waiting = in_order(square, counting(taken), 2)
    assert taken == []
    assert next(waiting) == (0, 0)


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("wrong", [0, 3, BATCHES - 1])
def test_an_error_comes_out_in_its_batchs_place(workers, wrong):
    """Whoever reads gets all that came before it, and then it."""

    def look(number):
        if number == wrong:
            raise ValueError(f"batch {number}")
        return number

    waiting = in_order(look, range(BATCHES), workers)
    assert [found for _, found in islice(waiting, wrong)] == list(range(wrong))
    with pytest.raises(ValueError, match=f"^batch {wrong}$"):
        next(waiting)


def test_one_worker_is_the_caller_itself():
    """No thread is made where none is asked for."""
    here = threading.get_ident()
    assert {found for _, found in in_order(lambda _: threading.get_ident(), range(3), 1)} == {here}
    assert here not in {found for _, found in in_order(lambda _: threading.get_ident(), range(3), 2)}


def test_who_stops_early_leaves_nothing_running():
    """What was begun ends, and no other batch is taken."""
    taken, ended = [], []
    waiting = in_order(ended.append, counting(taken), 3)
    next(waiting)
    waiting.close()
    assert sorted(ended) == taken == [0, 1, 2, 3]
