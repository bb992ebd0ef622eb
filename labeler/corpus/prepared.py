"""What all worker processes have in common, made once: the fork server imports this module, then forks."""

import base64
import contextlib
import os
import pickle
from typing import TYPE_CHECKING

from labeler.corpus.workers import PREPARE, LabelerSettings, make_labeler

if TYPE_CHECKING:
    from labeler.engine.labeler import Labeler


def _prepare() -> "tuple[Labeler, LabelerSettings] | None":
    asked = os.environ.pop(PREPARE, "")
    if not asked:
        return None
    with contextlib.suppress(Exception):  # a mistake is told by the process that asked
        settings: LabelerSettings = pickle.loads(base64.b64decode(asked))
        return make_labeler(settings), settings
    return None


prepared = _prepare()
"""The labeler and its settings, `None` in every process that no fork server started."""
