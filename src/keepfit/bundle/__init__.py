"""The artefact: what a trained model is on disk, and the store that holds its versions.

It owns the files of a bundle (`bundle.json`, `model.onnx`, `profile.json`, `MODEL_CARD.md`, `manifest.json`), their
digests, and the store with its champion and challenger pointers. Nothing in a bundle is executable, but for the
`pipeline.pickle` that a project may ask for in the place of `model.onnx` (ADR 12); nothing here loads it. It leaves to
others what a model *means*: scoring it, choosing it, promoting it.
"""

from keepfit.bundle.bundle import Bundle, read_bundle, write_bundle
from keepfit.bundle.facts import BundleFacts, Form, Lineage, Probe, Recipe
from keepfit.bundle.store import BundleStore, Pointer

__all__ = [
    "Bundle",
    "BundleFacts",
    "BundleStore",
    "Form",
    "Lineage",
    "Pointer",
    "Probe",
    "Recipe",
    "read_bundle",
    "write_bundle",
]
