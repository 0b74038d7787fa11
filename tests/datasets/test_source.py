"""Getting a table: from a file, a mirror, the cache, its public address, or as a twin."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import fetch_table, locate_table, source
from keepfit.datasets.catalogue import CATALOGUE, CatalogueEntry
from keepfit.datasets.source import Origin
from keepfit.datasets.table import read_table
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

TABLE = b"n,Status\n1,good\n2,bad\n"
FRAME = pl.DataFrame({"n": [1, 2], "Status": ["good", "bad"]})
DIGEST = hashlib.sha256(TABLE).hexdigest()
MIRROR = source.MIRROR_VARIABLE


class PublicHome(ThreadingHTTPServer):
    """A public address on this machine; `answer` may be replaced by a test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/table.csv"
        self.asked: list[str] = []
        self.status = 200
        self.body = TABLE
        self.headers = {"Content-Length": str(len(TABLE))}
        self.may_answer = threading.Event()
        self.may_answer.set()

    def handle_error(self, request, client_address) -> None:
        """Say nothing of clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: PublicHome

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.may_answer.wait(10)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_) -> None:
        """Print nothing."""


@pytest.fixture
def home(monkeypatch):
    """Give a public address on this machine, and a network that may be asked."""
    monkeypatch.setenv(source.OFFLINE_VARIABLE, "0")
    monkeypatch.setenv("no_proxy", "*")
    with PublicHome() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.may_answer.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Give an empty mirror directory that the environment names."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv(MIRROR, str(folder))
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "workspace" / "cache"


def twin(seed: int) -> pl.DataFrame:
    return pl.DataFrame({"n": [seed], "Status": ["generated"]})


ENTRY = CatalogueEntry("table.csv", "http://keepfit.invalid/table.csv", DIGEST, "A table of two rows.", twin)


@pytest.fixture
def fetch(tmp_path, cache):
    """Fetch a table with a catalogue of one entry."""

    def fetch_from(entry=ENTRY, name="small", *, seed=1, offline=False, **keys):
        section = DataSection(source=name, target="Status", **keys)
        with pytest.MonkeyPatch.context() as patch:
            if offline:
                patch.setenv("KEEPFIT_OFFLINE", "1")
            return fetch_table(section, folder=tmp_path, cache=cache, seed=seed, catalogue={"small": entry})

    return fetch_from


def at(home: PublicHome) -> CatalogueEntry:
    return replace(ENTRY, url=home.url)


def told(call) -> tuple[str, str, str]:
    """Return where, what and hint of the refusal."""
    with pytest.raises(DatasetError) as caught:
        call()
    return caught.value.where, caught.value.what, caught.value.hint


def left_behind(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir())


# a file


def test_a_file_is_found_beside_the_project_file(tmp_path, fetch):
    """A relative path begins at the project's folder; the table says which file it is, and its digest."""
    path = tmp_path / "data" / "mine.csv"
    path.parent.mkdir()
    path.write_bytes(TABLE)
    table = fetch(name="data/mine.csv")
    assert_frame_equal(table.frame, FRAME)
    assert (table.name, table.origin, table.address) == ("data/mine.csv", Origin.FILE, "data/mine.csv")
    assert (table.path, table.sha256, table.is_twin) == (path, DIGEST, False)


