"""Sheets for people who label: which reports, in which order, and what a blind page holds."""

import csv
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from labeler.cli import app
from labeler.errors import InputError
from labeler.references import read_reference
from labeler.tables.labels import read_label_table
from labeler.tables.names import CHEXPERT

REPORTS = (
    ("r1", "Small left effusion."),
    ("r2", "No pneumothorax."),
    ("r3", "Possible pneumonia."),
    ("r4", "The lungs are clear."),
    ("r5", ""),
)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.csv"
    with path.open("w", newline="") as handle:
        csv.writer(handle).writerows([("id", "report"), *REPORTS])
    return path


def annotate(reports: Path, *options: str, code: int = 0) -> tuple[str, str]:
    """The page and what was said on standard error."""
    page = reports.parent / "sheet.html"
    result = CliRunner().invoke(app, ["annotate", str(reports), "--html", str(page), *options])
    if code:
        assert result.exception is not None
        return "", str(result.exception)
    assert result.exit_code == 0, (result.output, result.exception)
    return page.read_text(encoding="utf-8"), result.stderr


def shown(page: str) -> list[str]:
    return re.findall(r'<article class="report" data-id="([^"]*)"', page)


def test_all_reports_are_shown_in_their_order(reports: Path) -> None:
    page, said = annotate(reports)
    assert shown(page) == ["r1", "r2", "r3", "r4", "r5"]
    assert "5 of 5 reports" in said
    assert "warning" not in said


def test_a_sample_is_drawn_by_its_seed(reports: Path) -> None:
    drawn = [shown(annotate(reports, "--sample", "2", "--seed", str(seed))[0]) for seed in range(9)]
    assert all(len(ids) == 2 and ids == sorted(ids) for ids in drawn)
    assert len({tuple(ids) for ids in drawn}) > 1
    assert drawn[3] == shown(annotate(reports, "--sample", "2", "--seed", "3")[0])


def test_the_most_doubtful_come_first(reports: Path) -> None:
    review = reports.parent / "review.csv"
    review.write_text("id,doubt,reasons\nr3,0.9,one;two\nr1,0.2,\nr4,0.5,three\n")
    page, _ = annotate(reports, "--review", str(review))
    assert shown(page) == ["r3", "r4", "r1", "r2", "r5"]
    assert "doubt 0.90: one, two" in page
    page, _ = annotate(reports, "--review", str(review), "--sample", "2")
    assert shown(page) == ["r3", "r4"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("id,reasons\nr1,x\n", "no column 'doubt'"),
        ("report,doubt\nr1,0.5\n", "no column 'id'"),
        ("id,doubt\nr1,0.5\nr2,high\n", "row 2: doubt must be a number from 0 to 1"),
        ("id,doubt\nother,0.5\n", "none of its ids is an id of the reports"),
    ],
)
def test_a_wrong_review_queue_is_one_clear_error(reports: Path, text: str, wanted: str) -> None:
    review = reports.parent / "review.csv"
    review.write_text(text)
    _, said = annotate(reports, "--review", str(review), code=2)
    assert wanted in said
    assert str(review) in said


def test_a_blind_page_holds_nothing_of_the_machine(reports: Path) -> None:
    review = reports.parent / "review.csv"
    review.write_text("id,doubt,reasons\nr3,0.9,a reason of the machine\n")
    options = ("--review", str(review))
    machine = re.compile(r'data-machine="([^"]*)"')
    plain, _ = annotate(reports, *options)
    assert 'class="mention' in plain
    assert "a reason of the machine" in plain
    assert any(json.loads(found.replace("&#34;", '"')) for found in machine.findall(plain))
    blind, _ = annotate(reports, "--blind", *options)
    assert 'class="mention' not in blind
    assert "a reason of the machine" not in blind
    assert set(machine.findall(blind)) == {"[]"}
    assert shown(blind)[0] == "r3"


def test_very_many_reports_are_sampled_with_a_warning(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labeler.explanation.annotation_sheet.MANY", 3)
    page, said = annotate(reports)
    assert len(shown(page)) == 3
    assert "warning" in said
    assert "--sample" in said
    page, said = annotate(reports, "--sample", "4")
    assert len(shown(page)) == 4
    assert "slow" in said


def test_the_page_does_not_overwrite_the_reports(reports: Path) -> None:
    before = reports.read_bytes()
    command = ["annotate", str(reports), "--html", str(reports)]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, InputError)
    assert reports.read_bytes() == before


# --- what was labelled, read back


def table(path: Path, reader: str, rows: dict[str, dict[str, str]]) -> Path:
    frame = pd.DataFrame(
        [
            {"id": key, "reader": reader, **{n: row.get(n, "") for n in CHEXPERT}, "note": ""}
            for key, row in rows.items()
        ]
    )
    frame.to_csv(path, index=False)
    return path


def test_readers_agree_on_a_reference_and_silence_is_a_vote(tmp_path: Path) -> None:
    votes = {"A": ("1.0", "1.0", ""), "B": ("1.0", "", ""), "C": ("0.0", "", "-1.0")}
    files = [
        table(
            tmp_path / f"{reader}.csv",
            reader,
            {"x": dict(zip(("Edema", "Fracture", "Pneumonia"), given, strict=True))},
        )
        for reader, given in votes.items()
    ]
    frame = read_reference("readings", files).frame
    row = frame.iloc[0]
    assert row["id"] == "x"
    assert row["Edema"] == 1
    # One of three says it, two say that it is not mentioned.
    assert pd.isna(row["Fracture"])
    assert pd.isna(row["Pneumonia"])
    assert read_reference("readings", files, consensus_rule="any").frame.iloc[0]["Fracture"] == 1
    each = read_reference("readings", files, consensus_rule="none").frame
    assert each["reader"].tolist() == ["A", "B", "C"]


def test_one_reader_who_read_a_report_twice_is_an_error(tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv", "A", {"x": {"Edema": "1.0"}})
    again = table(tmp_path / "b.csv", "A", {"x": {"Edema": "0.0"}})
    with pytest.raises(InputError, match="a reader has a report twice, again in row 2"):
        read_reference("readings", [first, again])


def test_an_apostrophe_against_formulas_is_no_part_of_an_id(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("id,Edema\n'=1+1,1.0\n'quoted',0.0\n-5,\n")
    assert read_label_table(path).ids.tolist() == ["=1+1", "'quoted'", "-5"]
