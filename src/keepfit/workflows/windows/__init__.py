"""The windows of a check: where their rows come from, and how each source is counted in the bins of the champion.

A window comes from the journal, from a table's file, from a database, from ready profiles, from workers or from a
running service. `rows` and `tables` are for those who look at rows instead of counts, `reference` says what a window
is compared with.
"""