def test_a_file_is_found_at_home_or_anywhere(tmp_path, fetch, monkeypatch):
    """A path may begin at the root, or at the home folder."""
    (tmp_path / "mine.csv").write_bytes(TABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (str(tmp_path / "mine.csv"), "~/mine.csv"):
        assert fetch(name=name).path == tmp_path / "mine.csv"


def test_a_file_is_read_as_the_project_says(tmp_path, fetch):
    """Separator and missing values of the project file are those that the table is read with."""
    (tmp_path / "mine.csv").write_text("n,m;Status\n?,2;good\n3,4;?\n")
    table = fetch(name="mine.csv", separator=";", missing_values=["?"])
    assert table.frame.rows() == [("?,2", "good"), ("3,4", None)]


def test_a_file_goes_before_the_catalogue(tmp_path, fetch):
    """A file that is called like an entry is the file; a folder of that name is none."""
    (tmp_path / "small").mkdir()
    assert fetch().origin is Origin.TWIN
    (tmp_path / "small").rmdir()
    (tmp_path / "small").write_bytes(TABLE)
    where, what, _ = told(fetch)
    assert (where, what) == (str(tmp_path / "small"), "cannot read a file without a suffix")


def test_an_absent_file_is_told(tmp_path, fetch):
    """What ends like a table is a path, and told in full when nothing is there."""
    assert told(lambda: fetch(name="data/mine.csv")) == (
        str(tmp_path / "data" / "mine.csv"),
        "no such file",
        "check [data] source in keepfit.toml",
    )


@pytest.mark.parametrize(("name", "hint"), [("smal", 'did you mean "small"?'), ("wine", "accepted: small")])
def test_an_unknown_name_is_told(tmp_path, fetch, name, hint):
    """What is neither file nor entry is told with the nearest entry, and with the path that was looked at."""
    assert told(lambda: fetch(name=name)) == (
        f'keepfit.toml: [data] source = "{name}"',
        "no such file, and no such name in the catalogue",
        f"{hint} (a path must lead to a file: {tmp_path / name} is none)",
    )


# a mirror


def test_a_mirror_goes_before_everything(mirror, fetch, cache, home):
    """A table of the mirror is taken from there, and nobody is asked."""
    (mirror / "table.csv").write_bytes(TABLE)
    table = fetch(at(home))
    assert_frame_equal(table.frame, FRAME)
    assert (table.origin, table.path, table.address) == (
        Origin.MIRROR,
        mirror / "table.csv",
        str(mirror / "table.csv"),
    )
    assert home.asked == []


def test_a_mirrored_table_is_kept(mirror, fetch, cache, monkeypatch):
    """A project finds the same table when the mirror is not set any more."""
    (mirror / "table.csv").write_bytes(TABLE)
    cache.mkdir(parents=True)
    (cache / "table.csv").write_bytes(b"altered")
    mirrored = fetch()
    assert left_behind(cache) == ["table.csv"]
    monkeypatch.delenv(MIRROR)
    kept = fetch()
    assert (kept.origin, kept.sha256) == (Origin.CACHE, mirrored.sha256)


def test_a_kept_table_is_not_copied_again(mirror, fetch, cache):
    """A mirror is copied once."""
    (mirror / "table.csv").write_bytes(TABLE)
    fetch()
    before = (cache / "table.csv").stat()
    fetch()
    after = (cache / "table.csv").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_mirror_may_be_at_home(tmp_path, fetch, monkeypatch):
    """The variable may begin with a tilde."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "table.csv").write_bytes(TABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(MIRROR, "~/mirror")
    assert fetch().origin is Origin.MIRROR


def test_a_mirror_without_the_table_is_passed_over(mirror, fetch):
    """A mirror need not hold every table."""
    assert fetch().origin is Origin.TWIN


def test_an_altered_mirror_is_told(mirror, fetch, cache):
    """A mirrored file of another checksum is an error: it is neither used nor passed over."""
    (mirror / "table.csv").write_bytes(b"altered")
    found = hashlib.sha256(b"altered").hexdigest()
    assert told(fetch) == (
        str(mirror / "table.csv"),
        f"the checksum differs: SHA-256 is {found}, the catalogue says {DIGEST}",
        "replace the file, or unset KEEPFIT_DATA_MIRROR",
    )
    assert not cache.exists()


def test_a_mirror_that_is_no_folder_is_told(tmp_path, fetch, monkeypatch):
    """A variable that leads nowhere is told, not passed over."""
    monkeypatch.setenv(MIRROR, str(tmp_path / "none"))
    assert told(fetch) == (
        f"KEEPFIT_DATA_MIRROR={tmp_path / 'none'}",
        "no such folder",
        "correct or unset the variable",
    )


# the public address


def test_a_table_comes_from_its_public_address(fetch, cache, home):
    """A table that is nowhere near is downloaded, checked and kept under its name, and nothing else stays."""
    table = fetch(at(home))
    assert_frame_equal(table.frame, FRAME)
    assert (table.origin, table.address, table.path) == (Origin.DOWNLOAD, home.url, cache / "table.csv")
    assert (table.sha256, table.is_twin) == (DIGEST, False)
    assert left_behind(cache) == ["table.csv"]


def test_a_table_is_downloaded_once(fetch, home):
    """What was downloaded is taken from the cache the next time, with the same address."""
    fetch(at(home))
    table = fetch(at(home))
    assert (table.origin, table.address) == (Origin.CACHE, home.url)
    assert home.asked == ["/table.csv"]


def test_an_altered_cache_is_not_used(fetch, cache, home):
    """A kept file of another checksum is fetched anew."""
    cache.mkdir(parents=True)
    (cache / "table.csv").write_bytes(b"altered")
    assert fetch(at(home)).origin is Origin.DOWNLOAD
    assert (cache / "table.csv").read_bytes() == TABLE


def test_a_length_need_not_be_announced(fetch, home):
    """A table whose length is not announced, or is announced as nonsense, is whole when its checksum says so."""
    home.headers = {}
    assert fetch(at(home)).origin is Origin.DOWNLOAD
    home.headers = {"Content-Length": "many"}
    assert fetch(replace(at(home), file_name="again.csv")).origin is Origin.DOWNLOAD


@pytest.mark.parametrize("others", [b"", b"n,Status\n1,good\n2,good\n"], ids=["empty", "another table"])
def test_another_public_file_is_told(fetch, cache, home, others):
    """A public file of another checksum is an error that names its address, and is not kept."""
    home.body, home.headers = others, {}
    found = hashlib.sha256(others).hexdigest()
    assert told(lambda: fetch(at(home))) == (
        home.url,
        f"the checksum differs: SHA-256 is {found}, the catalogue says {DIGEST}",
        "the public file may have changed: get it yourself and set KEEPFIT_DATA_MIRROR",
    )
    assert left_behind(cache) == []


@pytest.mark.parametrize(("status", "reason"), [(401, "Unauthorized"), (403, "Forbidden"), (429, "Too Many Requests")])
def test_a_refusal_is_told(fetch, cache, home, status, reason):
    """An address that refuses is told: a twin would hide that the table is there."""
    home.status = status
    assert told(lambda: fetch(at(home))) == (
        home.url,
        f"answers {status} {reason}",
        "get the file yourself and set KEEPFIT_DATA_MIRROR",
    )
    assert left_behind(cache) == []


@pytest.mark.parametrize("status", [404, 500, 503])
def test_an_address_out_of_order_gives_the_twin(fetch, cache, home, status):
    """An address that lacks the file, or is out of order, is as good as none."""
    home.status = status
    assert fetch(at(home)).is_twin
    assert left_behind(cache) == ["small-twin-1.csv"]


def test_a_body_that_breaks_off_gives_the_twin(fetch, cache, home):
    """Fewer bytes than announced are a broken connection, not another file."""
    home.headers = {"Content-Length": str(len(TABLE) + 1)}
    assert fetch(at(home)).is_twin
    assert left_behind(cache) == ["small-twin-1.csv"]


def test_chunks_that_break_off_give_the_twin(fetch, home):
    """Chunks without the last one are a broken connection too."""
    home.headers, home.body = {"Transfer-Encoding": "chunked"}, b"6\r\nn,St"
    assert fetch(at(home)).is_twin


def test_an_address_where_nobody_listens_gives_the_twin(fetch, home):
    """A connection that is refused gives the twin, and the table as soon as somebody answers."""
    home.server_close()
    assert fetch(at(home)).is_twin
    with PublicHome() as another:
        thread = threading.Thread(target=another.handle_request)
        thread.start()
        assert fetch(at(another)).origin is Origin.DOWNLOAD
        thread.join()


def test_a_name_that_nobody_knows_gives_the_twin(fetch, home, monkeypatch):
    """A host that cannot be resolved gives the twin."""

    def getaddrinfo(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert fetch().is_twin


def test_a_network_that_goes_away_gives_the_twin(fetch, home, monkeypatch):
    """A failure of the network while reading is not taken for one of the disk."""

    def read1(*_):
        raise OSError(113, "No route to host")

    monkeypatch.setattr("http.client.HTTPResponse.read1", read1)
    assert fetch(at(home)).is_twin


def test_an_address_that_does_not_answer_gives_the_twin(fetch, home, monkeypatch):
    """Nobody waits for longer than the timeout."""
    monkeypatch.setattr(source, "_TIMEOUT_SECONDS", 0.1)
    home.may_answer.clear()
    assert fetch(at(home)).is_twin


def test_an_address_that_is_too_slow_gives_the_twin(fetch, home, monkeypatch):
    """Nobody waits for longer than a download may take, however regularly a few bytes come."""
    monkeypatch.setattr(source, "_DOWNLOAD_SECONDS", 0.0)
    monkeypatch.setattr(source, "_CHUNK_BYTES", 4)
    assert fetch(at(home)).is_twin


def test_a_file_without_an_end_is_told(fetch, cache, home, monkeypatch):
    """A download does not fill the disk."""
    monkeypatch.setattr(source, "_LARGEST_DOWNLOAD_BYTES", len(TABLE) - 1)
    assert told(lambda: fetch(at(home))) == (home.url, "is larger than 2 GiB", "get it yourself")
    assert left_behind(cache) == []


# a member of an archive


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def give(home: PublicHome, body: bytes, member: str = "table.csv") -> CatalogueEntry:
    """Let the public home answer with these bytes, and return the entry of a member."""
    home.body, home.headers = body, {"Content-Length": str(len(body))}
    return replace(at(home), member=member)


@pytest.mark.parametrize("member", ["table.csv", "data/small.csv"])
def test_a_member_is_taken_out_of_its_archive(fetch, cache, home, member):
    """Of an archive only the member is kept, under the entry's name; its own digest is the one that counts."""
    entry = give(home, zipped({"names.txt": b"two rows", member: TABLE, "other.csv": b"n\n3\n"}), member)
    table = fetch(entry)
    assert_frame_equal(table.frame, FRAME)
    assert (table.origin, table.address, table.path) == (Origin.DOWNLOAD, home.url, cache / "table.csv")
    assert table.sha256 == DIGEST
    assert left_behind(cache) == ["table.csv"]
    assert fetch(entry).origin is Origin.CACHE


@pytest.mark.parametrize("member", ["../../escaped.csv", "/escaped.csv"])
def test_no_name_of_an_archive_leads_out_of_the_cache(tmp_path, fetch, cache, home, member):
    """A member whose name climbs is written under the entry's name like any other."""
    assert fetch(give(home, zipped({member: TABLE}), member)).path == cache / "table.csv"
    assert [path.name for path in tmp_path.rglob("*.csv")] == ["table.csv"]


def test_another_member_is_told(fetch, cache, home):
    """A member of another checksum is an error that names it and its archive, and is not kept."""
    found = hashlib.sha256(b"altered").hexdigest()
    assert told(lambda: fetch(give(home, zipped({"table.csv": b"altered"})))) == (
        f"table.csv in {home.url}",
        f"the checksum differs: SHA-256 is {found}, the catalogue says {DIGEST}",
        "the public file may have changed: get it yourself and set KEEPFIT_DATA_MIRROR",
    )
    assert left_behind(cache) == []


def test_an_archive_without_the_member_is_told(fetch, cache, home):
    """An archive that lacks the member is an error."""
    where, what, _ = told(lambda: fetch(give(home, zipped({"other.csv": TABLE}))))
    assert (where, what) == (f"table.csv in {home.url}", "no such file in the archive")
    assert left_behind(cache) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda archive: b"<html>moved</html>", id="a page"),
        pytest.param(lambda archive: b"", id="nothing"),
        pytest.param(lambda archive: archive[:-1], id="its end is missing"),
        pytest.param(lambda archive: archive[10:], id="its beginning is missing"),
        pytest.param(lambda archive: archive.replace(archive[39:43], b"\xff\xff\xff\xff", 1), id="its bytes are wrong"),
        pytest.param(lambda archive: archive.replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1"), id="encrypted"),
    ],
)
def test_a_broken_archive_is_told(fetch, cache, home, spoilt):
    """What is no archive, or one that cannot be read, is an error and no traceback; nothing of it is kept."""
    archive = zipped({"table.csv": TABLE})
    assert spoilt(archive) != archive
    where, what, hint = told(lambda: fetch(give(home, spoilt(archive))))
    assert where == f"table.csv in {home.url}"
    assert what.startswith("cannot be read from the archive: ")
    assert hint == "the public file may have changed: get it yourself and set KEEPFIT_DATA_MIRROR"
    assert left_behind(cache) == []


