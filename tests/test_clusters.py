"""Rows of one patient or study are alike: intervals that draw patients are wider."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from labeler.cli import app
from labeler.comparison.agreement import agreement, readings
from labeler.comparison.metrics import resample_clusters
from labeler.errors import InputError
from labeler.references import read_reference
from labeler.tables.labels import read_label_table


def test_a_cluster_comes_with_all_of_its_rows():
    rows, clusters = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 0, 1, 1, 2, 2])
    drawn = resample_clusters(rows, clusters, 200, seed=3)
    # of 3 clusters n0 + n1 + n2 = 3 are drawn; pattern 0 is twice in the first, 1 in the second
    n0, n1 = drawn[:, 0] / 2, drawn[:, 1]
    assert np.array_equal(drawn[:, 2], n1 + 2 * (3 - n0 - n1))
    assert np.array_equal(drawn, resample_clusters(rows, clusters, 200, seed=3))


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    dice = np.random.default_rng(5)
    patients = np.repeat(np.arange(40), 10)
    truth = (dice.random(40) < 0.5).astype(int)[patients]
    right = (dice.random(40) < 0.7)[patients]  # right or wrong in all images of a patient
    ids = [f"i{n}" for n in range(400)]
    reference = pd.DataFrame({"image_id": ids, "patient": patients, "Edema": truth, "Fracture": 0})
    predicted = reference.assign(Edema=np.where(right, truth, 1 - truth))
    reference.to_csv(tmp_path / "ref.csv", index=False)
    predicted.to_csv(tmp_path / "pred.csv", index=False)
    return tmp_path


def width(folder: Path, *options: str) -> float:
    arguments = ["compare", str(folder / "pred.csv"), str(folder / "ref.csv"), *options]
    done = CliRunner().invoke(app, [*arguments, "--json", str(folder / "out.json")])
    assert done.exit_code == 0, done.output
    found = json.loads((folder / "out.json").read_text())["observations"]["Edema"]
    estimate = found["measures"]["ones"]["f1"]
    return estimate["high"] - estimate["low"]


def test_intervals_of_f1_draw_clusters(tables):
    assert width(tables, "--cluster", "patient") > 2 * width(tables)
    done = CliRunner().invoke(
        app,
        ["compare", str(tables / "pred.csv"), str(tables / "ref.csv"), "--cluster", "house"],
    )
    assert isinstance(done.exception, InputError)


def test_intervals_of_prevalence_draw_images_or_clusters():
    ids = pd.Index([f"i{n}" for n in range(100) for _ in range(3)])
    values = np.repeat(np.arange(100) % 2, 3).astype(np.int8)[:, None]  # the readers agree
    given = readings(ids, ["a", "b", "c"] * 100, values, ["Edema"])
    (by_image,) = agreement(given)
    assert by_image.prevalence_high - by_image.prevalence_low == pytest.approx(0.196, abs=0.03)
    studies = np.arange(100) % 10  # ten images each, all alike
    (by_study,) = agreement(given, clusters=studies)
    assert by_study.prevalence_high - by_study.prevalence_low > 0.4


def test_the_output_of_reference_chexpert_is_taken_as_it_is(tmp_path):
    (tmp_path / "valid.csv").write_text(
        "Path,Sex,Edema,Fracture\np/patient1/study1/view1.jpg,F,1,0\np/patient1/study1/view2.jpg,F,1,\n"
    )
    frame = read_reference("chexpert", [tmp_path / "valid.csv"]).frame
    frame.to_csv(tmp_path / "out.csv", index=False)
    table = read_label_table(tmp_path / "out.csv")
    assert table.id_name == "Path"
    assert len(table.ids) == 2
    runner = CliRunner()
    encoded = str(tmp_path / "train.csv")
    done = runner.invoke(
        app, ["encode", str(tmp_path / "out.csv"), "--uncertain", "ones", "-o", encoded]
    )
    assert done.exit_code == 0, done.output
    # what is not known of an image stays empty
    assert pd.read_csv(encoded)["Fracture"].isna().tolist() == [False, True]
    done = runner.invoke(app, ["compare", str(tmp_path / "out.csv"), str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
