"""The HTTP service: routes, the request's schema, the journal before the answer, and the hot swap.

It owns what happens between a request and its answer. It knows no MLflow and no training library: the champion comes
from the bundle store, whose pointer it watches.
"""

from keepfit.serving.app import Worker, build_app
from keepfit.serving.gate import Gate, gate_of
from keepfit.serving.project_service import ServedProject
from keepfit.serving.server import bind, serve
from keepfit.serving.workers import Workers

__all__ = ["Gate", "ServedProject", "Worker", "Workers", "bind", "build_app", "gate_of", "serve"]
