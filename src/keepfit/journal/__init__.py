"""The durable record: predictions, labels, and events, the promotion ledger among them.

It owns the tables, their migrations, and what durable means: a call that writes returns when the disk has it. It is
append-only. It leaves to others what a window of it says.
"""

from keepfit.journal.group_commit import GroupCommit
from keepfit.journal.identifiers import PredictionIds
from keepfit.journal.recorder import Recorder, open_recorder
from keepfit.journal.records import Event, Label, LabelledPrediction, LabelReceipt, Prediction, Shadow
from keepfit.journal.store import Journal, open_journal
from keepfit.journal.windows import Window, WindowPart

__all__ = [
    "Event",
    "GroupCommit",
    "Journal",
    "Label",
    "LabelReceipt",
    "LabelledPrediction",
    "Prediction",
    "PredictionIds",
    "Recorder",
    "Shadow",
    "Window",
    "WindowPart",
    "open_journal",
    "open_recorder",
]
