"""Reading `keepfit.toml`: what is accepted, and how a fault is told."""

from __future__ import annotations

import pytest

from keepfit.errors import ProjectError
from keepfit.project.reader import find_project_file, read_project

LEAST = '[data]\nsource = "t.csv"\ntarget = "y"\n'


@pytest.fixture
def read(tmp_path):
    """Read a text as a project file."""

    def reading(text, folder="my project!"):
        file = tmp_path / folder / "keepfit.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return read_project(file)

    return reading


def refused(read, text) -> str:
    with pytest.raises(ProjectError) as error:
        read(text)
    return str(error.value)


def test_source_and_target_are_enough(read):
    """Everything else has a default; the name is the folder's, made fit."""
    project = read(LEAST)
    assert (project.data.source, project.data.target) == ("t.csv", "y")
    assert project.name == "my-project"
    assert [candidate.model for candidate in project.training.candidates] == ["ensemble"]
    assert project.split_seed == project.project.seed == 42


def test_a_value_comes_from_the_environment(read, monkeypatch):
    """`${NAME}` is replaced within a text, wherever it stands."""
    monkeypatch.setenv("FOLDER", "/data")
    monkeypatch.setenv("CLASS", "good")
    project = read('[data]\nsource = "${FOLDER}/t.csv"\ntarget = "y"\ndrop = ["${CLASS}"]\n')
    assert project.data.source == "/data/t.csv"
    assert project.data.drop == ["good"]


def test_kinds_are_written_as_words(read):
    """A kind is a word of the file; another word lists those that there are."""
    project = read(LEAST + '[data.kinds]\nzip = "category"\n')
    assert project.data.kinds == {"zip": "category"}
    said = refused(read, LEAST + '[data.kinds]\nzip = "text"\n')
    assert "[data] kinds.zip = \"text\": input should be 'integer', 'number', 'category', 'flag' or 'date'" in said


