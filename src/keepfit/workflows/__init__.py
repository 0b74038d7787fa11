"""One file for each verb that a user can do: it joins rooms, returns a typed result, and prints nothing.

This is the only place that knows that the rooms form a circle. The CLI and the console call the same functions.
"""
