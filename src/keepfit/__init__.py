"""Keepfit keeps tabular models fit: from a table and one file to a champion that is watched and replaced."""

__version__ = "0.1.0"