def test_an_archive_that_swells_is_told(fetch, cache, home, monkeypatch):
    """A small archive of a large member does not fill the disk."""
    archive = zipped({"table.csv": b"0" * 100_000})
    monkeypatch.setattr(source, "_LARGEST_DOWNLOAD_BYTES", 10_000)
    monkeypatch.setattr(source, "_CHUNK_BYTES", 1000)
    assert len(archive) < 10_000
    assert told(lambda: fetch(give(home, archive))) == (
        f"table.csv in {home.url}",
        "is larger than 2 GiB",
        "get it yourself",
    )
    assert left_behind(cache) == []


def test_an_archive_without_an_end_is_told(fetch, cache, home, monkeypatch):
    """The archive itself is bounded as a file is."""
    archive = zipped({"table.csv": TABLE})
    monkeypatch.setattr(source, "_LARGEST_DOWNLOAD_BYTES", len(archive) - 1)
    where, what, _ = told(lambda: fetch(give(home, archive)))
    assert (where, what) == (home.url, "is larger than 2 GiB")
    assert left_behind(cache) == []


def test_an_archive_out_of_reach_gives_the_twin(fetch, cache, home):
    """An archive that breaks off or is absent is as good as none."""
    entry = give(home, zipped({"table.csv": TABLE}))
    home.headers = {"Content-Length": str(len(home.body) + 1)}
    assert fetch(entry).is_twin
    home.status = 404
    assert fetch(entry).is_twin
    assert left_behind(cache) == ["small-twin-1.csv"]


