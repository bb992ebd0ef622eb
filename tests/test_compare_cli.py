"""The commands `reference`, `compare`, `agreement` and `encode`, as a user runs them."""

import csv
import json
import sys

import pytest

from labeler.cli import main

HEADER = "uid,Edema,Fracture\n"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line; gives its exit status, standard output and standard error."""

    def _run(*arguments):
        monkeypatch.setattr(sys, "argv", ["labeler", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return _run


@pytest.fixture
def folder(tmp_path):
    files = {
        "predicted.csv": "a,1,\nb,0,-1\nc,-1,0\nd,1,1\n",
        "reference.csv": "a,1,0\nb,1,-1\nc,-1,\ne,0,0\n",
        "other.csv": "a,0,\nb,0,0\nc,0,0\nd,1,1\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(HEADER + text)
    return tmp_path


def test_compare_prints_tables_and_lists_ids_without_partner(run, folder):
    status, out, err = run(
        "compare", folder / "predicted.csv", folder / "reference.csv", "--on", "uid"
    )
    assert status == 0
    assert "3 reports" in out
    assert "Edema" in out
    assert "1 id(s) only in predicted.csv: d" in err
    assert "1 id(s) only in reference.csv: e" in err


def test_compare_writes_json_csv_and_html(run, folder):
    status, _, err = run(
        "compare", folder / "predicted.csv", folder / "reference.csv",
        "--against", folder / "other.csv", "--bootstrap", 50, "--seed", 3,
        "--json", folder / "f.json", "--csv", folder / "f.csv", "--html", folder / "f.html",
    )  # fmt: skip
    assert status == 0, err
    result = json.loads((folder / "f.json").read_text())
    assert result["only_in_predicted"] == {"count": 1, "ids": ["d"]}
    assert result["bootstrap"] == {"resamples": 50, "seed": 3, "confidence": 0.95}
    assert result["observations"]["Edema"]["measures"]["positive"]["recall"]["value"] == 0.5
    assert "difference" in result
    with (folder / "f.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    edema = next(r for r in rows if (r["observation"], r["measure"]) == ("Edema", "positive"))
    assert float(edema["recall"]) == 0.5
    assert (folder / "f.html").read_text().startswith("<!doctype html>")
    assert not list(folder.glob(".*"))


def test_the_same_seed_gives_the_same_bytes(run, folder):
    for name in ("one.json", "two.json"):
        run("compare", folder / "predicted.csv", folder / "reference.csv", "--json", folder / name)
    assert (folder / "one.json").read_bytes() == (folder / "two.json").read_bytes()


def test_ids_of_other_names_and_spellings(run, folder):
    (folder / "images.csv").write_text("image,Edema\nCXR1.png,1\nCXR2.png,0\n")
    (folder / "studies.csv").write_text("study_id,Edema\n1,1\n2,0\n")
    arguments = ("compare", folder / "studies.csv", folder / "images.csv", "--on", "study_id=image")
    status, _, err = run(*arguments)
    assert status == 2
    assert "--id-pattern" in err
    status, out, _ = run(*arguments, "--id-pattern", r"(\d+)")
    assert status == 0
    assert "2 reports" in out


def test_no_text_leaves_reports_out_of_the_page(run, folder):
    (folder / "reports.csv").write_text("uid,report\nb,A secret sentence about edema.\n")
    arguments = [
        "compare", folder / "predicted.csv", folder / "reference.csv",
        "--html", folder / "p.html", "--reports", folder / "reports.csv",
    ]  # fmt: skip
    assert run(*arguments)[0] == 0
    assert "A secret sentence" in (folder / "p.html").read_text()
    assert run(*arguments, "--no-text")[0] == 0
    assert "secret" not in (folder / "p.html").read_text()


def test_encode(run, folder):
    status, _, err = run(
        "encode", folder / "predicted.csv", "--uncertain", "ones", "--except", "Edema=zeros",
        "--empty", "ignore", "--output", folder / "train.csv",
    )  # fmt: skip
    assert status == 0
    assert (folder / "train.csv").read_text().splitlines()[1:] == [
        "a,1.0,", "b,0.0,1.0", "c,0.0,0.0", "d,1.0,1.0",
    ]  # fmt: skip
    assert "2 uncertain cells: ones, Edema: zeros" in err
    assert "1 empty cells: ignore" in err


def test_agreement_of_one_file_and_of_several(run, folder):
    status, out, _ = run(
        "agreement", folder / "predicted.csv", folder / "other.csv", "--empty", "unknown",
        "--json", folder / "a.json", "--html", folder / "a.html",
    )  # fmt: skip
    assert status == 0
    assert "Krippendorff" in out
    result = json.loads((folder / "a.json").read_text())
    assert result["readers"] == ["other.csv", "predicted.csv"]
    assert result["observations"]["Edema"]["agreement"] == 0.5
    assert "Krippendorff" in (folder / "a.html").read_text()
    (folder / "readings.csv").write_text("image_id,rad_id,Edema\ni,R1,1\ni,R2,1\nj,R1,0\nj,R2,1\n")
    assert run("agreement", folder / "readings.csv")[0] == 0


def test_reference_to_agreement_and_compare(run, folder):
    (folder / "vindr.csv").write_text(
        "image_id,rad_id,Edema,No finding\n"
        "i,R1,1,0\ni,R2,1,0\ni,R3,0,1\nj,R1,0,1\nj,R2,0,1\nj,R3,0,1\n"
    )
    status, _, err = run("reference", "vindr", folder / "vindr.csv", "--output", folder / "v.csv")
    assert status == 0
    assert "consensus: majority" in err
    status, _, _ = run(
        "reference",
        "vindr",
        folder / "vindr.csv",
        "--consensus",
        "none",
        "-o",
        folder / "r.parquet",
    )
    assert status == 0
    assert run("agreement", folder / "r.parquet")[0] == 0
    assert run("compare", folder / "v.csv", folder / "v.csv")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "none.csv", "reference.csv"], "no such file"),
        (["compare", "predicted.csv", "reference.csv", "--on", "exam"], "no id column 'exam'"),
        (["compare", "predicted.csv", "reference.csv", "--empty", "x"], "--empty"),
        (["compare", "predicted.csv", "reference.csv", "--bootstrap", "-1"], "--bootstrap"),
        (["compare", "predicted.csv", "reference.csv", "--json", "no/f.json"], "no folder"),
        (["compare", "predicted.csv", "reference.csv", "--html", "./predicted.csv"],
         "is input and output"),
        (["compare", "predicted.csv", "reference.csv", "--json", "f", "--html", "f"],
         "named for two outputs"),
        (["agreement", "predicted.csv", "reference.csv", "--json", "reference.csv"],
         "is input and output"),
        (["encode", "predicted.csv", "--uncertain", "ones", "-o", "predicted.csv"],
         "is input and output"),
        (["reference", "chexpert", "predicted.csv", "-o", "predicted.csv"],
         "is input and output"),
        (["compare", "twice.csv", "reference.csv"], "repeated id"),
        (["encode", "predicted.csv", "--uncertain", "x", "-o", "o.csv"], "--uncertain"),
        (["encode", "predicted.csv", "--uncertain", "ones", "--except", "Edema", "-o", "o.csv"],
         "NAME=POLICY"),
        (["compare", "predicted.csv", "reference.csv", "--evidence", "e.csv"], "--html"),
        (["agreement", "predicted.csv"], "no id has two readings"),
        (["reference", "other", "predicted.csv", "-o", "o.csv"], "'chestxdet10'"),
        (["reference", "nih", "predicted.csv", "-o", "o.csv"], "Image Index"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line_and_status_2(run, folder, monkeypatch, arguments, message):
    (folder / "twice.csv").write_text(HEADER + "a,1,\na,0,\n")
    monkeypatch.chdir(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    status, _, err = run(*arguments)
    assert status == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_help_of_each_command_has_examples(run):
    for command in ("reference", "compare", "agreement", "encode"):
        status, out, _ = run(command, "--help")
        assert status == 0
        assert f"labeler {command}" in " ".join(out.split())
