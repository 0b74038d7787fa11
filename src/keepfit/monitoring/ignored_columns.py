"""Columns that are not compared, such as the day of a record, which must change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from keepfit.errors import ProjectError, nearest
from keepfit.ownership import SUMMARIES, history_names
from keepfit.panel_columns import PanelColumns
from keepfit.panel_record import HISTORY
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


def not_kept_columns(dropped: Collection[str], signature: Signature) -> frozenset[str]:
    """Return the columns of whose values kept records say nothing.

    They are those that are not kept, and of a panel those that are made of them: a product that is not kept reads as
    one that nobody owns, and without months nothing is known of the past.

    Parameters
    ----------
    dropped
        What is not kept of records: columns, and `history`.
    signature
        Of the model whose records they are.
    """
    made = () if signature.offers is None else _made_of(frozenset(dropped), signature.offers.panel)
    return frozenset(dropped).union(made).intersection(signature.names)


def _made_of(dropped: frozenset[str], panel: PanelColumns) -> set[str]:
    """Return the columns of the past that are made of what is not kept."""
    owned, known = SUMMARIES
    everything = history_names(panel.products, panel.lags)
    if panel.month in dropped:
        return {*everything}
    if HISTORY in dropped:
        return {*everything} - ({owned} if dropped.isdisjoint(panel.products) else set())
    products = [product for product in panel.products if product in dropped]
    return {*history_names(products, panel.lags)} - {known} if products else set()


@dataclass(frozen=True, slots=True)
class UntoldColumns:
    """Columns of whose values a service tells nothing.

    Attributes
    ----------
    hidden
        What the journal does not keep: neither that nor what is made of it is counted; see `not_kept_columns`.
    section
        Says which are not compared.
    """

    hidden: Collection[str] = ()
    section: MonitoringSection = field(default_factory=MonitoringSection)

    def not_kept(self, signature: Signature) -> frozenset[str]:
        """Return those that are not counted; see `not_kept_columns`."""
        return not_kept_columns(self.hidden, signature)

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
