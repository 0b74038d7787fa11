"""A clock that steps back across the end of a month, beneath the ids of predictions and their time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from keepfit.journal import PredictionIds, Window, open_journal
from keepfit.journal.months import Month, month_of_id

MARCH = Month(2026, 3)
STEP = timedelta(hours=1)


class Clock:
    """Goes on a second each time that it is asked, and steps when it is told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += timedelta(seconds=1)
        return int(self.now.timestamp() * 1000)


def _recorded(journal, make_prediction, new_id, clock: Clock, rows: int):
    made = [make_prediction(id=new_id(), at=clock.now) for _ in range(rows)]
    journal.record_predictions(made)
    return made


def test_a_clock_that_steps_back_over_the_end_of_a_month(journal, make_prediction):
    """Ids of a maker ascend, a window keeps the order of writing, and every row has its place."""
    clock = Clock(MARCH.begin - timedelta(seconds=3))
    new_id = PredictionIds(clock)
    made = _recorded(journal, make_prediction, new_id, clock, 6)  # from February into March
    clock.now -= STEP
    made += _recorded(journal, make_prediction, new_id, clock, 6)
    clock.now += 2 * STEP
    made += _recorded(journal, make_prediction, new_id, clock, 6)
    ids = [one.id for one in made]
    assert ids == sorted(set(ids))
    assert [month_of_id(one).number for one in ids] == [2] * 2 + [3] * 16  # also those of the hour that came again
    rows = journal.window("credit", rows=100)
    assert [row.seq for row in rows] == list(range(1, 19))
    assert [row.prediction for row in rows] == made


def test_who_starts_after_the_step_makes_ids_of_the_month_before(journal, make_prediction):
    """A new maker knows nothing of the step: its rows lie in the month that its clock says, after the others."""
    clock = Clock(MARCH.begin + timedelta(minutes=10))
    made = _recorded(journal, make_prediction, PredictionIds(clock), clock, 3)
    clock.now -= STEP
    made += _recorded(journal, make_prediction, PredictionIds(clock), clock, 3)
    assert [month_of_id(one.id).number for one in made] == [3] * 3 + [2] * 3
    assert [row.prediction for row in journal.window("credit", rows=100)] == made
    assert [row.prediction for row in journal.window("credit", rows=4)] == made[2:]
    of_february = Window("credit", until=MARCH.begin)
    assert [row.prediction for row in journal.labelled(of_february)] == made[3:]
    assert [seq for part in journal.parts(of_february) for seq in part.seqs] == [6, 5, 4]
    if journal.address.startswith("postgresql"):
        tables = [f"keepfit.predictions_2026_{month:02d}" for month in (2, 3, 4)]
        with journal.reading() as connection:
            held = [connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables]
        assert held == [3, 3, 0]


def _of_months(make_prediction, *steps: timedelta):
    makers = [PredictionIds(Clock(MARCH.begin + step)) for step in steps]
    return [make_prediction(id=maker(), at=MARCH.begin) for maker in makers for _ in range(2)]


def test_one_batch_may_hold_both_months_in_any_order(journal, make_prediction):
    """Rows of one transaction go to the month of their own id, and are read in the order in which they were given."""
    made = _of_months(make_prediction, STEP, -STEP, STEP)
    journal.record_predictions(made)
    assert [row.prediction for row in journal.window("credit", rows=100)] == made


def test_one_batch_may_hold_months_far_apart(postgres, make_prediction):
    """Rows that a spill kept through a clock that was set again all find their place, also the months between."""
    made = _of_months(make_prediction, -1000 * STEP, STEP, 1000 * STEP)  # January, March, April
    with open_journal(postgres.new_database()) as journal:
        journal.record_missing(made)
        assert [row.prediction for row in journal.window("credit", rows=100)] == made
