"""No Finding is earned in Spanish, too: nothing normal said, or something not understood, is no normal report.

`no_finding_es.csv` holds invented reports in the manner of several hospitals.
"""

import csv
from pathlib import Path

import pytest

from labeler import Labeler

with (Path(__file__).parent / "no_finding_es.csv").open(encoding="utf-8", newline="") as _file:
    REPORTS = [(row["text"], row["no_finding"]) for row in csv.DictReader(_file)]


@pytest.fixture(scope="module")
def spanish() -> Labeler:
    return Labeler(language="es")


@pytest.mark.parametrize(("text", "wanted"), REPORTS)
def test_it_is_there_where_it_is_earned(spanish: Labeler, text: str, wanted: str) -> None:
    assert spanish.label(text).labels["No Finding"] == (int(wanted) if wanted else None)
