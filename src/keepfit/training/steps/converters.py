"""Our own steps, made known to skl2onnx."""

from __future__ import annotations

from typing import Any


def register_steps() -> None:
    """Teach skl2onnx our steps' converters; doing it again changes nothing."""
    from skl2onnx import update_registered_converter  # noqa: PLC0415 - heavy, and only for those who train

    from keepfit.training.steps.date_parts import (  # noqa: PLC0415 - as above
        DateParts,
        convert_date_parts,
        shape_date_parts,
    )
    from keepfit.training.steps.elapsed_days import ElapsedDays, convert_elapsed_days  # noqa: PLC0415 - as above
    from keepfit.training.steps.frequency import FrequencyEncoder, convert_frequency  # noqa: PLC0415 - as above
    from keepfit.training.steps.from_first import FromFirst, convert_from_first  # noqa: PLC0415 - as above
    from keepfit.training.steps.group_median_log import (  # noqa: PLC0415 - as above
        GroupMedianLog,
        convert_group_median_log,
    )
    from keepfit.training.steps.kept_features import (  # noqa: PLC0415 - as above
        KeptFeatures,
        convert_kept_features,
        shape_kept_features,
    )
    from keepfit.training.steps.quantile_shares import (  # noqa: PLC0415 - as above
        QuantileShares,
        convert_quantile_shares,
    )
    from keepfit.training.steps.signed_log import SignedLog, convert_signed_log  # noqa: PLC0415 - as above

    update_registered_converter(FrequencyEncoder, "KeepfitFrequencyEncoder", _same_width, convert_frequency)
    update_registered_converter(FromFirst, "KeepfitFromFirst", _same_width, convert_from_first)
    update_registered_converter(DateParts, "KeepfitDateParts", shape_date_parts, convert_date_parts)
    update_registered_converter(ElapsedDays, "KeepfitElapsedDays", _one_wide, convert_elapsed_days)
    update_registered_converter(GroupMedianLog, "KeepfitGroupMedianLog", _one_wide, convert_group_median_log)
    update_registered_converter(KeptFeatures, "KeepfitKeptFeatures", shape_kept_features, convert_kept_features)
    update_registered_converter(QuantileShares, "KeepfitQuantileShares", _same_width, convert_quantile_shares)
    update_registered_converter(SignedLog, "KeepfitSignedLog", _same_width, convert_signed_log)


def _same_width(operator: Any) -> None:
    """Say that the output is float32 and as wide as the input."""
    from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415 - heavy, and only for those who train

    operator.outputs[0].type = FloatTensorType([None, operator.inputs[0].type.shape[1]])


def _one_wide(operator: Any) -> None:
    """Say that the output is one column of float32."""
    from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415 - as above

    operator.outputs[0].type = FloatTensorType([None, 1])
