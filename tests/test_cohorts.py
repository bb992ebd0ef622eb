"""The wide layout and `--only`: a label's side, severity and change, and reports chosen by them."""

import json
import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from labeler.cli import app
from labeler.errors import InputError

REPORTS = [
    "New small left pneumothorax. Large right effusion. Small left effusion.",
    "Right pneumothorax, unchanged.",
    "No pneumothorax.",
    "Possible left pneumothorax.",
    "Effusion. The effusion is bilateral.",
]


@pytest.fixture
def corpus(tmp_path):
    file = tmp_path / "reports.jsonl"
    rows = [json.dumps({"id": str(i), "report": text}) for i, text in enumerate(REPORTS)]
    file.write_text("\n".join(rows) + "\n")
    return file


def label(*arguments: object):
    return CliRunner().invoke(app, ["label", *map(str, arguments)])


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_the_wide_layout_has_side_severity_and_change_of_each_label(tmp_path, corpus, suffix):
    out = tmp_path / f"wide{suffix}"
    result = label(corpus, "-o", out, "--layout", "wide")
    assert result.exit_code == 0, result.output
    read = {
        ".csv": lambda: pd.read_csv(out, keep_default_na=False),
        ".jsonl": lambda: pd.read_json(out, lines=True),
        ".parquet": lambda: pd.read_parquet(out),
    }[suffix]
    frame = read()
    of = "Pneumothorax"
    assert frame[f"{of} side"].tolist() == ["left", "right", "", "left", ""]
    assert frame[f"{of} change"].tolist() == ["new", "unchanged", "", "", ""]
    assert frame[f"{of} severity"].tolist() == ["mild", "", "", "", ""]
    # the strongest mention decides, of those that say something
    assert frame["Pleural Effusion side"].tolist() == ["right", "", "", "", "bilateral"]
    assert frame["Pleural Effusion severity"].tolist() == ["severe", "", "", "", ""]
    assert "No Finding side" not in frame.columns


@pytest.mark.parametrize(
    ("only", "ids"),
    [
        ("Pneumothorax=1", ["0", "1"]),
        ("Pneumothorax=1, side=left, change=new", ["0"]),
        ("pneumothorax=positive, side=left|right", ["0", "1"]),
        ("Pneumothorax=1|-1, side=left", ["0", "3"]),
        ("Pneumothorax=0", ["2"]),
        ("Pneumothorax=blank", ["4"]),
        ("Pneumothorax=1, Pleural Effusion=1, side=right", ["0"]),
        ("Fracture=1", []),
    ],
)
def test_only_the_reports_that_fit_are_written(tmp_path, corpus, only, ids):
    out, evidence = tmp_path / "out.csv", tmp_path / "why.csv"
    result = label(corpus, "-o", out, "--evidence", evidence, "--only", only, "--chunk-rows", 2)
    assert result.exit_code == 0, result.output
    assert pd.read_csv(out, dtype=str)["id"].tolist() == ids
    assert set(pd.read_csv(evidence, dtype=str)["id"]) <= set(ids)
    assert f"{len(REPORTS) - len(ids)} further reports do not fit" in result.output


@pytest.mark.parametrize("only", ["Pneumothorax=1|-1, side=left", "Pneumothorax=0", "Fracture=1"])
def test_the_page_shows_the_reports_that_fit(tmp_path, corpus, only):
    out, page = tmp_path / "out.csv", tmp_path / "page.html"
    result = label(corpus, "-o", out, "--html", page, "--only", only, "--sample", 1)
    assert result.exit_code == 0, result.output
    html = page.read_text()
    ids = pd.read_csv(out, dtype=str)["id"].tolist()
    shown = re.findall(r'<tr data-id="(\w+)"', html)
    assert len(shown) == min(len(ids), 1)
    assert {*shown} <= {*ids}
    assert f"all {len(ids)} reports" in html
    assert f"only {only}" in html


def test_a_page_of_several_label_sets_shows_the_labels_of_all(tmp_path, corpus):
    page = tmp_path / "page.html"
    result = label(
        corpus, "-o", tmp_path / "out.csv", "--html", page, "--label-set", "chexpert,vindr"
    )
    assert result.exit_code == 0, result.output
    html = page.read_text()
    (positive, *_) = re.findall(r'<td class="wrap">([^<]*)</td>', html)
    assert {"chexpert:Pneumothorax", "vindr:Pneumothorax"} <= {*positive.split(", ")}
    assert '<th scope="row">effusion</th><td>vindr:Pleural effusion</td>' in html


@pytest.mark.parametrize(
    ("only", "problem"),
    [
        ("Pneumothrax=1", "no label 'Pneumothrax'"),
        ("Pneumothorax=2", "must be 1, 0 or -1"),
        ("Pneumothorax=1, side=lft", "no side 'lft'; there are left, right, bilateral"),
        ("side=left", "name the label before it"),
        ("Pneumothorax", "is no NAME=VALUE"),
    ],
)
def test_a_condition_that_cannot_be_read_is_an_error(tmp_path, corpus, only, problem):
    result = label(corpus, "-o", tmp_path / "out.csv", "--only", only)
    assert isinstance(result.exception, InputError)
    assert problem in str(result.exception)
    assert not (tmp_path / "out.csv").exists()
