"""A page with one of everything on it, its figures read as drawings, and a browser to look at it."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest
from websockets.sync.client import connect

from keepfit.reporting import (
    Badge,
    Bullets,
    Code,
    Details,
    FigureGrid,
    KeyFigure,
    Link,
    Links,
    Mark,
    Page,
    Paragraph,
    Section,
    Table,
    TableColumn,
    Worded,
)
from keepfit.reporting.figures import (
    Bar,
    Interval,
    confusion_matrix,
    effect_bars,
    interval_chart,
    overlaid_categories,
    overlaid_numbers,
)

SVG = "{http://www.w3.org/2000/svg}"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Drawing:
    """A figure's SVG, read."""

    root: ET.Element

    @property
    def size(self) -> tuple[float, float]:
        left, top, width, height = (float(part) for part in self.root.get("viewBox").split())
        assert (left, top) == (0, 0)
        return width, height

    @property
    def texts(self) -> list[str]:
        return [text.text or "" for text in self.root.iter(f"{SVG}text")]

    def shapes(self, tag: str, style: str | None = None) -> list[ET.Element]:
        """Return elements by tag and, if asked for, by class."""
        return [one for one in self.root.iter(f"{SVG}{tag}") if style is None or style in one.get("class", "").split()]

    def points(self, tag: str, style: str) -> list[tuple[float, float]]:
        """Return the corners of the only shape of a kind."""
        (shape,) = self.shapes(tag, style)
        return [tuple(float(part) for part in pair.split(",")) for pair in shape.get("points").split()]

    @property
    def places(self) -> list[tuple[float, float]]:
        """Return every place that the drawing names."""
        made = []
        for one in self.root.iter():
            named = {name: float(value) for name, value in one.attrib.items() if re.fullmatch(r"c?[xy][12]?", name)}
            for across, down in (("x", "y"), ("x1", "y1"), ("x2", "y2"), ("cx", "cy")):
                if across in named:
                    made.append((named[across], named[down]))
            if one.tag == f"{SVG}rect":
                made.append((named["x"] + float(one.get("width")), named["y"] + float(one.get("height"))))
            if "points" in one.attrib:
                made += [tuple(float(part) for part in pair.split(",")) for pair in one.get("points").split()]
            if "d" in one.attrib:
                numbers = [float(part) for part in re.findall(r"-?[\d.]+", one.get("d"))]
                made += zip(numbers[::2], numbers[1::2], strict=True)
        return made

    @property
    def is_inside(self) -> bool:
        """Whether every place lies within the drawing."""
        width, height = self.size
        return all(0 <= across <= width and 0 <= down <= height for across, down in self.places)


@pytest.fixture(scope="session")
def drawn():
    """Read a figure's SVG, which is XML of its own."""
    return lambda figure: Drawing(ET.fromstring(figure.svg))


def figures(text: str):
    """One figure of each kind, every text of which is the same."""
    names = (text, text)
    return [
        effect_bars(text, [Bar(text, 0.3, "alarm"), Bar(text, 0.05, "ok")], threshold=0.1, threshold_name=text),
        interval_chart(
            text,
            [Interval(text, 0.8, 0.7, 0.9), Interval(text, 0.7, 0.6, 0.8, is_marked=True)],
            line=0.65,
            line_name=text,
        ),
        overlaid_categories(text, [text, "b"], [3, 1], [1, 3], names=names),
        overlaid_numbers(text, [0, 1, 2, 4, 8], [1, 2, 3, 4], [4, 3, 2, 1], names=names),
        confusion_matrix(names, ((50, 3), (2, 9)), title=text),
    ]


def full_page(text: str) -> Page:
    """A page with one of everything, every text of which is the same."""
    bars, intervals, *small = figures(text)
    table = Table(
        [TableColumn(text), TableColumn(text, is_number=True, form=".3f"), TableColumn(text), TableColumn(text)],
        [[text, 0.5, Mark("ok", text), Worded(text, 0.25)], [None, float("nan"), Mark("alarm", text), text]],
    )
    blocks = [Paragraph(text), Bullets([text, text]), table, bars, intervals, FigureGrid(small)]
    return Page(
        title=text,
        subtitle=text,
        sections=[
            Section(text, blocks, lead=text),
            Section(
                text,
                [Code(text, "text"), Links([Link(text, "https://example.org/?a=1&b=2", text), Link(text, "docs")])],
            ),
            Section(text, [Details(text, [Paragraph(text), Details(text, [Table([TableColumn(text)], [])])])]),
        ],
        badge=Badge("warn", text),
        key_figures=[KeyFigure(text, text, text), KeyFigure(text, text)],
        notice=text,
        footer=text,
    )


@pytest.fixture(scope="session")
def page_of():
    """Compose a page with one of everything out of one text."""
    return full_page


class Browser:
    """A tab of Chromium, spoken to by its debugging protocol."""

    def __init__(self, socket) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.events: list[dict] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters):
        """Send one command and return its answer; events that come between are kept."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._socket.recv(timeout=PATIENCE_SECONDS))
            if said.get("id") == number:
                assert "error" not in said, said
                return said["result"]
            self.events.append(said)

    def open(self, address: str) -> None:
        """Load a page and wait until it is there."""
        self.events.clear()
        self.ask("Page.navigate", url=address)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self._socket.recv(timeout=PATIENCE_SECONDS)))

    def value(self, script: str):
        """Return what an expression of JavaScript is in the page."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def look(self, width: int, scheme: str) -> None:
        """Make the window so wide, and the reader's choice light or dark."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    @property
    def complaints(self) -> list[dict]:
        """Return exceptions, console errors and log entries since the page was opened."""
        self.value("0")
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [event for event in self.events if event["method"] in kinds]

    @property
    def requests(self) -> list[str]:
        """Return what the page has asked for."""
        sent = [event for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Start one Chromium for all tests that look at a page."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium here to look at a page with")
    folder = tmp_path_factory.mktemp("browser")
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_tab_address(folder / "DevToolsActivePort"), max_size=None) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _tab_address(told) -> str:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if told.exists() and (lines := told.read_text().split()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=PATIENCE_SECONDS) as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            if tabs:
                return tabs[0]["webSocketDebuggerUrl"]
        time.sleep(0.05)
    pytest.fail("chromium did not open its debugging port in time")
