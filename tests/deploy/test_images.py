"""The images, built and run: what is in them, as whom they run, what they may write, what they do."""

from __future__ import annotations

import json
import os
import random
import re
import sys
import zipfile
from pathlib import Path

import pytest

from container_images import Image, require_images
from waiting import until

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-for-tests-of-images"
NOBODY = 10001
PAGE = (ROOT / "docs" / "deploying.md").read_text()
ASK = """
import json, sys, urllib.request
url, token, record = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
with urllib.request.urlopen(urllib.request.Request(url, record.encode(), headers), timeout=10) as answer:
    print(answer.read().decode())
"""
TRAINED = """
[project]
name = "small"
[data]
source = "table.csv"
target = "y"
positive = "yes"
[training]
candidates = [{ model = "lightgbm", grid = { n_estimators = [10] } }]
folds = 2
"""

pytestmark = pytest.mark.timeout(900)  # the first build makes the base, and fetches what is installed


@pytest.fixture(scope="session")
def serve_image():
    require_images()
    return Image("serve", ROOT)


@pytest.fixture(scope="session")
def train_image():
    require_images()
    return Image("train", ROOT)


@pytest.fixture
def project(tmp_path, make_scoring_project):
    """A project whose champion was made on this machine, given to the images' user."""
    return given(make_scoring_project(tmp_path))


def given(folder: Path) -> Path:
    """Give a folder to the user of the images, as the docs say."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    return folder


def answering(image: Image, project: Path):
    """Start what the image is for, with a token: a context manager."""
    return image.running("env", f"KEEPFIT_API_TOKEN={TOKEN}", *image.command, project=project)


def wait_until_healthy(container, image: Image) -> None:
    """Wait until the image's own check, asked inside, finds it well."""
    kind, *check = image.config["Healthcheck"]["Test"]
    assert kind == "CMD"
    until(lambda: container.execute(*check).returncode == 0, "the image's check finds it well", seconds=30)


def prediction(container, record: dict) -> dict:
    """Ask from outside, at the port that the image exposes."""
    url = "http://127.0.0.1:8000/api/prediction"
    asked = container.beside(sys.executable, "-c", ASK, url, TOKEN, json.dumps(record))
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)


def test_the_service_answers_as_nobody_and_stops_in_order(serve_image, project):
    """Healthy by its own check, asked from outside with the token; SIGTERM ends it with 0, the journal has it all."""
    with answering(serve_image, project) as container:
        assert " answers at http://0.0.0.0:8000" in container.first_line, container.first_line
        wait_until_healthy(container, serve_image)
        answer = prediction(container, {"id": "a", "age": 40, "income": 10.0, "job": "fixed"})
        assert answer["probability"] == pytest.approx(0.4)
        status = container.status()
        assert set(status["Uid"].split()) == set(status["Gid"].split()) == {str(NOBODY)}
        assert int(status["CapEff"], 16) == 0
        assert container.execute("python", "-c", "import psycopg").returncode == 0  # a journal may be in PostgreSQL
        status, said = container.stop()
        assert status == 0, said
    kept = serve_image.run("keepfit", "journal", "show", answer["id"], project=project)
    assert "0.4" in kept.stdout, kept.stderr


def test_the_check_finds_a_service_ill_that_does_not_answer(serve_image):
    """An engine learns it by the status of the check's command."""
    _, *check = serve_image.config["Healthcheck"]["Test"]
    ill = serve_image.run(*check)
    assert ill.returncode != 0
    assert "refused" in ill.stderr


def test_a_running_service_may_write_its_project_and_tmp(serve_image, project):
    """So its root may be mounted read-only. In /tmp nobody leaves anything, such as an identifier of the machine."""
    skipped = "-path /project -o -path /tmp -o -path /proc -o -path /sys -o -path /dev"
    with answering(serve_image, project) as container:
        wait_until_healthy(container, serve_image)
        writable = container.execute(
            "sh", "-c", f"find / \\( {skipped} \\) -prune -o -writable ! -type l -print 2>/dev/null"
        )
        assert writable.stdout == ""
        touched = container.execute("sh", "-c", "touch /project/a /tmp/b && find /tmp -type f")
        assert touched.stdout.split() == ["/tmp/b"], touched.stderr


