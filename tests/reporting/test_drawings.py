"""Figures as files of their own."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from keepfit.reporting import Details, FigureGrid, Page, Section, write_drawings
from keepfit.reporting.figures import Interval, interval_chart, overlaid_categories
from keepfit.reporting.palette import LIGHT

CHART = interval_chart("Share of <b>yes</b> & no (Cramér's V)", [Interval("a", 0.5, 0.4, 0.6)])
PAIRS = overlaid_categories("job", ["x", "y"], [1, 2], [2, 1], names=("before", "now"))


def page(*blocks):
    return Page("t", "s", [Section("one", blocks), Section("two", [Details("more", [FigureGrid([PAIRS, PAIRS])])])])


def test_every_figure_is_a_file(tmp_path):
    """Figures of sections, grids and details are there, numbered in the page's order and named after what they show."""
    paths = write_drawings(page(CHART), tmp_path / "figures")
    assert [path.name for path in paths] == [
        "01-share-of-b-yes-b-no.svg",
        "02-shares-of-job-before-and-now.svg",
        "03-shares-of-job-before-and-now.svg",
    ]
    assert sorted((tmp_path / "figures").iterdir()) == sorted(paths)


def test_a_file_stands_alone(tmp_path):
    """A drawing is well-formed, has its colours and its paper with it, and fetches nothing."""
    path = write_drawings(page(CHART), tmp_path)[0]
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    style = root.find("{http://www.w3.org/2000/svg}style").text
    assert all(f"--{name}: {colour};" in style for name, colour in LIGHT.items())
    assert "url(" not in style
    assert "@import" not in style
    assert LIGHT["paper"] in root.get("style")


def test_drawings_of_before_are_gone(tmp_path):
    """A page with fewer figures leaves no drawing of the last one, and no other file is touched."""
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    write_drawings(page(CHART, CHART), tmp_path)
    paths = write_drawings(page(), tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*paths, other])