# offline


@pytest.mark.parametrize("said", ["1", "true", "yes", "TRUE"])
def test_offline_in_the_environment(fetch, home, monkeypatch, said):
    """A variable that says yes keeps the network unasked."""
    monkeypatch.setenv(source.OFFLINE_VARIABLE, said)
    assert fetch(at(home)).is_twin
    assert home.asked == []


@pytest.mark.parametrize("said", [None, "", "0", "false", "No"])
def test_online_in_the_environment(fetch, home, monkeypatch, said):
    """A variable that says no, or nothing, lets the network be asked."""
    if said is None:
        monkeypatch.delenv(source.OFFLINE_VARIABLE)
    else:
        monkeypatch.setenv(source.OFFLINE_VARIABLE, said)
    assert fetch(at(home)).origin is Origin.DOWNLOAD


def test_offline_as_an_option(fetch, home):
    """The option keeps the network unasked though the environment lets it be."""
    assert fetch(at(home), offline=True).is_twin
    assert home.asked == []


def test_the_cache_serves_offline(fetch, home):
    """What was downloaded before is the table offline too."""
    fetch(at(home))
    assert fetch(at(home), offline=True).origin is Origin.CACHE


# a twin


def test_a_twin_says_that_it_is_one(fetch, cache):
    """A twin's rows are told from real ones by their origin, and its address says the seed."""
    table = fetch(seed=7)
    assert_frame_equal(table.frame, twin(7))
    assert (table.origin, table.is_twin, table.address) == (Origin.TWIN, True, "generated with seed 7")
    assert (table.name, table.path) == ("small", cache / "small-twin-7.csv")
    assert table.sha256 == hashlib.sha256(table.path.read_bytes()).hexdigest()


