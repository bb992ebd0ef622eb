"""Reports that a reader labelled by finding: read as well as they were."""

from pathlib import Path

import pytest

from benchmarks.findings_by_readers import by_finding, by_label, finest, micro

REPORTS = Path(__file__).parent / "reports"


@pytest.mark.parametrize(
    ("stem", "floor"), [("uncommon_findings", 0.945), ("further_findings", 0.955)]
)
def test_findings_are_found_as_well_as_ever(stem: str, floor: float) -> None:
    assert micro(*by_finding(str(REPORTS / stem)))[2] > floor


@pytest.mark.parametrize(
    ("stem", "name", "floor"),
    [
        ("uncommon_findings", "vindr", 0.97),
        ("uncommon_findings", "chestxdet10", 0.975),
        ("further_findings", "vindr", 0.975),
        ("further_findings", "chestxdet10", 0.965),
    ],
)
def test_labels_of_other_sets_are_found_as_well_as_ever(stem: str, name: str, floor: float) -> None:
    assert micro(*by_label(str(REPORTS / stem), name))[2] > floor


def test_only_what_is_named_is_counted() -> None:
    parents = {"fracture": (), "rib_fracture": ("fracture",), "edema": ()}
    assert finest({"fracture", "rib_fracture", "edema"}, parents) == {"rib_fracture", "edema"}
