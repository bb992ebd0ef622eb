"""Invented whole reports against their labels; the floors lie just under what the rules reach."""

import csv
from pathlib import Path

import pytest
from scoring import below, read_gold, score

from labeler import Labeler

FOLDER = Path(__file__).parent / "reports"
HIGH = {
    "mention": 0.985,
    "positive": 0.985,
    "negation": 0.985,
    "uncertainty": 0.97,
    "positive macro": 0.98,
    "uncertainty macro": 0.96,
}
MORE = HIGH | {"positive": 0.975, "uncertainty": 0.95, "positive macro": 0.97}
FRESH = {"mention": 0.98, "positive": 0.975, "negation": 0.98, "uncertainty": 0.94}
MIXED = {"mention": 0.97, "positive": 0.94, "negation": 0.95, "uncertainty": 0.88}
FLOORS = {
    "icu_ward": (50, HIGH),
    "outpatient": (50, HIGH),
    "many_hands": (80, HIGH),
    "more_hands": (70, MORE),
    "other_hands": (60, HIGH),
    "outpatient_later": (60, HIGH),
    "far_hands": (70, HIGH),
    "hedging_hands": (80, HIGH),
    "day_by_day": (80, MORE),
    "ward_and_clinic": (50, HIGH),
    # no rule was changed for what is still wrong here
    "forms_and_letters": (40, FRESH),
    "rare_findings": (70, FRESH),
    "ten_styles": (120, FRESH),
    "mixed_sources": (90, MIXED),
    "spanish": (60, HIGH | {"positive macro": 0.97}),
}
LANGUAGES = {"spanish": "es"}


@pytest.mark.parametrize("name", FLOORS)
def test_reports_are_labelled_as_well_as_ever(name: str) -> None:
    labeler = Labeler(language=LANGUAGES.get(name, "en"))
    gold = read_gold(FOLDER / f"{name}_gold.csv")
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        rows = {row.pop("uid"): row for row in csv.DictReader(handle)}
    assert gold.keys() == rows.keys()
    size, floors = FLOORS[name]
    assert len(gold) == size
    predicted = {
        key: (
            labeler.label(row["report"]) if "report" in row else labeler.label_sections(row)
        ).labels
        for key, row in rows.items()
    }
    figures = score(gold, predicted)
    for task, row in figures.items():
        print(name, task, {name: round(f1, 3) for name, f1 in row.items()})
    assert not below(figures, floors)
