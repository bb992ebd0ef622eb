"""Real and fictional reports with reference labels, where the data folder is at hand.

The folder is `shared/` beside the repository, or `LABELER_SHARED`. None of its text is copied here.
"""

import csv
import os
from pathlib import Path

import pytest
from scoring import below, read_gold, score

from labeler import Labeler

SHARED = Path(os.environ.get("LABELER_SHARED", Path(__file__).resolve().parents[2] / "shared"))

# (texts, reference, section policy) -> floors, just under what the rules reach
SETS = {
    "openi-report": (
        "openi/gold_reports_text.csv",
        "openi/gold_report.csv",
        "findings+impression",
        {
            "mention": 0.995,
            "positive": 0.99,
            "negation": 0.99,
            "uncertainty": 0.965,
            "positive macro": 0.985,
            "uncertainty macro": 0.93,
        },
    ),
    "openi-findings": (
        "openi/gold_reports_text.csv",
        "openi/gold_findings.csv",
        "findings",
        {
            "mention": 0.99,
            "positive": 0.99,
            "negation": 0.99,
            "uncertainty": 0.955,
            "positive macro": 0.985,
            "uncertainty macro": 0.92,
        },
    ),
    "openi-impression": (
        "openi/gold_reports_text.csv",
        "openi/gold_impression.csv",
        "impression",
        {
            "mention": 0.99,
            "positive": 0.99,
            "negation": 0.99,
            "uncertainty": 0.98,
            "positive macro": 0.985,
            "uncertainty macro": 0.97,
        },
    ),
    "fictional-report": (
        "fictional/reports.csv",
        "fictional/gold_report.csv",
        "findings+impression",
        {
            "mention": 0.99,
            "positive": 0.985,
            "negation": 0.99,
            "uncertainty": 0.97,
            "positive macro": 0.98,
            "uncertainty macro": 0.96,
        },
    ),
    "fictional-impression-first": (
        "fictional/reports.csv",
        "fictional/gold_impression_first.csv",
        "impression-first",
        {
            "mention": 0.985,
            "positive": 0.985,
            "negation": 0.985,
            "uncertainty": 0.96,
            "positive macro": 0.98,
            "uncertainty macro": 0.94,
        },
    ),
    "openi-second-reader": (
        "openi/reports.csv",
        Path(__file__).parent / "reports" / "openi_second_gold.csv",
        "findings+impression",
        {
            "mention": 0.99,
            "positive": 0.975,
            "negation": 0.99,
            "uncertainty": 0.94,
            "positive macro": 0.95,
            "uncertainty macro": 0.90,
        },
    ),
}


@pytest.mark.skipif(
    not (SHARED / "openi").is_dir(),
    reason="no shared/ data folder beside the repository; set LABELER_SHARED",
)
@pytest.mark.parametrize("name", SETS)
def test_the_rules_are_as_accurate_as_ever(name: str) -> None:
    texts, reference, policy, floors = SETS[name]
    labeler = Labeler(sections=policy)
    gold = read_gold(SHARED / reference)
    with (SHARED / texts).open(newline="", encoding="utf-8-sig") as handle:
        rows = {row.pop("uid"): row for row in csv.DictReader(handle)}
    predicted = {
        key: (
            labeler.label(rows[key]["report"])
            if "report" in rows[key]
            else labeler.label_sections(
                {name: rows[key][name] for name in ("findings", "impression")}
            )
        ).labels
        for key in gold
    }
    figures = score(gold, predicted)
    for task, row in figures.items():
        print(name, task, {label: round(f1, 3) for label, f1 in row.items()})
    assert not below(figures, floors)
