"""The declaration: every key is explained, and reading it is instant."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from keepfit.errors import ProjectError
from keepfit.project import read_project
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import EvaluationSection, Project, sections
from keepfit.project.section import Section


def every_section(model: type[Section] = Project, seen: tuple[type[Section], ...] = ()):
    """Yield a section and those within it."""
    from keepfit.project.reader import _is_section, _types  # noqa: PLC0415 - how the reader walks them

    yield model
    for field in model.model_fields.values():
        for part in _types(field.annotation):
            if _is_section(part) and part not in seen:
                yield from every_section(part, (*seen, part))


KEYS = [
    (model.__name__, key, field)
    for model in every_section()
    for key, field in model.model_fields.items()
    if model is not Project
]


@pytest.mark.parametrize(("model", "key", "field"), KEYS, ids=[f"{model}.{key}" for model, key, _ in KEYS])
def test_every_key_has_a_description_and_an_example(model, key, field):
    """The reference page, the schema and the scaffold are made of them."""
    assert field.description, f"{model}.{key}"
    assert field.description.endswith((".", "?")) or "`" in field.description
    assert field.examples or field.get_default(call_default_factory=True) is not None


def test_a_section_does_not_change():
    """A section is frozen: what was read is what holds."""
    section = DataSection(source="t.csv", target="y")
    with pytest.raises(ValidationError):
        section.target = "z"


def test_every_section_has_a_docstring():
    """A section says in a sentence what it is about."""
    assert all((model.__doc__ or "").strip() for model in sections().values())


def test_reading_a_project_imports_no_heavy_library():
    """Validation stays instant: no tables, no learning, no MLflow."""
    code = (
        "import sys; import keepfit.project.reader; "
        "print(sorted({'numpy', 'polars', 'pandas', 'sklearn', 'mlflow', 'sqlalchemy', 'fastapi'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"[]"


def test_shares_of_a_learning_curve_ascend():
    """Each once, the smallest first."""
    assert EvaluationSection(learning_curve=[0.25, 0.5]).learning_curve == [0.25, 0.5]
    with pytest.raises(ValidationError, match="must ascend; name each share once"):
        EvaluationSection(learning_curve=[0.5, 0.25])


def test_a_number_that_is_not_finite_is_refused_everywhere(tmp_path):
    """In any section: nothing that is compared or multiplied with it would mean anything."""
    text = '[data]\nsource = "a.csv"\ntarget = "y"\n[simulation.shift]\nscale = { Income = inf }\n'
    (tmp_path / "keepfit.toml").write_text(text)
    with pytest.raises(ProjectError, match=r"\[simulation\] shift.scale.Income = .*finite number"):
        read_project(tmp_path / "keepfit.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[training]\nmetric = "cost"\n', "keepfit.toml: [training]: the metric cost needs [training.costs]"),
        ('[promotion]\nstaging_metric = "cost"\n', 'keepfit.toml: the file: [promotion] staging_metric = "cost" needs'),
        (
            "[training]\ncosts = { false_positive = 0.0 }\n",
            'keepfit.toml: [training] costs = {"false_positive": 0.0}: a wrong decision must cost more',
        ),
    ],
)
def test_what_a_section_lacks_is_said_without_the_section(text, said, tmp_path):
    """The message names keys; the whole section would bury it."""
    (tmp_path / "keepfit.toml").write_text(f'[data]\nsource = "a.csv"\ntarget = "y"\n{text}')
    with pytest.raises(ProjectError) as caught:
        read_project(tmp_path / "keepfit.toml")
    assert str(caught.value).startswith(said)


PANEL = """
[project]
name = "t"
[data]
source = "t.csv"
target = "y"
entity = "who"
[panel]
month = "month"
products = ["card"]
hold_from = "2016-02"
"""


@pytest.mark.parametrize(
    ("monitoring", "floor"),
    [("", 0.0), ("[monitoring]\nmin_window = 50\n", 0.0), ("[monitoring]\nmin_f1 = 0.2\n", 0.2)],
)
def test_recommendations_have_no_floor_that_nobody_declared(tmp_path, monitoring, floor):
    """F1 over all recommendations is far below that of one decision; another table keeps the default of all."""
    path = tmp_path / "keepfit.toml"
    path.write_text(PANEL + monitoring)
    assert read_project(path).monitoring.min_f1 == floor
    path.write_text(PANEL.split("[panel]", maxsplit=1)[0])
    assert read_project(path).monitoring.min_f1 == 0.5


def test_a_monitoring_that_is_no_table_is_told_as_ever(tmp_path):
    """The default of a panel hides no fault."""
    path = tmp_path / "keepfit.toml"
    path.write_text("monitoring = 3\n" + PANEL)
    with pytest.raises(ProjectError, match="monitoring"):
        read_project(path)
