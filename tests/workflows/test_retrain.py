"""Retraining from the journal alone: which labels are new, and what would be unfair."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import numpy as np
import pytest

from keepfit.errors import DatasetError, ProjectError, TrackingError
from keepfit.journal import Label, Prediction, PredictionIds
from keepfit.monitoring import State
from keepfit.scoring import Scorer, history_door
from keepfit.workflows import retrain as retrain_module
from keepfit.workflows.challenge import challenge, end_challenge, is_challenged
from keepfit.workflows.check import check
from keepfit.workflows.data import load_dataset
from keepfit.workflows.retrain import retrain
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train
from recommender_model import make_recommender

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_new_id = PredictionIds()


def answer(rooms: Rooms, frame) -> list[str]:
    """Put the champion's answers on rows into the journal, as the service would; return their ids."""
    scorer = Scorer(rooms.store.champion())
    probability = scorer.probabilities(history_door(scorer.door.signature).table(frame)).tolist()
    made = [
        Prediction(
            _new_id(),
            NOW,
            rooms.project.name,
            scorer.version,
            None,
            json.dumps(row),
            value,
            scorer.decision(value),
            1e-5,
        )
        for row, value in zip(frame.select(scorer.door.signature.names).to_dicts(), probability, strict=True)
    ]
    with rooms.journal() as journal:
        journal.record_predictions(made)
    return [one.id for one in made]


def report(rooms: Rooms, ids: list[str]) -> None:
    """Report outcomes that are noise."""
    labels = np.random.default_rng(len(ids)).choice(["bad", "good"], len(ids)).tolist()
    with rooms.journal() as journal:
        sent = [Label(id_, label, NOW) for id_, label in zip(ids, labels, strict=True)]
        journal.record_labels(rooms.project.name, sent)


@pytest.fixture(scope="module")
def late(make_project, tmp_path_factory):
    """Six hundred answers; labels for the first 250, then for the others; then as many answers without any."""
    folder = tmp_path_factory.mktemp("late")
    rooms = make_project(folder, lambda text: text.replace("window_rows = 2000", "window_rows = 700"))
    trained = train(rooms)
    frame = trained.dataset.frame[trained.dataset.split.train.tolist()]
    ids = answer(rooms, frame[:600])
    told = {"rooms": rooms}
    report(rooms, ids[:250])
    told["first"] = retrain(rooms)
    told["same"] = retrain(rooms)
    report(rooms, ids[250:])
    told["second"] = retrain(rooms)
    answer(rooms, frame[600:1300])
    told["lagging"] = check(rooms)
    with rooms.journal() as journal:
        told["newest labels"] = [row.label for row in journal.window(rooms.project.name, rows=700)]
    return told


def changed(late, before: str, after: str) -> Rooms:
    """Return the same workspace under a project file with one change."""
    folder = late["rooms"].folder
    text = (folder / "keepfit.toml").read_text()
    assert before in text
    other = folder / "other.toml"
    other.write_text(text.replace(before, after))
    return Rooms.open(other)


def test_labels_that_come_late_are_new(late):
    """The predictions are old, their labels are not: they are an occasion, those seen before are none."""
    assert late["first"].is_done
    assert late["same"].reason == "only 0 labelled rows are new since the last retraining; 200 are needed"
    assert late["second"].is_done


def test_the_card_of_a_challenger_is_whole(late):
    """It tells the journal rows that it learnt, and what the held-out rows say of it."""
    card = late["rooms"].store.read(late["first"].challenger).card
    assert re.search(r"\| journal rows learnt \| \d+ to \d+ \|", card)  # ids are drawn, and say which rows judge
    assert "## What it rests on" in card


def test_a_retraining_outlives_its_tracking_store(late, monkeypatch):
    """The challenger is made and compared; the reason says what MLflow was not told."""

    def refuse(*_arguments, **_named):
        raise TrackingError("is away", where="http://127.0.0.1:9")

    rooms = Rooms.open(late["rooms"].folder)
    report(rooms, answer(rooms, load_dataset(rooms).frame[2000:2250]))
    monkeypatch.setattr(rooms.tracking, "log_search", refuse)
    done = retrain(rooms)
    assert rooms.store.read(done.challenger).facts.lineage.run_id == ""
    assert "not in MLflow: the run of the challenger (http://127.0.0.1:9: is away" in done.reason
    assert f"v{done.challenger} as a model version, as MLflow failed before" in done.reason


def test_a_challenge_outlives_a_retraining(late):
    """Whom somebody has named challenges on, whatever a retraining makes beside it; a new one is named by nobody."""
    rooms = Rooms.open(late["rooms"].folder)
    assert not is_challenged(rooms)
    challenge(rooms, late["first"].challenger)
    report(rooms, answer(rooms, load_dataset(rooms).frame[2250:2500]))
    done = retrain(rooms)
    assert done.is_done
    assert done.challenger != late["first"].challenger
    assert rooms.store.pointer("challenger").version == late["first"].challenger
    end_challenge(rooms)
    assert not is_challenged(rooms)


