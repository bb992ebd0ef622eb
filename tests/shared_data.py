"""Where the shared data is, if it is there; tests that need it skip with a reason."""

import os
from pathlib import Path

import pytest

SHARED = Path(
    os.environ.get("LABELER_SHARED") or Path(__file__).resolve().parents[1].parent / "shared"
)
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared data folder is not beside the repository"
)
