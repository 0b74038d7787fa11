"""A service of our own: started, ready, and gone when its owner goes."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import urllib3

from keepfit.errors import ServiceError
from keepfit.workflows.local_service import local_service
from keepfit.workflows.train import train

OWNER = """
import sys, time
from pathlib import Path
from keepfit.cli.main import end_on_sigterm
from keepfit.workflows.local_service import local_service

end_on_sigterm()
project, port, log = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
with local_service(project, host="127.0.0.1", port=port, log=log) as url:
    print(url, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def project(make_project, tmp_path_factory):
    rooms = make_project(tmp_path_factory.mktemp("served"))
    train(rooms)
    return rooms.folder / "keepfit.toml"


def answers(url) -> bool:
    try:
        return urllib3.request("GET", f"{url}/ready", timeout=5, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def test_it_answers_as_long_as_it_is_needed(project, tmp_path, free_port):
    """Within the block it is ready; after it nothing answers."""
    with local_service(project, host="127.0.0.1", port=free_port(), log=tmp_path / "log") as url:
        assert answers(url)
    assert not answers(url)


def test_it_goes_when_its_owner_is_told_to_go(project, tmp_path, free_port):
    """SIGTERM to the owner, as a container or `kill` sends it, ends the service too."""
    command = [sys.executable, "-c", OWNER, str(project), str(free_port()), str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        url = owner.stdout.readline().strip()
        assert answers(url)
        owner.send_signal(signal.SIGTERM)
        assert owner.wait(30) == 143
    assert not answers(url)


def test_its_own_words_are_passed_on(tmp_path, free_port):
    """A service that ends at once says why."""
    (tmp_path / "keepfit.toml").write_text('[data]\nsource = "credit"\ntarget = "Status"\n')
    refused = pytest.raises(ServiceError, match=r"it ended at once: keepfit: .*there is no champion")
    with refused, local_service(tmp_path / "keepfit.toml", host="127.0.0.1", port=free_port(), log=tmp_path / "log"):
        pass