def test_labels_that_lag_behind_a_whole_window_are_judged(late):
    """None of the newest 700 predictions has a label; quality is judged on the newest that have one."""
    lagging = late["lagging"]
    assert late["newest labels"] == [None] * 700
    assert (lagging.rows, len(lagging.labelled)) == (700, 600)
    assert lagging.verdict.quality is not State.INSUFFICIENT


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("seed = 42\nstratify", "seed = 43\nstratify", "other rows are held out now than when v1 was trained"),
        ('positive = "good"', 'positive = "bad"', "v1 predicts another target or class (Status, good)"),
        ('entity = "rownames"', 'entity = "rownames"\ndrop = ["Age"]', "the columns are not those that v1 takes (Age)"),
    ],
    ids=["split", "class", "columns"],
)
def test_an_unfair_contest_is_refused(late, before, after, said):
    """With another split, class or columns the champion would be judged on what taught it, or by other rules."""
    rooms = changed(late, before, after)
    report(late["rooms"], answer(late["rooms"], load_dataset(late["rooms"]).frame[1300:1600]))
    with pytest.raises(DatasetError) as refused:
        retrain(rooms)
    assert said in str(refused.value)
    assert "put it back as it was, or train on this one with `keepfit train`" in str(refused.value)


def test_a_season_that_is_none_is_told_before_the_fit(late, monkeypatch):
    """A challenger is not fitted for nothing."""

    def fit(*_, **__):
        pytest.fail("a challenger is fitted")

    monkeypatch.setattr(retrain_module, "fit_challenger", fit)
    rooms = changed(late, "[promotion]", '[monitoring.season]\nby = "month"\ncolumn = "dya"\n\n[promotion]')
    report(late["rooms"], answer(late["rooms"], load_dataset(late["rooms"]).frame[1300:1600]))
    with pytest.raises(DatasetError, match='no such column "dya"'):
        retrain(rooms)


def test_training_on_another_split_does_not_depose_the_champion(late):
    """The new held-out rows may have taught it: a person decides."""
    trained = train(changed(late, "seed = 42\nstratify", "seed = 43\nstratify"))
    assert trained.promotion is None
    assert "v1 stays champion: other rows are held out now" in trained.verdict


def test_another_share_of_judges_is_refused_once_the_journal_has_taught(late, monkeypatch):
    """Rows that taught the champion would judge: the old share is named."""
    rooms = changed(late, "[monitoring]", "[retraining]\nholdout = 0.5\n\n[monitoring]")
    bundle = late["rooms"].store.read(late["first"].challenger)
    assert bundle.facts.lineage.journal_holdout == 0.3
    monkeypatch.setattr(rooms.store, "champion", lambda: bundle)
    report(rooms, answer(rooms, load_dataset(rooms).frame[1600:1900]))
    with pytest.raises(ProjectError, match=r"\[retraining\] holdout = 0.5: was 0.3 when v\d+ learnt from the journal"):
        retrain(rooms)


def test_another_way_to_name_persons_is_refused_once_the_journal_has_taught(late, monkeypatch):
    """Who judges depends on it: with names then and hashes now a person who taught the champion would judge."""
    monkeypatch.setenv("KEEPFIT_JOURNAL_KEY", "secret")
    rooms = changed(late, "[monitoring]", '[journal.sensitive]\nrownames = "hash"\n\n[monitoring]')
    bundle = late["rooms"].store.read(late["first"].challenger)
    assert bundle.facts.lineage.journal_naming == "name"
    monkeypatch.setattr(rooms.store, "champion", lambda: bundle)
    report(rooms, answer(rooms, load_dataset(rooms).frame[1900:2200]))
    with pytest.raises(ProjectError, match=r"learnt from the journal when it named persons otherwise.*then: name; now"):
        retrain(rooms)


def test_what_another_champion_was_judged_by_is_new_to_this_one(late):
    """Labels are seen by the retraining of the champion whose rows they are about."""
    rooms = late["rooms"]
    with rooms.journal() as journal:
        (ended,) = journal.events(rooms.project.name, kinds=["retrain_ended"], limit=1)
        window = journal.window(rooms.project.name, rows=None, labelled_only=True)
        labelled = [row for row in window if row.label_seq <= ended.facts["last_label_seq"]]
        assert (ended.facts["champion"], len(labelled) > 300) == (1, True)
        assert retrain_module._ask_policy(rooms, journal, 1, labelled).is_given is False
        assert retrain_module._ask_policy(rooms, journal, 2, labelled).is_given


@pytest.mark.parametrize("if_alarm", [False, True])
def test_a_panel_is_not_retrained_from_the_journal(tmp_path, if_alarm):
    """What to do instead is told, without a check, and nothing is written down."""
    rooms = make_recommender(tmp_path / "project")
    said = (
        r"\[panel\]: a recommender is learnt of the months .*; add the next months to the table, move \[panel\] hold_"
    )
    with pytest.raises(ProjectError, match=said):
        retrain(rooms, if_alarm=if_alarm)
    assert list(rooms.store.versions()) == [1]
    with rooms.journal() as journal:
        assert not journal.events(rooms.project.name, kinds=["checked", "retrain_started", "retrain_failed"])
