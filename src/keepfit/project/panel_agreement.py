"""What other sections say where there is a `[panel]`: its columns are theirs; what it never reads is refused."""

from __future__ import annotations

from collections.abc import Mapping

from keepfit.project.data_section import DataSection
from keepfit.project.panel_section import PanelSection
from keepfit.project.section import Section

_READ_OF_TRAINING = ("features", "jobs")
_UNREAD_OF_DATA = ("positive", "positive_above")
_INSTEAD = {  # what of a panel is declared elsewhere; the rest it has none of
    ("training", "candidates"): "candidates",
    ("training", "metric"): "metric",
    ("promotion", "staging_metric"): "metric",
    ("promotion", "staging_threshold"): "staging_threshold",
}


def require_agreement(
    panel: PanelSection, data: DataSection, split: Section, training: Section, promotion: Section
) -> None:
    """Refuse what of a panel would be declared in vain, or of columns that are no features.

    Parameters
    ----------
    panel, data, split, training, promotion
        The sections of one file.

    Raises
    ------
    ValueError
        When a key is declared that a panel never reads; no column says whom a row is about, or one that the panel names
        does; or a column of the panel is dropped, or read otherwise than it is written.
    """
    _require_columns(panel, data)
    declared: Mapping[str, set[str]] = {
        "data": data.model_fields_set.intersection(_UNREAD_OF_DATA),
        "split": split.model_fields_set,
        "training": training.model_fields_set.difference(_READ_OF_TRAINING),
        "promotion": promotion.model_fields_set,
    }
    for section, keys in declared.items():
        for key in sorted(keys):
            instead = "hold_from" if section == "split" else _INSTEAD.get((section, key))
            hint = "take it out" if instead is None else f"say it by [panel] {instead}"
            raise ValueError(f"[{section}] {key} is never read where there is a [panel]; {hint}")


def _require_columns(panel: PanelSection, data: DataSection) -> None:
    if data.entity is None:
        raise ValueError("[panel] needs [data] entity: the column that says whom a row is about")
    if data.entity in (panel.month, panel.since, *panel.products):
        raise ValueError(f'[panel] names "{data.entity}", which is the entity')
    if dropped := {panel.month, panel.since, *panel.products} & set(data.drop):
        raise ValueError(f'[data] drop names "{min(dropped)}", which [panel] needs')
    for key, told in (("missing", data.missing), ("replace", data.replace)):
        if read_plainly := {panel.month, *panel.products} & set(told):
            said = "the months and products of a [panel] are read as they are written, in a history too"
            raise ValueError(f'[data] {key} names "{min(read_plainly)}": {said}')
