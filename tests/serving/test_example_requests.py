"""The examples as one service: what their READMEs ask is answered."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keepfit.workflows.examples import unpack_example
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("bank-scoring", "credit-status", "heart-disease", "wine-quality")
QUICK = """
candidates = [{ model = "random_forest", grid = { n_estimators = [20], max_depth = [6] } }]
folds = 2
"""


def quick(text: str) -> str:
    """Return a project file with one small candidate instead of its own."""
    text = re.sub(r"(?s)\[\[training\.candidates\]\].*?(?=\n\[[^\[]|\n\[\[(?!training)|\Z)", "", text)
    return text.replace("[training]", f"[training]{QUICK}", 1) if "[training]" in text else f"{text}\n[training]{QUICK}"


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """Each example, trained on its twin with a small candidate."""
    found = []
    for name in NAMES:
        folder = tmp_path_factory.mktemp(name)
        unpack_example(name, folder)
        file = folder / "keepfit.toml"
        file.write_text(quick(file.read_text()))
        rooms = Rooms.open(folder)
        train(rooms)
        found.append(rooms)
    return found


@pytest.fixture(scope="module")
def together(examples, serve):
    """All of them in one service."""
    with serve(examples[0], several=examples) as service:
        yield service


def requests_of(name: str) -> list[str]:
    """Return the curl lines of an example's README."""
    return re.findall(r"(?ms)^curl .*?(?=^#|^```)", (EXAMPLES / name / "README.md").read_text())


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_the_lines_of_a_readme_work(together, name):
    """Both curl lines of each, with their body, below the project's name."""
    lines = requests_of(name)
    assert len(lines) == 2
    for line in lines:
        at = together.url.removeprefix("http://")
        asked = ["bash", "-c", line.replace("localhost:8000", f"{at}/{name}")]
        told = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)
        answer = json.loads(told.stdout)
        assert answer.get("status", 200) == 200, answer


def test_the_published_forms_of_answers(together):
    """PD and cus_id, disease and patient_id, as the published systems answer."""
    (first, _), (heart, _) = requests_of("bank-scoring"), requests_of("heart-disease")
    bank = json.loads(re.search(r"(?s)-d '(.*?)'", first)[1])
    answer = together.post("/bank-scoring/api/prediction?cus_id=12345", bank).json()
    assert (answer["cus_id"], 0 <= answer["PD"] <= 1) == (12345, True)
    patient = json.loads(re.search(r"(?s)-d '(.*?)'", heart)[1])
    answer = together.post("/heart-disease/api/prediction?patient_id=17", patient).json()
    assert (answer["patient_id"], answer["disease"] in ("0", "1")) == (17, True)
    assert ("reasons" in answer) == (answer["disease"] == "1")


def test_each_project_has_its_own_metrics_and_pages(together):
    """One /metrics tells them apart; each has its documentation, its schema, its model."""
    for name in NAMES:
        assert together.get(f"/{name}/ready").json()["project"] == name
        assert together.get(f"/{name}/docs").status == 200
        schema = together.get(f"/{name}/openapi.json").json()
        assert "/api/prediction" in schema["paths"]
        assert together.get(f"/v2/models/{name}").json()["name"] == name
    text = together.get("/metrics").data.decode()
    for name in NAMES:
        assert f'keepfit_model_info{{form="graph",model_version="1",project="{name}",role="champion"}} 1.0' in text
    assert together.get("/nobody/ready").status == 404


def test_two_projects_of_one_name_are_refused(examples):
    """Whose answers would they be?"""
    file = str(examples[0].file)
    told = subprocess.run(
        [sys.executable, "-m", "keepfit", "serve", file, file, "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 1
    assert 'two projects are called "bank-scoring"; give one another [project] name' in told.stderr
