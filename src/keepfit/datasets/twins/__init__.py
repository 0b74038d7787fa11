"""Twins: generated stand-ins for public tables, for when neither the file nor the network is at hand.

One file for each. A twin has the real table's schema, ranges, quantiles, shares and missing counts, and a label that
depends on its columns in a plausible way; it holds no row of the real table.
"""
