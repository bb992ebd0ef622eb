"""Reports that a reader labelled by finding: read as well as they were."""

from pathlib import Path

import pytest

from benchmarks.findings_by_readers import by_finding, by_label, finest, micro

STEM = str(Path(__file__).parent / "reports/uncommon_findings")


def test_findings_are_found_as_well_as_ever() -> None:
    assert micro(*by_finding(STEM))[2] > 0.94


@pytest.mark.parametrize(("name", "floor"), [("vindr", 0.965), ("chestxdet10", 0.955)])
def test_labels_of_other_sets_are_found_as_well_as_ever(name: str, floor: float) -> None:
    assert micro(*by_label(STEM, name))[2] > floor


def test_only_what_is_named_is_counted() -> None:
    parents = {"fracture": (), "rib_fracture": ("fracture",), "edema": ()}
    assert finest({"fracture", "rib_fracture", "edema"}, parents) == {"rib_fracture", "edema"}
