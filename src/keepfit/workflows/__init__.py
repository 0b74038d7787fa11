"""What a user can do, one file for each verb; `windows` holds the sources of a check.

This is the only place that knows that the rooms form a circle. The CLI and the console call the same functions.
"""
