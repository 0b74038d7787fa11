"""Labels against a model in plain Python: whatever comes, twice, late, for nobody, or again with another outcome."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from fault_clients import few_or_full
from keepfit.journal import Label, LabelReceipt, Prediction, PredictionIds, open_journal
from keepfit.journal.summary import summarise

BEGAN = datetime(2026, 1, 2, tzinfo=UTC)
ENTITIES = st.sampled_from(["anna", "bert", "cleo"])
MINUTES = st.integers(0, 5)
OUTCOMES = st.sampled_from(["bad", "good"])
PROJECTS = st.sampled_from(["credit", "other"])


@dataclass
class Said:
    """A label as it was said, in the order of saying; it is for a prediction, or waits for one of its entity."""

    project: str
    prediction_id: str
    label: str
    entity: str | None = None
    as_of: datetime | None = None


class Labels(RuleBasedStateMachine):
    """Predictions and labels of two projects in one journal, in any order."""

    ids = Bundle("ids")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.journal = open_journal(f"sqlite:///{Path(self.folder.name) / 'journal.db'}")
        self.new_id = PredictionIds()
        self.made: list[Prediction] = []  # in the order of their numbers
        self.said: list[Said] = []

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()

    @rule(target=ids, project=PROJECTS, entity=ENTITIES | st.none(), minute=MINUTES, rows=st.integers(1, 3))
    def predict(self, project, entity, minute, rows):
        made = [self._prediction(self.new_id(), project, entity, minute) for _ in range(rows)]
        self.journal.record_predictions(made)
        self.made += made
        return multiple(*(one.id for one in made))

    @rule(target=ids)
    def name_one_that_is_not_there(self):
        """An id that nobody has: a label may come before its prediction, which may turn up."""
        return self.new_id()

    @rule(prediction_id=ids, project=PROJECTS, entity=ENTITIES | st.none(), minute=MINUTES)
    def turn_up(self, prediction_id, project, entity, minute):
        """A prediction comes later than its labels; one that is there is not written twice."""
        late = self._prediction(prediction_id, project, entity, minute)
        self.journal.record_missing([late])
        if prediction_id not in {one.id for one in self.made}:
            self.made.append(late)

    @rule(project=PROJECTS, said=st.lists(st.tuples(ids, OUTCOMES), min_size=1, max_size=4))
    def label_by_id(self, project, said):
        """Corrections, duplicates, unknown ids, other projects' ids: a label for the same one may come at any time."""
        receipt = self.journal.record_labels(project, [Label(one, outcome, BEGAN) for one, outcome in said])
        came = [Said(project, one, outcome) for one, outcome in said]
        self._check_receipt(receipt, came)

    @rule(project=PROJECTS, said=st.lists(st.tuples(ENTITIES, MINUTES, OUTCOMES), min_size=1, max_size=4))
    def label_by_entity(self, project, said):
        """The newest prediction of the entity up to the time is meant, now or when one turns up."""
        came = [Said(project, "", outcome, entity, _at(minute)) for entity, minute, outcome in said]
        labels = [Label("", one.label, BEGAN, one.entity, one.as_of) for one in came]
        receipt = self.journal.record_labels(project, labels)
        for one in came:
            self._match(one)
        self._check_receipt(receipt, came)

    @rule(project=PROJECTS)
    def match_again(self, project):
        """What is matched stays so."""
        self._match_all(project)
        assert self.journal.match_labels(project) == 0

    @invariant()
    def the_journal_agrees(self) -> None:
        """After every step, each project's newest labels and counts are the model's."""
        for project in ("credit", "other"):
            self._match_all(project)
            made = [one for one in self.made if one.project == project]
            newest = {
                one.prediction_id: (one.label, seq) for seq, one in enumerate(self.said, 1) if one.project == project
            }
            found = self.journal.window(project, rows=None)
            assert [row.prediction for row in found] == made
            there = [(row.label, row.label_seq) for row in found]
            assert there == [newest.get(one.id, (None, None)) for one in made]
            only = self.journal.window(project, rows=None, labelled_only=True)
            assert [row.prediction.id for row in only] == [one.id for one in made if one.id in newest]
            counts = summarise(self.journal, project)
            ours = [one for one in self.said if one.project == project]
            waiting = sum(not self._is_there(one) for one in ours)
            assert (counts.labels, counts.labelled, counts.waiting) == (len(ours), len(only), waiting)

    def _prediction(self, prediction_id, project, entity, minute) -> Prediction:
        return Prediction(prediction_id, _at(minute), project, 1, entity, "{}", 0.5, "good", 0.0)

    def _is_there(self, said: Said) -> bool:
        return any((one.project, one.id) == (said.project, said.prediction_id) for one in self.made)

    def _match(self, said: Said) -> bool:
        """Match a label that waits for an entity: the newest by time, then by number."""
        if said.entity is None or said.prediction_id:
            return False
        theirs = [
            (one.at, number)
            for number, one in enumerate(self.made)
            if (one.project, one.entity) == (said.project, said.entity) and one.at <= said.as_of
        ]
        if theirs:
            said.prediction_id = self.made[max(theirs)[1]].id
        return bool(theirs)

    def _match_all(self, project: str) -> None:
        matched = [self._match(one) for one in self.said if one.project == project]
        assert self.journal.match_labels(project) == sum(matched)

    def _check_receipt(self, receipt: LabelReceipt, came: list[Said]) -> None:
        self.said += came
        matched = sum(self._is_there(one) for one in came)
        assert receipt == LabelReceipt(len(came), matched, len(came) - matched)


def _at(minute: int) -> datetime:
    return BEGAN + timedelta(minutes=minute)


TestLabels = Labels.TestCase
TestLabels.settings = settings(max_examples=few_or_full(40, 2000), stateful_step_count=20, deadline=None)
