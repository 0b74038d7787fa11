"""One file for each command: parse, call a workflow, print.

It owns what a person sees on a terminal, and the exit codes. A command imports its workflow when it runs, so that
`keepfit --help` answers at once.
"""
