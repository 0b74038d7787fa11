"""The worked example of a panel: what its README asks is answered, on a small part of its generated table."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keepfit.datasets.twins.santander import generate
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train_recommender import train_recommender

ROWS = 12_000
EXAMPLE = Path(__file__).parents[2] / "examples" / "product-recommendation"


def small(text: str) -> str:
    """Return the example's project file with a small table and one quick candidate, and else as it is."""
    text = text.replace('source = "santander-products"', 'source = "panel.parquet"')
    return text.replace("[panel]\n", '[panel]\ncandidates = [{ model = "ranker", rounds = 5 }]\n')


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    """The example, unpacked by the command of its README, and trained."""
    folder = tmp_path_factory.mktemp("example") / "products"
    made = [sys.executable, "-m", "keepfit", "new", str(folder), "--example", "product-recommendation"]
    subprocess.run(made, capture_output=True, text=True, timeout=60, check=True)
    file = folder / "keepfit.toml"
    file.write_text(small(file.read_text()))
    generate(42, ROWS).write_parquet(folder / "panel.parquet")
    rooms = Rooms.open(folder)
    train_recommender(rooms)
    return rooms


@pytest.fixture(scope="module")
def service(rooms, serve):
    with serve(rooms) as service:
        yield service


@pytest.fixture(scope="module")
def sample() -> dict:
    return json.loads((EXAMPLE / "sample.json").read_text())


def test_the_sample_comes_with_the_example(rooms, sample):
    """As it lies there: all columns of the table, and no other."""
    assert (rooms.folder / "sample.json").read_bytes() == (EXAMPLE / "sample.json").read_bytes()
    assert list(sample) == generate(42, 1).columns


def test_the_sample_is_answered_in_russian(service, rooms, sample):
    """1 or 0 for each product that can be recommended, by its declared name; what is owned is not recommended."""
    reply = service.post("/predict", sample)
    assert (reply.status, reply.headers["keepfit-months-known"]) == (200, "0")
    names, answer = rooms.project.panel.names["ru"], reply.json()
    known = [product for product in rooms.project.panel.products if product in service.get("/").json()["products"]]
    assert list(answer) == [names[product] for product in known]
    assert set(answer.values()) <= {0, 1}
    assert answer["Текущий счёт"] == 0


@pytest.mark.parametrize(
    ("language", "name"), [("ru", "Зарплатный счёт"), ("en", "Payroll account"), ("es", "Cuenta nómina")]
)
def test_each_declared_language_is_spoken(service, sample, language, name):
    """The same products in the same order, ranked and not."""
    assert name in service.post(f"/predict?lang={language}", sample).json()
    ranked = service.post(f"/predict_proba?lang={language}&threshold=0", sample).json()["products"]
    assert {"name": name, "product": "ind_cno_fin_ult1"}.items() <= next(
        one for one in ranked if one["product"] == "ind_cno_fin_ult1"
    ).items()
    assert "ind_cco_fin_ult1" not in [one["product"] for one in ranked]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_lines_of_the_readme_work(service, rooms):
    """Each curl line, run in the folder of the example."""
    lines = re.findall(r"(?m)^curl .*$", (EXAMPLE / "README.md").read_text())
    assert len(lines) == 3
    for line in lines:
        asked = ["bash", "-c", line.replace("http://127.0.0.1:8000", service.url)]
        told = subprocess.run(asked, cwd=rooms.folder, capture_output=True, text=True, timeout=30, check=True)
        answer = json.loads(told.stdout)
        assert "detail" not in answer
        assert answer


def test_a_random_customer_is_answered(service):
    """Of the last month of the reference, with a record that the service takes back."""
    answer = service.get("/random").json()
    assert answer["months_known"] == 0
    again = service.post("/predict", answer["record"])
    assert (again.status, again.json()) == (200, answer["recommended"])
