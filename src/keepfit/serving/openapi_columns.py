"""A column as the API describes it: what its values may be, as the door has it.

The door itself is asked which words, spellings, numbers and flags it takes, so that there is one judge. What a JSON
Schema cannot say, the description does: how large a number is that stands in a text, and dates with names of months.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from keepfit.date_text import ISO, date_pattern, date_text, format_words
from keepfit.missing_text import meanings, missing_numbers, missing_words
from keepfit.number_text import BLANKS_PATTERN, NUMBER_PATTERN
from keepfit.scoring.values import LARGEST, Encoder, RefusedValueError, holds_numbers, range_of, value_encoder
from keepfit.signature import Column, Kind, Signature, label_text

_WHOLE_PATTERN = r"[+-]?(?:[0-9]+\.?0*|\.0+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+)"
_END = rf"{BLANKS_PATTERN}$(?!\n)"
_SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
_DIGITS = re.compile("-?[0-9]{1,300}")
_LATE_DAY = 17133.0  # 2016-11-28: no part of it begins with a zero
Schema = dict[str, Any]


def column_schema(column: Column, signature: Signature) -> Schema:
    """Return the JSON Schema of a column's values, with their meaning in words."""
    encode = value_encoder(column, signature)
    if column.kind is Kind.CATEGORY:
        schema = _category(column, encode, accepts_unseen=signature.accepts_unseen)
    elif column.kind is Kind.FLAG:
        schema = {"type": _one_or_all(["boolean", *_null(encode)])}
    elif column.kind is Kind.DATE:
        schema = _date(column, encode)
    else:
        schema = _number(column, encode)
    title = {"title": column.label} if column.label else {}
    notes = _notes(column, signature)
    return {**title, **schema, **({"description": " ".join(notes)} if notes else {})}


def _number(column: Column, encode: Encoder) -> Schema:
    is_whole = column.kind is Kind.INTEGER
    ends = range_of(column) if column.out_of_range == "reject" else None
    low, high = ends or (-LARGEST, LARGEST)
    missing = [value for value in missing_numbers(column.missing_values) if math.isfinite(value)]
    usual = {value: low <= value <= high and (value.is_integer() or not is_whole) for value in sorted(missing)}
    types = ["integer" if is_whole else "number", *(["string"] if column.is_written_as_text else []), *_null(encode)]
    schema: Schema = {"type": _one_or_all(types), "minimum": _plain(low), "maximum": _plain(high)}
    if column.is_written_as_text:
        words = sorted(missing_words(column.missing_values)) if column.optional else []
        form = _WHOLE_PATTERN if is_whole else NUMBER_PATTERN
        schema["pattern"] = rf"^{BLANKS_PATTERN}(?:{'|'.join([form, *map(escaped, words)])}){_END}"
    more = [_plain(value) for value, is_usual in usual.items() if _takes(encode, value) and not is_usual]
    less = [_plain(value) for value, is_usual in usual.items() if is_usual and not _takes(encode, value)]
    return _with(schema, more, less)


def _date(column: Column, encode: Encoder) -> Schema:
    form, pattern = column.date_format, date_pattern(column.date_format)
    words = meanings(column.missing_values, dict(column.spellings))
    late_day = date_text(_LATE_DAY, form)
    takes_numbers = late_day.isdecimal() and _takes(encode, int(late_day))
    types = ["string", *(["integer"] if takes_numbers else []), *_null(encode)]
    is_plain = form == ISO and not column.optional and not words
    schema: Schema = {"type": _one_or_all(types)} | ({"format": "date"} if is_plain else {})
    if takes_numbers:
        schema |= {"minimum": 0, "maximum": 10 ** len(late_day) - 1}
    numbers = [int(word) for word in words if _DIGITS.fullmatch(word) and str(int(word)) == word]
    more: list[Any] = [number for number in numbers if not takes_numbers and _takes(encode, number)]
    if pattern is None:
        return _with(schema, more, [word for word in words if not _takes(encode, word)])
    schema["pattern"] = rf"^{_END}|{pattern}" if _takes(encode, "") and _takes(encode, " ") else pattern
    fits = re.compile(schema["pattern"]).search
    more += [word for word in words if _takes(encode, word) and not fits(word)]
    return _with(schema, more, [word for word in words if fits(word) and not _takes(encode, word)])


