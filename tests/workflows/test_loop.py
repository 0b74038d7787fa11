"""The circle: train, serve, simulate, check, retrain, and back to a new champion."""

from __future__ import annotations

import json

import pytest

from journal_contents import ids_of
from keepfit.errors import DatasetError
from keepfit.monitoring import State
from keepfit.registry import promotions
from keepfit.workflows.check import check
from keepfit.workflows.local_service import local_service
from keepfit.workflows.promote import rollback
from keepfit.workflows.retrain import retrain
from keepfit.workflows.simulate import SimulateTask, simulate
from keepfit.workflows.steady_client import steady_client
from keepfit.workflows.train import train


@pytest.fixture(scope="module")
def story(make_project, free_port, tmp_path_factory):
    """Both acts, played once; the tests look at what they left."""
    rooms = make_project(tmp_path_factory.mktemp("story"))
    trained = train(rooms)
    log = rooms.workspace.root / "service.log"
    told = {"rooms": rooms, "train": trained, "first check": check(rooms)}
    with local_service(rooms.folder / "keepfit.toml", host="127.0.0.1", port=free_port(), log=log) as url:
        told["noise traffic"] = simulate(rooms, SimulateTask(url, seed=1))
        told["noise"] = retrain(rooms, if_alarm=True)
        told["again"] = retrain(rooms, if_alarm=True)
        told["shift traffic"] = simulate(rooms, SimulateTask(url, "shift", seed=2))
        checked = check(rooms)
        record = trained.dataset.frame.select(trained.dataset.signature.names).row(0, named=True)
        with steady_client(url, record) as witness:
            told["shift"] = retrain(rooms, if_alarm=True, checked=checked)
            while witness.versions[str(told["shift"].challenger)] < 20:
                assert not witness.failures
        told["witness"] = witness
        told["after"] = check(rooms)
        told["learnt"] = simulate(rooms, SimulateTask(url, "shift", seed=3))
        told["healed"] = check(rooms)
    told["refused"] = _retrain_on_another_table(rooms)
    told["trained again"] = train(rooms)
    return told


def _retrain_on_another_table(rooms) -> str:
    """Change one cell of the table that was learnt from, try to retrain, and return what is said."""
    twin = next(rooms.workspace.cache.glob("credit-twin-*.csv"))
    whole = twin.read_text()
    twin.write_text(whole.replace(",60,", ",54,", 1))
    with pytest.raises(DatasetError) as refused:
        retrain(rooms)
    twin.write_text(whole)
    return str(refused.value)


def test_without_predictions_nothing_is_judged(story):
    """A check before any traffic says insufficient, and writes its page all the same."""
    assert story["first check"].verdict.state is State.INSUFFICIENT
    assert story["first check"].page.exists()


def test_half_of_the_labels_agree(story):
    """The published simulation: 2000 answers, half of the labels agree, all of them matched."""
    traffic = story["noise traffic"]
    assert (traffic.rows, traffic.agreeing, traffic.matched) == (2000, 1000, 2000)


def test_noise_alarms_and_keeps_the_champion(story):
    """The alarm is right; nothing can be learnt of noise, so the champion stays, and says why."""
    loop = story["noise"]
    assert loop.check.verdict.state is State.ALARM
    assert loop.is_done
    assert loop.promotion is None
    assert "are noise" in loop.decision.reasons[0] or "is not shown to be better" in loop.decision.reasons[0]
    assert abs(loop.recent.challenger["roc_auc"].value - 0.5) < 0.1


def test_the_same_window_is_not_learnt_from_twice(story):
    """A second retraining on the same rows does nothing, though the alarm goes on."""
    assert not story["again"].is_done
    assert "only 0 labelled rows are new" in story["again"].reason


def test_a_shift_is_learnt_and_the_challenger_takes_over(story):
    """The challenger wins on recent rows that taught neither model, and keeps the old ones."""
    loop = story["shift"]
    assert loop.promotion is not None
    assert loop.recent.gain.low > 0
    assert loop.original.gain.value > -0.05
    assert loop.promotion.version == loop.challenger


