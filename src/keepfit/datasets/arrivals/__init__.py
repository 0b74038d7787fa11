"""Rows that arrive by and by: a file, a folder whose new files are taken, lines of standard input.

It owns when a file is whole, what a delivery is called and by which key it is known again. It leaves to others what is
learnt of it, and what was learnt already. The labelled rows of the journal arrive too: joined by a workflow.
"""
