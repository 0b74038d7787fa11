"""The text of a new project file."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.project.declaration import Project, sections
from keepfit.project.reader import read_project
from keepfit.project.scaffold import project_text, toml_value

scalars = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text())
values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)))


@given(values)
def test_a_value_is_read_back_as_it_was(value):
    """What is written as TOML is the same value when it is read."""
    assert tomllib.loads(f"key = {toml_value(value)}") == {"key": value}


def test_what_toml_has_not_is_a_mistake():
    """There is no null in TOML."""
    with pytest.raises(TypeError, match="TOML has no NoneType"):
        toml_value(None)


def test_the_text_is_a_project(tmp_path):
    """What is written can be read, names with quotation marks included."""
    text = project_text(source='a "table".csv', target="y", name="credit", positive="good")
    file = tmp_path / "keepfit.toml"
    file.write_text(text)
    project = read_project(file)
    assert (project.data.source, project.data.positive, project.name) == ('a "table".csv', "good", "credit")


def test_every_key_stands_in_it_commented_or_set():
    """A newcomer sees everything that can be declared, with its explanation."""
    text = project_text(source="t.csv", target="y", name="credit", positive="good")
    for name, model in sections().items():
        part = text.split(f"[{name}]\n")[1].split("\n[")[0]
        for key in model.model_fields:
            assert f"\n{key} = " in f"\n{part}" or f"# {key} = " in part, f"[{name}] {key}"


def test_what_is_commented_out_is_at_its_default(tmp_path):
    """Taking the comment signs away changes nothing, but for keys that have no default."""
    text = project_text(source="t.csv", target="y", name="credit", positive="good")
    lines = []
    for line in text.splitlines():
        name, _, value = line.removeprefix("# ").partition(" = ")
        is_key = line.startswith("# ") and value and name.isidentifier() and "(an example)" not in value
        lines.append(line.removeprefix("# ") if is_key else line)
    file = tmp_path / "keepfit.toml"
    file.write_text("\n".join(lines))
    plain = {"project": {"name": "credit"}, "data": {"source": "t.csv", "target": "y", "positive": "good"}}
    assert read_project(file) == Project.model_validate(plain)
