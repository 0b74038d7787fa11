"""All of it at once: the servers of a project, as processes of this machine or as containers.

It owns which servers there are, how each is started, watched and ended, the file of secrets and the file for a
container engine. What the servers are told (scraping, rules, dashboards) is written by `workflows/dashboards`.
"""
