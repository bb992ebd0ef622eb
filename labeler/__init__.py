"""Observation labels from chest X-ray reports, by rules a radiologist can read and change."""

from typing import TYPE_CHECKING, Any

from labeler.errors import InputError, LabelerError, RulesError
from labeler.types import LabeledReport, Mention, Section
from labeler.version import __version__

if TYPE_CHECKING:
    from labeler.engine.labeler import Labeler

__all__ = [
    "InputError",
    "LabeledReport",
    "Labeler",
    "LabelerError",
    "Mention",
    "RulesError",
    "Section",
    "__version__",
]


def __getattr__(name: str) -> Any:
    # Labeler brings pandas along, which `labeler --help` and the label-table commands do not need.
    if name == "Labeler":
        from labeler.engine.labeler import Labeler

        return Labeler
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
