"""Names for the arrays that pass between modules; shapes are told where they are used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]  # rows from the door; NaN where a value is missing
Labels = NDArray[np.int8]  # 1, 0, or -1 where it is not known
