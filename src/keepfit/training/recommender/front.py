"""What a recommender's trees see of the door's matrix: the declared features, and every other column as it is."""

from __future__ import annotations

from typing import Any

from keepfit.project.training_section import TrainingSection
from keepfit.signature import Signature
from keepfit.training.pipelines import step_transformer
from keepfit.training.treatments import declared_treatments


def build_front(signature: Signature, section: TrainingSection, *, seed: int) -> Any:
    """Return the unfitted transformer; a column that no step names stays as it is, a missing value NaN.

    Parameters
    ----------
    signature
        Columns of the door's matrix.
    section
        The declared steps.
    seed
        Of steps that draw.
    """
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415 - heavy, and only for those who train

    declared = declared_treatments(signature, section)
    named = {at for _, positions in declared for at in positions}
    rest = [at for at in range(len(signature.columns)) if at not in named]
    steps = []
    for number, (treatment, positions) in enumerate(declared):
        columns = [signature.columns[at] for at in positions]
        transformer = step_transformer(treatment, columns, is_linear=False, seed=seed)
        steps.append((f"{treatment.step}_{number}", transformer, positions))
    return ColumnTransformer([*steps, ("as_they_are", "passthrough", rest)], sparse_threshold=0.0)
