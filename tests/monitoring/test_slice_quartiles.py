"""Where a check cuts numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.monitoring.conftest import SIGNATURE, Population

from keepfit.evaluation import quartiles_of
from keepfit.monitoring import reference_quartiles
from keepfit.profiles import build_profile


def test_the_cuts_are_those_of_training_to_a_bin():
    """Of numbers that are asked for; what has no order is not cut."""
    matrix, probability = Population(0).rows(3000)
    found = reference_quartiles(build_profile(SIGNATURE, matrix, probability), ["income", "age", "job"])
    assert list(found) == ["income", "age"]
    for at, name in enumerate(found):
        values = matrix[:, at]
        share_between = [float(np.mean(np.abs(values[values > 0] - cut) < 1e-9)) for cut in found[name]]
        below = [np.nanmean(values < cut) for cut in found[name]]
        expected = [np.nanmean(values < cut) for cut in quartiles_of(values)]
        assert below == pytest.approx(expected, abs=0.02 + max(share_between))


def test_a_number_that_is_mostly_nil_is_cut_less():
    """Cuts that are the least value leave nothing below them; a column without values has none."""
    matrix, probability = Population(0).rows(1000)
    matrix[:, 1] = np.nan
    found = reference_quartiles(build_profile(SIGNATURE, matrix, probability), ["debt", "age"])
    assert found == {"age": [], "debt": []}