def test_a_twin_is_generated_once_for_each_seed(fetch, cache):
    """The same seed reads the kept twin; another seed has a file of its own."""
    drawn = []

    def counting(seed):
        drawn.append(seed)
        return twin(seed)

    entry = replace(ENTRY, twin=counting)
    for seed in (1, 2, 1):
        assert_frame_equal(fetch(entry, seed=seed).frame, twin(seed))
    assert drawn == [1, 2]
    assert left_behind(cache) == ["small-twin-1.csv", "small-twin-2.csv"]


def test_a_twin_has_the_separator_of_its_table(fetch):
    """A project that says how the table is separated reads the twin too."""
    entry = replace(ENTRY, separator=";")
    assert fetch(entry, separator=";").path.read_text() == "n;Status\n1;generated\n"
    assert_frame_equal(fetch(entry, separator=";").frame, twin(1))


def test_a_twin_gives_way_to_the_table(fetch, home):
    """A project that began with the twin gets the table when the network is back."""
    assert fetch(at(home), offline=True).is_twin
    assert fetch(at(home)).origin is Origin.DOWNLOAD


# a cache that cannot be written


@pytest.mark.parametrize("origin", [Origin.MIRROR, Origin.DOWNLOAD, Origin.TWIN])
def test_a_cache_that_cannot_be_written_is_told(tmp_path, fetch, home, monkeypatch, origin):
    """A cache under a file, where no folder can be, is told whatever should be kept there."""
    if origin is Origin.MIRROR:
        (tmp_path / "table.csv").write_bytes(TABLE)
        monkeypatch.setenv(MIRROR, str(tmp_path))
    (tmp_path / "workspace").write_text("a file")
    where, what, hint = told(lambda: fetch(at(home), offline=origin is Origin.TWIN))
    name = "small-twin-1.csv" if origin is Origin.TWIN else "table.csv"
    assert where == str(tmp_path / "workspace" / "cache" / name)
    assert what == "cannot be written: Not a directory"
    assert hint == "check its folder, its rights and the space on the disk"


