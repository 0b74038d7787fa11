"""Names that other packages register."""

from __future__ import annotations

import pytest

from keepfit.errors import ProjectError
from keepfit.project import read_project

PROJECT = """
[data]
source = "t.csv"
target = "y"
[[training.features]]
step = "{step}"
columns = ["x"]
[[training.candidates]]
model = "{model}"
"""


def test_a_registered_name_is_taken(example_package, tmp_path):
    """A step and a model of an installed package are as good as ours; nothing of it is imported for that."""
    (tmp_path / "keepfit.toml").write_text(PROJECT.format(step="rings", model="naive_bayes"))
    section = read_project(tmp_path / "keepfit.toml").training
    assert (section.features[0].step, section.candidates[0].model) == ("rings", "naive_bayes")


@pytest.mark.parametrize(
    ("step", "model", "said"),
    [
        ("ring", "naive_bayes", r'features\.0\.step = "ring": there is no such name; did you mean "rings"'),
        (
            "rings",
            "naive_bay",
            r'candidates\.0\.model = "naive_bay": there is no such name; did you mean "naive_bayes"',
        ),
        ("rings", "random_forrest", 'did you mean "random_forest"'),
        ("", "naive_bayes", "accepted: keep, ordinal"),
    ],
)
def test_a_name_that_nobody_registers_is_told(example_package, tmp_path, step, model, said):
    """The nearest of ours and of theirs is named, and where others come from."""
    (tmp_path / "keepfit.toml").write_text(PROJECT.format(step=step, model=model))
    with pytest.raises(ProjectError, match=said) as told:
        read_project(tmp_path / "keepfit.toml")
    assert 'entry points "keepfit.' in str(told.value)
