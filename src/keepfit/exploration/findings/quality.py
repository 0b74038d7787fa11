"""What is wrong with the data, or looks like it."""

from __future__ import annotations

from collections.abc import Iterator

from keepfit.datasets import ColumnFacts, ColumnKind
from keepfit.exploration.findings.finding import Finding, TableFacts, Topic
from keepfit.exploration.findings.wording import listed, named, share

_UNREADABLE = (ColumnKind.ID, ColumnKind.TEXT)


def about_quality(table: TableFacts) -> Iterator[Finding]:
    """Yield repeated rows, then what is missing, the most first, then what is odd in each column."""
    if table.duplicates:
        yield _duplicates(table.duplicates, table.rows)
    for missing in sorted(_missing_together(table), key=lambda columns: -columns[0].missing):
        yield _missing(missing)
    for column in sorted(table.columns, key=lambda column: -column.missing):
        yield from _column(table, column)


def _duplicates(repeated: int, rows: int) -> Finding:
    repeat = "row repeats" if repeated == 1 else "rows repeat"
    said = f"{repeated:,} {repeat} an earlier one in every column, and may be held out where that one trains."
    evidence = f'{share(repeated, rows)}; [data] duplicates = "drop" leaves them out'
    return _about((), said, evidence, repeated / rows)


def _missing_together(table: TableFacts) -> Iterator[list[ColumnFacts]]:
    """Yield columns that are missing in the same rows; empty ones are told otherwise."""
    columns = {column.name: column for column in table.columns if column.kind is not ColumnKind.EMPTY}
    for names in table.absent_together:
        found: dict[int, list[ColumnFacts]] = {}
        for column in (columns[name] for name in names if name in columns):
            found.setdefault(column.missing, []).append(column)
        yield from found.values()


def _missing(columns: list[ColumnFacts]) -> Finding:
    names, first = tuple(column.name for column in columns), columns[0]
    are, also = ("is", "") if len(names) == 1 else ("are", ", the same ones")
    said = f"{listed(names)} {are} missing in {share(first.missing, first.rows)} of the rows{also}."
    return _about(names, said, f"{first.missing:,} of {first.rows:,} rows", first.missing_share)


def _column(table: TableFacts, column: ColumnFacts) -> Iterator[Finding]:
    names, name = (column.name,), named(column.name)
    if column.name not in (table.entity, table.outcome.name):
        refusal = table.refusals.get(column.name)
        if refusal and column.kind is not ColumnKind.NUMERAL:  # of which its oddity says what to do
            yield _about(names, f"Training will refuse {name}, since it {refusal.what}.", refusal.hint)
        elif column.kind in _UNREADABLE:
            what = "identifies rows" if column.kind is ColumnKind.ID else "is free text"
            said = f"{name} {what}: leave it out, or name it as the entity."
            yield _about(names, said, f"{column.distinct:,} different values")
        if column.sentinels:
            about = "about " if column.is_sampled else ""
            found = [(named(value), rows) for value, rows in column.sentinels]
            said = f"{', '.join(value for value, _ in found)} in {name} may stand for a missing value."
            yield _about(names, said, ", ".join(f"{value}: {about}{rows:,} rows" for value, rows in found))
    if column.name != table.entity:
        where = f"in a sample of {column.described_rows:,} rows" if column.is_sampled else f"of {column.rows:,} rows"
        for oddity in column.oddities:
            yield _about(names, f"{name}: {oddity}.", where)
    if column.is_constant:
        yield _about(names, f"{name} has one value only, and tells nothing.", column.top[0][0])


def _about(columns: tuple[str, ...], sentence: str, evidence: str, strength: float = 0.0) -> Finding:
    return Finding(Topic.QUALITY, columns, sentence, evidence, strength)
