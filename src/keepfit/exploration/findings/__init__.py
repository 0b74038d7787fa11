"""Findings: what a person would write beside the figures, in sentences, ranked, each with its evidence."""

from keepfit.exploration.findings.finding import SHOWN_FINDINGS, Finding, TableFacts, Topic
from keepfit.exploration.findings.leakage import leaks
from keepfit.exploration.findings.ranking import find

__all__ = ["SHOWN_FINDINGS", "Finding", "TableFacts", "Topic", "find", "leaks"]
