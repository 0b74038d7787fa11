"""Every strategy on the same past batches, and which is recommended."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from keepfit.errors import StreamError
from keepfit.project.stream_section import Strategy
from keepfit.workflows.stream.backtest import backtest
from keepfit.workflows.stream.saved_state import StateFolder
from stream_project import declare, make_stream_project, rows_csv, turning_csv


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project, and the report of a backtest on a stream that turns round half way."""
    rooms = make_stream_project(tmp_path_factory.mktemp("backtest") / "project")
    (rooms.folder / "new.csv").write_text(turning_csv(160, 240))
    told = []
    report = backtest(rooms, str(rooms.folder / "new.csv"), on_progress=lambda *shown: told.append(shown[:3]))
    return rooms, report, told


def test_all_of_them_are_tried_on_the_same_rows(project):
    """Each asked about every batch before it learns it, and shown as it goes."""
    _, report, told = project
    found = report.found
    assert {one.strategy for one in found.tried} == set(get_args(Strategy))
    assert {len(one.history) for one in found.tried} == {found.batches} == {20}
    assert {sum(facts.rows for facts in one.history) for one in found.tried} == {found.rows} == {400}
    assert {step for step, done, total in told if done == total == 20} == set(get_args(Strategy))


def test_the_lowest_log_loss_is_recommended(project):
    """And stands first; what never learnt is far behind after the turn."""
    _, report, _ = project
    losses = [one.loss.value for one in report.found.tried]
    assert losses == sorted(losses)
    assert report.found.recommended.loss.value == losses[0]
    assert report.found.recommended.loss.value < 0.8 * report.found.recommended.frozen_loss.value


def test_the_difference_is_paired(project):
    """By how much each is behind, batch by batch: none of the recommended one."""
    _, report, _ = project
    best, *others = report.found.tried
    assert report.found.behind(best).value == 0
    for one in others:
        by_hand = (one.batch_losses - best.batch_losses).mean()
        assert report.found.behind(one).value == pytest.approx(by_hand)


def test_nothing_of_it_stays(project):
    """No version, no state: only the page and its JSON."""
    rooms, report, _ = project
    assert rooms.store.versions() == [1]
    assert StateFolder(rooms.workspace.stream).newest().state is None
    assert report.found.recommended.strategy in report.page.read_text()
    assert json.loads(report.facts.read_text())["recommended"] == report.found.recommended.strategy


def test_the_table_itself_is_a_past(tmp_path):
    """Without a source and without a champion: its first quarter begins, the rest comes in batches."""
    (tmp_path / "t.csv").write_text(rows_csv(200, 5))
    found = backtest(declare(tmp_path, batch_rows=50)).found
    assert (found.rows, found.batches) == (150, 3)
    assert "first 50 rows of the table, in an order drawn by chance" in found.began


def test_too_few_rows_are_refused(tmp_path):
    """One batch shows nothing of what learning gives."""
    (tmp_path / "t.csv").write_text(rows_csv(60, 5))
    with pytest.raises(StreamError, match=r"45 labelled rows make 1 batches of 50; two are needed"):
        backtest(declare(tmp_path, batch_rows=50))
