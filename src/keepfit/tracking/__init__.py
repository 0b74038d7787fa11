"""MLflow: experiments, runs, artefacts, registered models and their aliases.

It owns every call to MLflow; no other room imports it. It takes plain facts and a folder with a bundle, and leaves to
others what was trained, how it was judged and which version is champion: MLflow's alias only mirrors that.
"""

from keepfit.tracking.facts import DatasetFacts, RunFacts
from keepfit.tracking.store import TrackingStore, open_tracking

__all__ = ["DatasetFacts", "RunFacts", "TrackingStore", "open_tracking"]
