"""Label Studio and doccano: reports with their mentions as spans go out, people's labels come back."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from labeler.cli import app
from labeler.errors import InputError
from labeler.references import read_reference
from labeler.tables.names import CHEXPERT

TEXTS = {
    "a/1": "Small left effusion, no pneumothorax. Café 🫁: possible edema.",
    "b": "The heart is enlarged.",
    "c": "",
}


def run(*words: object) -> None:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, (result.output, result.exception)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.csv"
    pd.DataFrame({"id": TEXTS.keys(), "report": TEXTS.values()}).to_csv(path, index=False)
    return path


def tasks_of(reports: Path) -> list[dict[str, Any]]:
    out = reports.parent / "tasks.json"
    run("label", reports, "--output", out, "--layout", "label-studio")
    tasks: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
    return tasks


def annotated(tasks: list[dict[str, Any]], person: Any, path: Path) -> Path:
    """What Label Studio exports where a person accepts each prediction."""
    for number, task in enumerate(tasks, 1):
        (prediction,) = task["predictions"]
        annotation = {
            "id": number,
            "completed_by": person,
            "was_cancelled": False,
            "result": prediction["result"],
        }
        task["annotations"] = [*task.get("annotations", ()), annotation]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def labels_of(reports: Path) -> pd.DataFrame:
    out = reports.parent / "labels.csv"
    run("label", reports, "--output", out)
    return pd.read_csv(out, dtype={"id": str}).set_index("id")


def same(reference: pd.DataFrame, labels: pd.DataFrame) -> bool:
    """Are the labels the same, No Finding aside, which no span says?"""
    names = [name for name in CHEXPERT if name != "No Finding"]
    frame = reference.set_index("report_id")[names].astype("Float64").fillna(9)
    return bool((frame == labels[names].astype("Float64").fillna(9)).all(axis=None))


def test_label_studio_gets_the_text_and_spans_in_it(reports: Path) -> None:
    tasks = tasks_of(reports)
    assert [task["data"]["report_id"] for task in tasks] == list(TEXTS)
    assert [task["data"]["text"] for task in tasks] == list(TEXTS.values())
    spans = tasks[0]["predictions"][0]["result"]
    assert len({span["id"] for span in spans}) == len(spans)
    for span in spans:
        value = span["value"]
        assert TEXTS["a/1"][value["start"] : value["end"]] == value["text"]
    assert ["Pneumothorax: negative"] in [span["value"]["labels"] for span in spans]
    assert tasks[2]["predictions"][0]["result"] == []


def test_what_label_studio_exports_is_read_back(reports: Path) -> None:
    export = annotated(tasks_of(reports), {"id": 4, "email": "reader-a"}, reports.parent / "e.json")
    frame = read_reference("label-studio", [export]).frame
    assert set(frame["reader"]) == {"reader-a"}
    assert same(frame, labels_of(reports))


def test_two_people_in_label_studio_are_two_readers(reports: Path) -> None:
    tasks = tasks_of(reports)
    annotated(tasks, 1, reports.parent / "e.json")
    export = annotated(tasks, 2, reports.parent / "e.json")
    each = read_reference("label-studio", [export], consensus_rule="none").frame
    assert sorted(each["reader"]) == ["1"] * 3 + ["2"] * 3
    assert same(read_reference("label-studio", [export]).frame, labels_of(reports))


def test_a_cancelled_annotation_does_not_count(reports: Path) -> None:
    tasks = tasks_of(reports)
    export = annotated(tasks, 1, reports.parent / "e.json")
    tasks[0]["annotations"][0]["was_cancelled"] = True
    export.write_text(json.dumps(tasks))
    assert read_reference("label-studio", [export]).frame["report_id"].tolist() == ["b", "c"]


def test_doccano_gets_and_gives_back_the_spans(reports: Path) -> None:
    out = reports.parent / "doccano.jsonl"
    run("label", reports, "--output", out, "--layout", "doccano")
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [record["report_id"] for record in records] == list(TEXTS)
    start, end, label = records[1]["label"][0]
    assert (records[1]["text"][start:end], label) == ("heart", "Cardiomegaly: positive")
    # doccano numbers the examples itself and adds the comments
    exported = [{"id": n, **record, "Comments": []} for n, record in enumerate(records, 1)]
    out.write_text("".join(json.dumps(record) + "\n" for record in exported))
    assert same(read_reference("doccano", [out]).frame, labels_of(reports))


def test_doccano_files_of_several_people_are_readers(reports: Path) -> None:
    record = {"id": 1, "text": "x", "report_id": "b", "label": [[0, 1, "Edema: negative"]]}
    files = [reports.parent / "anna.jsonl", reports.parent / "bert.jsonl"]
    for path in files:
        path.write_text(json.dumps(record) + "\n")
    each = read_reference("doccano", files, consensus_rule="none").frame
    assert each["reader"].tolist() == ["anna", "bert"]
    assert each["Edema"].tolist() == [0, 0]


def test_a_split_report_is_put_together_and_its_spans_move_along(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text("id,findings,impression\n1,No edema.,Small effusion.\n2,,Possible pneumonia.\n")
    tasks = tasks_of(path)
    assert tasks[0]["data"]["text"] == "FINDINGS:\nNo edema.\n\nIMPRESSION:\nSmall effusion."
    assert tasks[1]["data"]["text"] == "IMPRESSION:\nPossible pneumonia."
    for task in tasks:
        for span in task["predictions"][0]["result"]:
            value = span["value"]
            assert task["data"]["text"][value["start"] : value["end"]] == value["text"]
    words = [s["value"]["text"] for t in tasks for s in t["predictions"][0]["result"]]
    assert words == ["edema", "effusion", "pneumonia"]


@given(st.lists(st.sampled_from(["positive", "negative", "uncertain"]), max_size=5), st.randoms())
def test_a_label_is_added_up_from_its_spans_in_any_order(said: list[str], random: Any) -> None:
    from labeler.references.annotation_tools import _add_up

    found = _add_up([f"Edema: {one}" for one in said])
    order = [(1, "positive"), (-1, "uncertain"), (0, "negative")]
    wanted = next((code for code, name in order if name in said), None)
    assert found == ({} if wanted is None else {"Edema": wanted})
    random.shuffle(said)
    assert _add_up([f"Edema: {one}" for one in said]) == found


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("label-studio", "{}", "should hold a list of tasks"),
        ("label-studio", "[", "line 1, column 2: broken JSON"),
        ("label-studio", '[{"id": 1, "text": "x", "label": []}]', "task 1: no 'annotations'"),
        (
            "label-studio",
            '[{"data": {"report_id": "a"}, "annotations": []}]',
            "nothing is annotated",
        ),
        ("label-studio", '[{"data": {"text": "secret"}, "annotations": [{}]}]', "no 'report_id'"),
        ("doccano", '{"report_id": "a", "label": [[0, 1, "Edema"]]}\n{"x', "line 2, column 2"),
        ("doccano", '{"report_id": "a", "label": [[0, 1]]}', "a span is [start, end, label]"),
        ("doccano", '{"report_id": "a"}', "no 'label'"),
        ("doccano", '{"report_id": "a", "label": [[0, 1, "Rash"]]}', "'Rash'"),
    ],
)
def test_a_wrong_export_is_one_clear_error(
    kind: str, text: str, wanted: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.json"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_reference(kind, [path])
    assert wanted in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)
