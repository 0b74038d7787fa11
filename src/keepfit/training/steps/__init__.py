"""The feature steps that a project may declare: what each makes of its columns, and which columns it takes.

A step is an unfitted scikit-learn transformer over the door's float32 numbers, and every step here can be exported:
those of scikit-learn by skl2onnx's own converters, ours by the converter that stands beside them. A new step goes into
`STEPS` and must pass the contract of `tests/training/steps/test_steps.py`. Another package may register further ones,
and those may lack a converter (docs/extending.md).
"""

from keepfit.training.steps.converters import register_steps
from keepfit.training.steps.step import AS_IS, CATEGORIES, DATES, FILLERS, NUMBERS, ORDERED, Filler, Step
from keepfit.training.steps.stock import STEPS

__all__ = ["AS_IS", "CATEGORIES", "DATES", "FILLERS", "NUMBERS", "ORDERED", "STEPS", "Filler", "Step", "register_steps"]