def test_a_variable_that_is_not_set_is_named(read):
    """The message has the file, the key and the way out."""
    said = refused(read, '[data]\nsource = "${NOT_THERE}/t.csv"\ntarget = "y"\n')
    assert said == (
        "keepfit.toml: [data] source: the environment has no NOT_THERE; set it: export NOT_THERE=…, or write it into "
        ".env beside the project file"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "keepfit.toml: [data] is missing; add it to the file"),
        ('[data]\nsource = "t.csv"\n', "keepfit.toml: [data] target is missing; add it to the file"),
        (LEAST + 'postive = "a"\n', 'keepfit.toml: [data] postive: no such key; did you mean "positive"?'),
        (LEAST + "[trainin]\n", 'keepfit.toml: [trainin]: no such key; did you mean "training"?'),
        (
            LEAST + '[[training.candidates]]\nmodel = "xgboost"\ngird = {}\n',
            'keepfit.toml: [training] candidates.0.gird: no such key; did you mean "grid"?',
        ),
        (LEAST + "[serving]\nport = 2.5\n", "keepfit.toml: [serving] port = 2.5: input should be a valid integer"),
        (
            LEAST + "[serving]\nport = 70000\n",
            "keepfit.toml: [serving] port = 70000: input should be less than or equal to 65535",
        ),
        (
            LEAST + "[split]\nholdout = 1.5\n",
            "keepfit.toml: [split] holdout = 1.5: input should be less than 1",
        ),
        (
            LEAST + '[split]\nholdout = "a half"\n',
            'keepfit.toml: [split] holdout = "a half": input should be a valid number',
        ),
        (
            LEAST + '[[training.candidates]]\nmodel = "svm"\n',
            (
                'keepfit.toml: [training] candidates.0.model = "svm": there is no such name; accepted: ensemble, '
                "logistic_regression, random_forest, extra_trees, lightgbm, xgboost, catboost (others are entry points "
                '"keepfit.models")'
            ),
        ),
        (
            LEAST + '[[simulation.shift.rules]]\nlabel = "b"\nwhen = [{ column = "x" }]\n',
            'keepfit.toml: [simulation] shift.rules.0.when.0 = {"column": "x"}: needs one of below, at_least, among',
        ),
    ],
)
def test_a_fault_names_file_key_value_and_way_out(read, text, said):
    """One line says all of it."""
    assert refused(read, text) == said


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('drop = ["a", "b", "a"]', '[data] drop = ["a", "b", "a"]: names "a" 2 times; name it once'),
        ('known_after = ["a", "a"]', '[data] known_after = ["a", "a"]: names "a" 2 times; name it once'),
        ('numbers = ["a", "a"]', '[data] numbers = ["a", "a"]: names "a" 2 times; name it once'),
        ('drop = ["y"]', '[data] drop = ["y"]: names "y", which is the target and no feature; take it out'),
        (
            'known_after = ["y"]',
            '[data] known_after = ["y"]: names "y", which is the target and no feature; take it out',
        ),
        (
            'drop = ["id"]\nentity = "id"',
            '[data] drop = ["id"]: names "id", which is the entity and no feature; take it out',
        ),
        (
            'known_after = ["id"]\nentity = "id"',
            '[data] known_after = ["id"]: names "id", which is the entity and no feature; take it out',
        ),
        (
            'numbers = ["id"]\nentity = "id"',
            '[data] numbers = ["id"]: names "id", the entity, which is a name and no number; take it out',
        ),
        (
            'entity = "y"',
            (
                '[data] entity = "y": is the target too; name the column that says whom a row is about, or leave '
                "entity out"
            ),
        ),
        (
            'drop = ["a"]\ndrop_reasons = { b = "old" }',
            (
                '[data] drop_reasons = {"b": "old"}: names "b", which is not dropped; add it to drop, or take its '
                "reason out"
            ),
        ),
        (
            'numbers = ["a"]\nkinds = { a = "category" }',
            (
                '[data] kinds = {"a": "category"}: says of "a" that it is no number, but numbers names it; leave one '
                "of the two out"
            ),
        ),
        (
            'numbers = ["a"]\ncategories = { a = ["1"] }',
            (
                '[data] categories = {"a": ["1"]}: says of "a" that it is no number, but numbers names it; leave one '
                "of the two out"
            ),
        ),
        (
            'numbers = ["a"]\nreplace = { a = { "1" = "2" } }',
            (
                '[data] replace = {"a": {"1": "2"}}: says of "a" that it is no number, but numbers names it; leave one '
                "of the two out"
            ),
        ),
    ],
)
def test_what_is_declared_twice_is_told(read, keys, said):
    """A column named twice, or under keys that contradict each other, is told when the file is read."""
    assert refused(read, LEAST + keys + "\n") == f"keepfit.toml: {said}"


def test_what_agrees_may_be_declared_together(read):
    """A dropped column may be known late and hold numbers; the target may hold numbers; a kind of number agrees."""
    project = read(LEAST + 'drop = ["a"]\nknown_after = ["a"]\nnumbers = ["a", "y", "b"]\nkinds = { b = "integer" }\n')
    assert project.data.numbers == ["a", "y", "b"]


def test_all_faults_are_told_at_once(read):
    """Two faults are two lines; beyond eight there is a count."""
    assert len(refused(read, LEAST + "a = 1\nb = 2\n").splitlines()) == 2
    many = refused(read, LEAST + "".join(f"unknown{number} = 1\n" for number in range(12))).splitlines()
    assert len(many) == 9
    assert many[-1] == "… and 4 more"


def test_what_is_no_toml_says_the_line(read):
    """TOML's own finding is passed on."""
    said = refused(read, "[data]\nsource = t.csv\n")
    assert said.startswith("keepfit.toml: is not TOML: ")
    assert "line 2" in said
    assert said.endswith("; texts need quotes")


def test_a_long_value_is_cut(read):
    """A value of a thousand characters does not flood the terminal."""
    said = refused(read, LEAST + f'[split]\nholdout = "{"x" * 1000}"\n')
    assert len(said) < 200


def test_a_file_that_is_not_text_is_told(tmp_path):
    """Another encoding is an error in words."""
    file = tmp_path / "keepfit.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ProjectError, match="cannot be read"):
        read_project(file)


def test_the_file_is_found_in_its_folder(tmp_path):
    """A folder stands for the `keepfit.toml` in it; without one the way out is told."""
    with pytest.raises(ProjectError, match="no such project file; write one with `keepfit new"):
        find_project_file(tmp_path)
    file = tmp_path / "keepfit.toml"
    file.touch()
    assert find_project_file(tmp_path) == find_project_file(file) == file