def _category(column: Column, encode: Encoder, *, accepts_unseen: bool) -> Schema:
    words = list(dict.fromkeys([*column.categories, *meanings(column.missing_values, dict(column.spellings))]))
    numbers = _numbers(words, column)
    flags = [flag for flag in (False, True) if _takes(encode, flag)]
    taken = [number for number in numbers if _takes(encode, number)]
    refused = [word for word in words if not _takes(encode, word)]
    if not accepts_unseen:
        known = [word for word in words if word not in refused]
        types = _types_of([*known, *taken, *flags], _null(encode))
        return {"type": _one_or_all(types), "enum": [*known, *taken, *flags, *([None] * ("null" in types))]}
    schema: Schema = {"type": "string", "examples": list(column.categories)}
    if not holds_numbers(column):
        schema["type"] = _one_or_all(["string", *_null(encode)])
        return _with(schema, [*taken, *flags], refused)
    schema["type"] = ["string", "number", *_null(encode)]
    return _with(schema, flags, [*refused, *(number for number in numbers if number not in taken)])


def _numbers(words: Iterable[str], column: Column) -> list[float]:
    """Return the numbers that a word stands for, or that mean no value."""
    found = [_plain(number) for number in sorted(missing_numbers(column.missing_values)) if math.isfinite(number)]
    for word in words:
        try:
            number = int(word) if _DIGITS.fullmatch(word) else _plain(float(word))
        except ValueError:
            continue
        if abs(number) < math.inf and label_text(number) == word:
            found.append(number)
    return list(dict.fromkeys(found))


def _types_of(values: Iterable[Any], null: list[str]) -> list[str]:
    names: Mapping[type, str] = {str: "string", bool: "boolean", int: "number", float: "number"}
    return [*dict.fromkeys(names[value.__class__] for value in values), *null]


def _takes(encode: Encoder, value: Any) -> bool:
    try:
        encode(value)
    except RefusedValueError:
        return False
    return True


def _null(encode: Encoder) -> list[str]:
    return ["null"] if _takes(encode, None) else []


def _with(schema: Schema, more: list[Any], less: list[Any]) -> Schema:
    """Return a schema that takes some values more, and some less."""
    if less:
        schema = {**schema, "not": {"enum": less}}
    return {"anyOf": [schema, {"enum": more}]} if more else schema


def _one_or_all(types: list[str]) -> str | list[str]:
    return types[0] if len(types) == 1 else types


def _plain(number: float) -> float:
    """Return a whole number as one: exactly, and without `.0`."""
    return int(number) if number.is_integer() else number


def escaped(word: str) -> str:
    """Return a word as a part of a pattern."""
    return _SPECIAL.sub(r"\\\g<0>", word)


def _notes(column: Column, signature: Signature) -> list[str]:
    notes = [column.description] if column.description else []
    if column.kind is Kind.DATE:
        notes.append(f"A date, written as {format_words(column.date_format)}: for example {column.example}.")
    if column.minimum is not None and column.maximum is not None:
        ends = (_shown(column, value) for value in (column.minimum, column.maximum))
        nearer = " A number outside is taken for the nearer end." if column.out_of_range == "clip" else ""
        notes.append(f"Seen in training: {' to '.join(ends)}.{nearer if column.kind.is_numeric else ''}")
    if column.categories and signature.accepts_unseen:
        notes.append(f"Seen in training: {', '.join(column.categories)}.")
    if column.is_written_as_text:
        notes.append("A text that holds the number is taken too, with blanks around it or without.")
    if column.missing_values:
        words = ", ".join(text or "An empty text" for text in column.missing_values)
        notes.append(f"{words} means: missing{'' if column.optional else ', and is refused'}.")
    return notes


def _shown(column: Column, value: float) -> str:
    return date_text(value, column.date_format) if column.kind is Kind.DATE else f"{value:g}"
