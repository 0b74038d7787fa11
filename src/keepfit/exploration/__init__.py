"""The exploration of a table: statistics, associations, findings in sentences, their page and their notebook.

It owns what is worth saying of a table before anything is trained. It leaves reading, kinds and cleaning to `datasets`,
and how a page looks to `reporting`.
"""

from keepfit.exploration.exploration import Exploration, explore
from keepfit.exploration.findings import Finding
from keepfit.exploration.notebook import explore_notebook, is_as_written
from keepfit.exploration.page import ExploredTable, explore_page
from keepfit.exploration.panel import PanelFacts, describe_panel
from keepfit.exploration.panel_page import panel_sentences
from keepfit.exploration.suspects import leak_findings

__all__ = [
    "Exploration",
    "ExploredTable",
    "Finding",
    "PanelFacts",
    "describe_panel",
    "explore",
    "explore_notebook",
    "explore_page",
    "is_as_written",
    "leak_findings",
    "panel_sentences",
]
