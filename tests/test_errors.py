"""The tree of errors and the nearest spelling."""

from __future__ import annotations

import inspect

import pytest

from keepfit import errors
from keepfit.errors import KeepfitError, ProjectError, RecordError, Violation, nearest

FAMILIES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, KeepfitError)]


def test_a_message_says_where_what_and_the_way_out():
    """The three facts stand in that order, and are attributes too."""
    error = ProjectError("no such column", where="keepfit.toml: [data] target", hint='did you mean "Status"?')
    assert str(error) == 'keepfit.toml: [data] target: no such column; did you mean "Status"?'
    assert (error.what, error.hint) == ("no such column", 'did you mean "Status"?')
    assert str(KeepfitError("nothing else is known")) == "nothing else is known"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_family_is_drawn_in_the_tree(family):
    """The module's docstring shows each class of the tree."""
    assert issubclass(family, KeepfitError)
    assert family.__name__ in errors.__doc__


def test_a_refused_record_names_every_field():
    """The message tells the first violation and counts the others; all are kept."""
    first, second = Violation("Age", "2.5 is no whole number", 3), Violation("Home", "is missing", 3)
    error = RecordError([first, second])
    assert str(error) == "row 3, Age: 2.5 is no whole number; and 1 more"
    assert error.violations == (first, second)
    assert str(RecordError([Violation("Age", "is missing")])) == "Age: is missing"


@pytest.mark.parametrize(
    ("written", "accepted", "said"),
    [
        ("Stauts", ["Status", "Home"], 'did you mean "Status"?'),
        ("STATUS", ["Status"], 'did you mean "Status"?'),
        ("x", ["Status", "Home"], "accepted: Status, Home"),
        ("x", [], "nothing is accepted here"),
        ("x", [f"column{number}" for number in range(20)], "accepted: " + ", ".join(f"column{n}" for n in range(12))),
    ],
)
def test_the_nearest_spelling_is_offered(written, accepted, said):
    """A near miss gets its neighbour, anything else the list, cut with a count."""
    more = " and 8 more" if len(accepted) == 20 else ""
    assert nearest(written, accepted) == said + more


def test_of_very_many_names_only_those_that_begin_alike_are_compared():
    """A slip in a vocabulary of ten thousand words is found, and takes no long work; nor does a name without end."""
    words = [f"{letter}{number}" for number in range(1000) for letter in "abcdefghij"]
    assert nearest("C7 ", words) == 'did you mean "c7"?'
    assert nearest("7c", words).startswith("accepted: a0, b0")
    assert nearest("c" * 1_000_000, ["c"]) == "accepted: c"
