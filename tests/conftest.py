"""What every test of the engine needs: one labeler, made once."""

import pytest

from labeler import Labeler


@pytest.fixture(scope="session")
def labeler() -> Labeler:
    return Labeler()
