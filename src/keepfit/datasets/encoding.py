"""What is said of a text file that is not UTF-8: the first line that shows it, and what it looks like instead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keepfit.errors import DatasetError

_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT_BYTES = 4096
_NULS = 0.2  # a text in UTF-16 is half zeros where it is English
_ONLY_WINDOWS = frozenset(range(0x80, 0xA0))  # letters and marks in Windows-1252, nothing in Latin-1


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where a file is not UTF-8.

    Attributes
    ----------
    line
        From 1.
    byte
        The first byte there that UTF-8 has no place for.
    guess
        The encoding that it looks like.
    """

    line: int
    byte: int
    guess: str

    def error(self, path: Path) -> DatasetError:
        """Return what is told."""
        return DatasetError(
            f"is not UTF-8: line {self.line} holds the byte 0x{self.byte:02x}",
            where=str(path),
            hint=f"it looks like {self.guess}: save it as UTF-8",
        )


def misfit_of(path: Path) -> Misfit | None:
    """Read a file line by line up to the first one that is not UTF-8; None when all are.

    UTF-16 is told by its mark, or by the zero bytes that it is full of.
    """
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT_BYTES)
        if head.startswith(_MARKS) or head.count(0) > _NULS * len(head):
            return Misfit(1, next((byte for byte in head if byte in (0xFF, 0xFE, 0)), 0), "UTF-16")
        file.seek(0)
        for line, content in enumerate(file, start=1):
            try:
                content.decode()
            except UnicodeDecodeError as error:
                is_windows = any(byte in _ONLY_WINDOWS for byte in content)
                return Misfit(line, content[error.start], "Windows-1252" if is_windows else "Latin-1 or Windows-1252")
    return None
