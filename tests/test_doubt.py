"""Doubt: a queue for people, the same whatever the workers, cheap, and with its reasons."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from corpora import run_cli, write_csv

from labeler import InputError, Labeler
from labeler.authoring.check import check_rules
from labeler.corpus import review
from labeler.corpus.label import label_corpus
from labeler.corpus.review import warning
from labeler.engine.doubt import REASONS
from labeler.tables.files import read_frame

REPORTS = (
    "The lungs are clear. No effusion.",
    "Kein Erguss und keine Stauung. Das Herz ist nicht vergrößert.",
    "Sarcophagosis of the left base. No effusion.",
    "",
    "Small effusion, possible edema but no pneumothorax.",
    "No XXXX effusion.",
)


@pytest.fixture(scope="module")
def frame(labeler: Labeler) -> pd.DataFrame:
    return labeler.label_frame(pd.DataFrame({"report": REPORTS}), doubt=True)


def test_columns_of_doubt_stand_behind_the_labels(labeler: Labeler, frame: pd.DataFrame) -> None:
    assert list(frame.columns) == [*labeler.observations, "doubt", "reasons"]
    assert frame["doubt"].between(0, 1).all()
    assert {r for joined in frame["reasons"] for r in joined.split(";") if r} <= {*REASONS}
    plain = labeler.label_frame(pd.DataFrame({"report": REPORTS}))
    pd.testing.assert_frame_equal(frame[plain.columns], plain)


def test_reasons(frame: pd.DataFrame) -> None:
    reasons = [set(filter(None, joined.split(";"))) for joined in frame["reasons"]]
    assert reasons[0] == set()
    assert "other language" in reasons[1]
    assert reasons[2] == {"not understood", "No Finding withheld"}
    assert reasons[3] == set()
    assert reasons[4] == {"both ways", "several cues", "hedged"}
    assert reasons[5] == {"blank"}
    assert frame["doubt"][1] > frame["doubt"][2] > frame["doubt"][0] > frame["doubt"][3] == 0


def test_left_out_and_disagreeing_text(labeler: Labeler) -> None:
    left_out = "Portable film, large left pneumothorax.\n\nFINDINGS:\nLungs clear.\n"
    assert "left out" in labeler.reviewer.raw(left_out).reasons
    split = {"findings": "Left effusion.", "impression": "No effusion."}
    assert "sections disagree" in labeler.reviewer.split(split).reasons


def test_more_sentences_that_are_not_understood_are_more_doubtful(labeler: Labeler) -> None:
    one = labeler.reviewer.raw("Left effusion. Mild sarcophagosis.")
    two = labeler.reviewer.raw("Left effusion. Mild sarcophagosis. Some blickets seen.")
    assert one.reasons == two.reasons == ("not understood",)
    assert two.doubt > one.doubt


def test_a_stretch_too_long_to_be_read_whole_is_cut_and_said_so(labeler: Labeler) -> None:
    limit = labeler.rules.sections.longest_sentence
    part = "no effusion in the left lung, "
    long = labeler.reviewer.raw((part * (limit // len(part)))[: limit - 2] + ".")
    cut = labeler.reviewer.raw(part * (limit // len(part) + 2) + "no edema.")
    assert ("long sentence" in long.reasons, "cut" in long.reasons) == (True, False)
    assert ("long sentence" in cut.reasons, "cut" in cut.reasons) == (False, True)
    form = labeler.reviewer.raw("Lungs: " + part * (limit // len(part) + 2) + "no edema.")
    assert "cut" in form.reasons


def test_what_stands_for_an_unknown_word_is_unknown_too(labeler: Labeler) -> None:
    made = labeler.label("No effusion. Sarcophagosis on the right, small one on the left.")
    assert made.labels["No Finding"] is None


def test_the_review_file_is_the_same_whatever_the_workers(tmp_path: Path) -> None:
    corpus = write_csv(tmp_path / "x.csv", enumerate(REPORTS * 3))
    made = []
    for workers, chunk in ((1, 100), (1, 4), (2, 5)):
        out, review = tmp_path / "o.csv", tmp_path / "r.csv"
        summary = label_corpus([corpus], out, review=review, workers=workers, chunk_rows=chunk)
        made.append((review.read_bytes(), summary.want_a_look, summary.looks))
    assert made[0] == made[1] == made[2]
    rows = list(csv.DictReader((tmp_path / "r.csv").open(encoding="utf-8")))
    assert [row["id"] for row in rows] == [str(i) for i in range(len(REPORTS) * 3)]
    assert made[0][1] == sum(float(row["doubt"]) >= 0.3 for row in rows) > 0


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".xlsx", ".csv.gz", ".jsonl.zst"])
def test_the_review_file_has_the_forms_of_the_label_table(tmp_path: Path, suffix: str) -> None:
    corpus = write_csv(tmp_path / "x.csv", enumerate(REPORTS))
    files = [tmp_path / f"r{ending}" for ending in (".csv", suffix)]
    for file in files:
        label_corpus([corpus], tmp_path / "o.csv", review=file, chunk_rows=4)
    wanted, got = map(read_frame, files)
    assert list(got.columns) == ["id", "doubt", "reasons"]
    assert got["id"].astype(str).tolist() == wanted["id"].astype(str).tolist()
    assert got["doubt"].astype(float).tolist() == wanted["doubt"].astype(float).tolist()
    assert got["reasons"].fillna("").tolist() == wanted["reasons"].fillna("").tolist()


def test_a_broken_run_goes_on_with_its_review_file(tmp_path: Path, monkeypatch) -> None:
    corpus = write_csv(tmp_path / "x.csv", enumerate(REPORTS * 3))
    whole, broken = tmp_path / "whole", tmp_path / "broken"

    def run(folder: Path, *, resume: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        label_corpus(
            [corpus],
            folder / "o.csv",
            review=folder / "r.csv",
            chunk_rows=4,
            commit_seconds=0,
            resume=resume,
        )

    run(whole)
    made = review.review_rows
    calls = []

    def fails(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 3:
            raise OSError("no space left")
        return made(*arguments)

    monkeypatch.setattr("labeler.corpus.label.review_rows", fails)
    with pytest.raises(OSError, match="no space"):
        run(broken)
    assert not (broken / "r.csv").exists()
    run(broken, resume=True)
    assert (broken / "r.csv").read_bytes() == (whole / "r.csv").read_bytes()


def test_rules_check_runs_the_examples(tmp_path: Path) -> None:
    assert any(example.file.name == "doubt.yaml" for example in check_rules().examples)
    (tmp_path / "en").mkdir()
    (tmp_path / "overlay.yaml").write_text("definition: ours\n")
    (tmp_path / "en" / "doubt.yaml").write_text(
        "weights: {hedged: 1.0}\nexamples:\n- {text: Left effusion., reasons: [hedged]}\n"
    )
    failures = [f for f in check_rules(tmp_path, "en").failures if "doubt.yaml" in str(f)]
    assert ["'hedged' is no reason" in str(failure) for failure in failures] == [True]


def test_the_summary_counts_what_wants_a_look(tmp_path, monkeypatch, capsys) -> None:
    corpus = write_csv(tmp_path / "x.csv", enumerate(REPORTS))
    arguments = ("label", corpus, "--output", tmp_path / "o.csv")
    _, _, err = run_cli(monkeypatch, capsys, *arguments, "--review", tmp_path / "r.csv")
    assert "2 of 6 reports want a look: " in err
    assert "1 other language" in err
    status, _, err = run_cli(monkeypatch, capsys, *arguments, "--review", tmp_path / "r.txt")
    assert status == 2
    assert "must end in .csv, .parquet" in err
    with pytest.raises(InputError, match="another output"):
        label_corpus([corpus], tmp_path / "o.csv", review=tmp_path / "o.csv")


def test_a_run_that_says_nothing_is_warned_of() -> None:
    normal = "No Finding"
    assert "this the column" in warning(100, 0, {"Edema": [2, 3, 1]}, normal)
    assert "No Finding" in warning(100, 0, {normal: [100, 0, 0]}, normal)
    assert "No Finding" in warning(100, 0, {"a:No Finding": [100, 0, 0]}, normal)
    assert warning(100, 0, {normal: [60, 0, 0], "Edema": [20, 70, 0]}, normal) == ""
    assert warning(5, 0, {"Edema": [0, 0, 0]}, normal) == ""
    assert "no text" in warning(100, 95, {"Edema": [3, 2, 0]}, normal)
    assert warning(100, 60, {"Edema": [20, 20, 0]}, normal) == ""


def test_a_doubtful_report_without_a_reason_counts_as_none_of_them() -> None:
    looks: dict[str, int] = {}
    frame = pd.DataFrame({"doubt": [0.5, 0.6, 0.1], "reasons": ["", "hedged;blank", "hedged"]})
    assert review.count_looks(frame, 0.3, looks) == 2
    assert looks == {"hedged": 1, "blank": 1}


def test_examples_of_the_rules_hold(labeler: Labeler) -> None:
    examples = labeler.rules.doubt.examples
    assert examples
    for example in examples:
        assert set(labeler.reviewer.raw(example.text).reasons) == set(example.reasons), example
