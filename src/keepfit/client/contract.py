"""What a service says that it takes, and the form of its answers: `GET /`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keepfit.errors import AnswerError


class Contract(msgspec.Struct, frozen=True):
    """What a request to one project may hold.

    Attributes
    ----------
    max_rows, max_body_bytes
        Limits of one request.
    entity_parameter, entity_column
        Where a request says whom it is about: in its query, or in the record; None where it cannot.
    """

    max_rows: int
    max_body_bytes: int
    entity_parameter: str | None = None
    entity_column: str | None = None


class Status(msgspec.Struct, frozen=True):
    """A project's status.

    Attributes
    ----------
    project
        Its name.
    request
        What it takes.
    answer
        Keys of an answer, and the part that each holds.
    """

    project: str
    request: Contract
    answer: dict[str, str]

    @property
    def keys(self) -> Mapping[str, str]:
        """Under which key each part of an answer stands."""
        return {part: key for key, part in self.answer.items()}


def read_status(content: bytes, where: str) -> Status:
    """Return the status of a project.

    Raises
    ------
    AnswerError
        When it is none.
    """
    try:
        return msgspec.json.decode(content, type=Status)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AnswerError(
            "what answers there is no project of Keepfit",
            where=where,
            hint="check the address; of several projects each is below its own name",
        ) from error