def test_the_swap_fails_no_request(story):
    """A client that never paused saw both versions and no error."""
    witness, loop = story["witness"], story["shift"]
    assert witness.failures == []
    assert set(witness.versions) == {str(loop.champion), str(loop.challenger)}


def test_the_journal_holds_exactly_what_was_acknowledged(story):
    """Simulated customers and the steady client's requests, no more and no less."""
    rooms = story["rooms"]
    with rooms.journal() as journal:
        assert journal.count(rooms.project.name) == 3 * 2000 + len(story["witness"].ids)
        assert set(story["witness"].ids) <= ids_of(journal, rooms.project.name)


def test_the_new_champion_answers_the_changed_population_well(story):
    """After the swap the same kind of customers is no alarm of quality any more."""
    assert story["after"].verdict.state is State.INSUFFICIENT
    assert story["learnt"].versions == {str(story["shift"].challenger): 2000}
    assert story["healed"].verdict.quality is not State.ALARM
    assert story["healed"].findings.quality.measured.scores["f1"].low > 0.65


def test_what_a_champion_learnt_is_named_in_its_lineage(story):
    """The new champion's bundle names the journal rows; the noise is not among them."""
    rooms, loop = story["rooms"], story["shift"]
    lineage = rooms.store.read(loop.challenger).facts.lineage
    ((first, last),) = lineage.journal_ranges
    with rooms.journal() as journal:
        taught = journal.between(rooms.project.name, first, last)
    assert {row.prediction.entity[:5] for row in taught if row.prediction.entity} == {"shift"}


def test_the_whole_history_is_told_by_the_journal(story):
    """Events in order: trained, promoted; checked, retrained, kept; checked, retrained, promoted, swapped."""
    rooms = story["rooms"]
    with rooms.journal() as journal:
        first, *kinds = [event.kind for event in journal.events(rooms.project.name)]
        ledger = promotions(journal, rooms.project.name)
    expected = ["trained", "promoted", "checked", "checked", "retrain_started", "retrain_ended", "checked", "checked"]
    assert first == "configured"
    assert kinds[:8] == expected
    assert kinds[8:11] == ["retrain_started", "promoted", "swapped"] or kinds[8:11] == [
        "retrain_started",
        "promoted",
        "retrain_ended",
    ]
    assert [entry.version for entry in ledger] == [story["train"].promotion.version, story["shift"].challenger]
    assert ledger[1].evidence["recent"]["gain"]["low"] > 0


def test_reports_are_written_for_people_and_machines(story):
    """Each check and retraining leaves a page or facts that are whole."""
    report = story["noise"].check
    facts = json.loads(report.facts.read_text())
    assert facts["verdict"]["state"] == "alarm"
    assert facts["reference"]["origin"] == "twin"
    page = report.page.read_text()
    assert "Generated data" in page
    assert len(page) < 500_000
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    retrained = story["shift"].page
    assert json.loads(retrained.with_suffix(".json").read_text())["promotes"] is True
    assert f"v{story['shift'].challenger} replaces v{story['shift'].champion}" in retrained.read_text()


def test_every_step_is_in_the_run_log(story):
    """One line for each verb, in order."""
    lines = story["rooms"].workspace.run_log.read_text().splitlines()
    assert [line.split()[1] for line in lines][:6] == ["train:", "check:", "serve:", "simulate:", "check:", "retrain:"]


def test_what_the_journal_taught_is_not_undone_by_training_again(story):
    """A model of the table alone does not replace a champion that has learnt more; one may promote it by hand."""
    again = story["trained again"]
    assert again.promotion is None
    assert f"v{story['shift'].challenger} stays champion: it has learnt from the journal" in again.verdict


def test_the_champion_before_is_one_command_away(story):
    """A rollback makes the old champion answer again."""
    rooms = story["rooms"]
    assert rollback(rooms).promotion.version == story["shift"].champion
    assert rooms.store.champion().facts.version == story["shift"].champion


def test_another_table_than_the_champions_is_refused(story):
    """Retraining on a table that the champion did not learn from would judge it on its own rows; that is journalled."""
    assert "this is not the table that v" in story["refused"]
    with story["rooms"].journal() as journal:
        (failed,) = journal.events(story["rooms"].project.name, kinds=["retrain_failed"])
    assert failed.facts["error"] == story["refused"]