def test_without_a_token_no_service_starts(serve_image, project):
    """Its address is for other machines, so the image's command alone is refused, and says what to set."""
    refused = serve_image.run(*serve_image.command, project=project)
    assert refused.returncode == 1
    assert "set KEEPFIT_API_TOKEN" in refused.stderr


def test_what_answers_has_nothing_that_installs_compiles_or_trains(serve_image):
    """No compiler, no installer, no training library, in its venv or in the system's Python."""
    found = serve_image.run("sh", "-c", "for one in pip pip3 uv gcc cc g++ ld make; do command -v $one; done; true")
    assert found.stdout == ""
    for python in ("python", "$(readlink -f $(command -v python))"):
        for module in ("pip", "ensurepip", "sklearn", "mlflow", "pandas", "uv", "hatchling"):
            assert serve_image.run("sh", "-c", f"{python} -c 'import {module}'").returncode == 1, (python, module)
    assert_size(serve_image, "serve")


@pytest.mark.parametrize("name", ["serve", "train"])
def test_nothing_of_the_building_is_kept(name, request):
    """An image has its own settings alone, and no address, certificate or token of the machine that built it."""
    image = request.getfixturevalue(f"{name}_image")
    own = {"HOME", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "ORT_DISABLE_TELEMETRY"}
    further = {"KEEPFIT_READY_URL"} if name == "serve" else {"MLFLOW_DISABLE_TELEMETRY", "GIT_PYTHON_REFRESH"}
    assert {one.partition("=")[0] for one in image.config["Env"]} == own | further
    assert not [step for step in image.history if "PIP_" in step or "SSL_" in step or "TOKEN" in step]
    assert image.config["Labels"]["org.opencontainers.image.title"] == f"keepfit-{name}"
    assert image.config["User"] == f"{NOBODY}:{NOBODY}"
    assert image.config["StopSignal"] == "SIGTERM"


def test_what_one_image_trains_the_other_answers(train_image, serve_image, tmp_path):
    """The train image knows every command and library, and trains as nobody; its champion is served from the folder."""
    assert "Usage: keepfit" in train_image.run("keepfit", "--help").stdout
    imports = "import catboost, grafana_foundation_sdk, lightgbm, mlflow, psycopg, sklearn, xgboost"
    imported = train_image.run("python", "-c", imports)
    assert imported.returncode == 0, imported.stderr
    assert "server" in train_image.run("mlflow", "--help").stdout
    chance = random.Random(1)
    rows = [(chance.randint(18, 80), chance.choice(("fixed", "partime"))) for _ in range(300)]
    lines = [f"{age},{job},{'yes' if chance.random() < age / 100 else 'no'}" for age, job in rows]
    (tmp_path / "table.csv").write_text("\n".join(["age,job,y", *lines]))
    (tmp_path / "keepfit.toml").write_text(TRAINED)
    trained = train_image.run("keepfit", "train", project=given(tmp_path))
    assert trained.returncode == 0, trained.stderr
    assert "v1 is champion" in trained.stdout
    with answering(serve_image, tmp_path) as container:
        wait_until_healthy(container, serve_image)
        answer = prediction(container, {"age": 40, "job": "fixed"})
        assert 0 < answer["probability"] < 1
    assert_size(train_image, "train")


def test_who_has_the_wheel_alone_builds_the_same_image(wheel, serve_image, tmp_path):
    """Unpacked, it is a context; keepfit is then the wheel beside it, with the same files as of a build from source."""
    inside = "keepfit/container/"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path, [one for one in archive.namelist() if one.startswith(inside)])
    context = tmp_path / inside
    (context / "dist").mkdir()
    (context / "dist" / wheel.name).write_bytes(wheel.read_bytes())
    listed = ("sh", "-c", "cd /opt/keepfit/lib/python3*/site-packages && find keepfit -type f | sort | xargs sha256sum")
    alone, cloned = (image.run(*listed).stdout for image in (Image("serve", context), serve_image))
    assert "keepfit/container/deploy/serve.Dockerfile" in alone
    assert alone == cloned


def assert_size(image: Image, name: str) -> None:
    """What is installed takes as much as docs/deploying.md tells."""
    counted = image.run(
        "sh", "-c", "find /opt/keepfit -type f -printf '%s\\n' | awk '{ s += $1 } END { print s / 1e6 }'"
    )
    told = re.search(rf"`keepfit-{name}` .*?\| (\d+) MB", PAGE)
    assert float(counted.stdout) == pytest.approx(float(told[1]), rel=0.05)
