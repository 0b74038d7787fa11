"""Columns that are not compared, such as the day of a record, which must change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from keepfit.errors import ProjectError, nearest
from keepfit.ownership import SUMMARIES
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Signature


def ignored_columns(section: MonitoringSection, signature: Signature) -> frozenset[str]:
    """Return the columns that a project does not compare.

    Of a panel that declares none it is the month, which comes after those that taught, and what the past says of single
    products: they are many, move together, and say what the products that are owned say. How many months before are
    known is compared: callers may have ceased to send them.

    Parameters
    ----------
    section
        What the project declares.
    signature
        Of the model whose records are compared.
    """
    if section.ignored is not None:
        return frozenset(section.ignored)
    if signature.offers is None:
        return frozenset()
    of_products = {column.name for column in signature.columns if column.is_past} - {*SUMMARIES}
    return frozenset((signature.offers.panel.month, *of_products)).intersection(signature.names)


@dataclass(frozen=True, slots=True)
class UntoldColumns:
    """Columns of whose values a service tells nothing.

    Attributes
    ----------
    hidden
        Those that the journal does not keep: they are not counted either.
    section
        Says which are not compared.
    """

    hidden: Collection[str] = ()
    section: MonitoringSection = field(default_factory=MonitoringSection)

    def ignored(self, signature: Signature) -> frozenset[str]:
        """Return those that are not compared; see `ignored_columns`."""
        return ignored_columns(self.section, signature)


def require_ignored(section: MonitoringSection, signature: Signature) -> None:
    """Refuse ignored columns that there are not.

    Raises
    ------
    ProjectError
        When one is none of the signature's.
    """
    for name in section.ignored or ():
        if name not in signature.names:
            where = f'keepfit.toml: [monitoring] ignored = ["{name}"]'
            raise ProjectError("no such column", where=where, hint=nearest(name, list(signature.names)))
