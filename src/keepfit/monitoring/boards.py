"""The dashboards of a project, before anybody draws them, in its language.

Intervals are Grafana's variables: `$__rate_interval` spans some scrapes, `$__range` what is looked at.
"""

from __future__ import annotations

from keepfit.monitoring.board import Board, Panels, Rows
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.drift_board import DRIFT_ROWS, drift_panels
from keepfit.monitoring.graphite_board import GRAPHITE_ROWS, graphite_panels
from keepfit.monitoring.quality_board import QUALITY_ROWS, quality_panels
from keepfit.monitoring.service_board import SERVICE_ROWS, service_panels
from keepfit.monitoring.stream_board import STREAM_ROWS, stream_panels
from keepfit.project.monitoring_section import MonitoringSection

_OVERVIEW = "At a glance"


def boards(
    project: str, section: MonitoringSection, say: Words, *, has_graphite: bool = False, has_stream: bool = False
) -> tuple[Board, ...]:
    """Return the dashboards: service, quality of its model, drift, stream, what Graphite knows, and the project's own.

    Parameters
    ----------
    project
        Its name.
    section
        Limits that are drawn, the prefix of names in Graphite, and what the project's own dashboard shows.
    say
        The words of its language.
    has_graphite
        Whether there is a Graphite to ask; without, its panels are left out.
    has_stream
        Whether a stream tells of itself; without, its panels are left out.
    """
    known: Panels = {
        **service_panels(project, section, say),
        **quality_panels(project, section, say),
        **drift_panels(project, section, say),
        **(stream_panels(project, say) if has_stream else {}),
        **(graphite_panels(project, section, say) if has_graphite else {}),
    }
    own = tuple(name for name in section.dashboard.panels if name in known)
    arranged: list[tuple[str, str, Rows]] = [
        ("service", say("service"), SERVICE_ROWS),
        ("quality", say("quality"), QUALITY_ROWS),
        ("drift", say("drift"), DRIFT_ROWS),
        *([("stream", say("stream"), STREAM_ROWS)] if has_stream else []),
        *([("graphite", "Graphite", GRAPHITE_ROWS)] if has_graphite else []),
        *([("overview", say("overview"), ((_OVERVIEW, own),))] if own else []),
    ]
    return tuple(
        Board(
            f"keepfit-{project}-{subject}",
            f"{project}: {title}",
            tuple((say(heading), tuple(known[name] for name in names)) for heading, names in rows),
        )
        for subject, title, rows in arranged
    )
