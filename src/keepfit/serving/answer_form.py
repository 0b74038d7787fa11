"""The form of an answer: which keys it has, by declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from keepfit.project.declaration import ServingSection
from keepfit.scoring.reasons import Reasons
from keepfit.serving.answering import Answer
from keepfit.serving.explaining import content as reasons_content

ALWAYS = ("id", "model_version")
_USUAL = ("probability", "decision")
_LONGEST_NUMBER = 15  # digits that every JSON reader keeps


class AnswerForm:
    """Makes the JSON of answers.

    Every answer carries the prediction's id and the model's version: labels and audits need them. The rest are
    `probability` and `decision`, or what `[serving] answer` declares.

    Parameters
    ----------
    section
        The declaration.
    """

    def __init__(self, section: ServingSection) -> None:
        declared: Mapping[str, str] = section.answer or {name: name for name in _USUAL}
        named = {**{name: name for name in ALWAYS}, **declared}
        self.parts: Mapping[str, str] = named
        self._makers: list[tuple[str, Callable[[Answer], Any]]] = [
            (key, _entity if part == "entity" else attrgetter(part)) for key, part in named.items()
        ]

    def content(self, answer: Answer) -> dict[str, Any]:
        """Return an answer as the keys and values of a JSON object."""
        return {key: make(answer) for key, make in self._makers}

    def explained(self, answer: Answer, reasons: Reasons | None) -> dict[str, Any]:
        """Return an answer with the reasons for it, if there are any."""
        content = self.content(answer)
        return content if reasons is None else {**content, "reasons": reasons_content(reasons)}

    def encoded(self, answer: Answer) -> bytes:
        """Return an answer as JSON."""
        return msgspec.json.encode(self.content(answer))


def _entity(answer: Answer) -> str | int | None:
    """Return the entity as it is usually written: a whole number as a number."""
    text = answer.entity
    if text is None or len(text) > _LONGEST_NUMBER or not text.removeprefix("-").isdecimal():
        return text
    number = int(text)
    return number if str(number) == text else text