# the catalogue


NAMES = ["bank-marketing", "bank-marketing-full", "credit", "heart", "wine-red"]


def test_every_entry_can_be_fetched():
    """An entry has a table's name, an address without a password, a SHA-256, a description and its terms."""
    assert CATALOGUE.keys() >= set(NAMES)
    public = [entry for entry in CATALOGUE.values() if entry.is_public]
    for entry in public:
        assert entry.file_name.endswith((".csv", ".parquet"))
        assert entry.url.startswith("https://")
        assert "@" not in entry.url
        assert entry.url.endswith(".zip") == (entry.member is not None)
        assert len(bytes.fromhex(entry.sha256)) == 32
        assert "CC BY 4.0" in entry.description or "licence" in entry.description
    assert len({entry.file_name for entry in CATALOGUE.values()}) == len(CATALOGUE)


def test_a_table_that_nobody_may_hand_on_is_generated(tmp_path, cache, monkeypatch):
    """The product panel has no public home: its stand-in is its source, kept as Parquet, and it says so."""
    section = DataSection(source="santander-products", target="ind_recibo_ult1")
    monkeypatch.setitem(CATALOGUE, "santander-products", replace(CATALOGUE["santander-products"], twin=twin))
    found = locate_table(section, folder=tmp_path, cache=cache, seed=3)
    assert (found.origin, found.path.name) == (Origin.TWIN, "santander-products-twin-3.parquet")
    assert pl.read_parquet(found.path).equals(twin(3))


@pytest.mark.parametrize(
    ("name", "target", "shape", "gaps"),
    [
        ("bank-marketing", "y", (4521, 17), 0),
        ("bank-marketing-full", "y", (45211, 17), 0),
        ("credit", "Status", (4454, 15), 455),
        ("heart", "target", (303, 14), 0),
        ("wine-red", "quality", (1599, 12), 0),
    ],
)
def test_a_table_is_the_catalogues(datasets, tmp_path, monkeypatch, name, target, shape, gaps):
    """The mirrored table has the catalogue's checksum and separator, and its known rows, columns and missing cells."""
    monkeypatch.setenv(MIRROR, str(datasets))
    section = DataSection(source=name, target=target, separator=CATALOGUE[name].separator)
    table = fetch_table(section, folder=tmp_path, cache=tmp_path, seed=1)
    assert table.origin is Origin.MIRROR
    assert table.frame.shape == shape
    assert sum(table.frame.null_count().row(0)) == gaps


@pytest.mark.parametrize("name", NAMES)
def test_a_twin_stands_in_for_every_table(datasets, tmp_path, name):
    """Offline the twin comes back from its file with the table's columns, types and number of rows."""
    entry = CATALOGUE[name]
    section = DataSection(source=name, target="any", separator=entry.separator)
    table = fetch_table(section, folder=tmp_path, cache=tmp_path, seed=1)
    real = read_table(datasets / entry.file_name)
    assert table.is_twin
    assert (table.frame.schema, table.frame.height) == (real.schema, real.height)
