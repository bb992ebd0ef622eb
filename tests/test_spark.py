"""Spark gives the labels of a single process, row for row."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shared_data import SHARED, needs_shared

import labeler.spark
from labeler import Labeler
from labeler.corpus.label import label_corpus
from labeler.errors import InputError

pytest.importorskip("pyspark", reason="the extra spark is not installed")
pytestmark = pytest.mark.skipif(
    not os.environ.get("JAVA_HOME") and shutil.which("java") is None,
    reason="Spark needs a Java, and there is none",
)

REPORTS = [
    ("a1", "FINDINGS: The heart is enlarged. No effusion.\nIMPRESSION: Cardiomegaly."),
    ("a2", ""),
    ("a3", None),
    ("a4", "Possible pneumonia in the left base; no pneumothorax."),
    ("a5", "IMPRESSION: Clear lungs. Normal heart."),
] * 7


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "500")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_labels_are_those_of_one_process(spark: Any) -> None:
    df = spark.createDataFrame(REPORTS, "study_id string, report string").repartition(3)
    rows = {(row["study_id"], *row[1:15]) for row in labeler.spark.label(df).collect()}
    frame = pd.DataFrame(REPORTS, columns=["study_id", "report"])
    alone = Labeler().label_frame(frame)
    expected = {
        (name, *[None if pd.isna(v) else int(v) for v in values])
        for name, values in zip(
            frame["study_id"], alone.itertuples(index=False, name=None), strict=True
        )
    }
    assert rows == expected


def test_the_schema_is_declared_and_keeps_the_ids_as_they_are(spark: Any) -> None:
    df = spark.createDataFrame([(7, "s", "Edema.")], "subject long, `a.b` string, report string")
    out = labeler.spark.label(df, id=["subject", "a.b"])
    assert [f"{field.name} {field.dataType.simpleString()}" for field in out.schema][:3] == [
        "subject bigint", "a.b string", "No Finding tinyint",
    ]  # fmt: skip
    (row,) = out.collect()
    assert (row["subject"], row["a.b"], row["Edema"], row["sections"]) == (7, "s", 1, "body")


def test_evidence_is_what_the_labeler_says(spark: Any) -> None:
    df = spark.createDataFrame(REPORTS, "study_id string, report string")
    frame = pd.DataFrame(REPORTS, columns=["study_id", "report"])
    (alone,) = Labeler().label_batches([frame], text="report", keep=["study_id"], evidence=True)
    said = dict(zip(alone["study_id"], alone["evidence"], strict=True))
    rows = labeler.spark.label(df, evidence=True).collect()
    assert len(rows) == len(REPORTS)
    assert any(row["evidence"] for row in rows)
    for row in rows:
        assert [mention.asDict() for mention in row["evidence"]] == said[row["study_id"]]


def test_doubt_is_that_of_one_process(spark: Any) -> None:
    df = spark.createDataFrame(REPORTS[:5], "study_id string, report string")
    made = labeler.spark.label(df, evidence=True, doubt=True).orderBy("study_id").collect()
    frame = pd.DataFrame(REPORTS[:5], columns=["study_id", "report"])
    alone = Labeler().label_frame(frame, doubt=True)
    assert [row["doubt"] for row in made] == alone["doubt"].tolist()
    assert [row["reasons"] for row in made] == alone["reasons"].tolist()
    assert max(row["doubt"] for row in made) > 0


def test_mistakes_are_told_before_anything_runs(spark: Any) -> None:
    df = spark.createDataFrame([("1", "x", "y")], "study_id string, report string, Edema string")
    with pytest.raises(InputError, match="no column 'note'; the columns are study_id"):
        labeler.spark.label(df, text="note")
    with pytest.raises(InputError, match="'Edema' has the name of an output column"):
        labeler.spark.label(df, id="Edema")
    with pytest.raises(InputError, match="no section policy 'most'"):
        labeler.spark.label(df, policy="most")


def test_the_command_writes_the_rows_that_one_process_writes(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from corpora import run_cli

    frame = pd.DataFrame(REPORTS, columns=["study_id", "report"])
    frame["study_id"] = range(len(frame))
    (tmp_path / "in").mkdir()
    frame.to_parquet(tmp_path / "in" / "part.parquet", index=False)
    where = [str(tmp_path / "in"), "--output", str(tmp_path / "out")]
    status, _, said = run_cli(monkeypatch, capsys, "label", *where, "--engine", "spark")
    assert status == 0, said
    assert "35 reports, 14 without text" in said
    label_corpus([str(tmp_path / "in" / "part.parquet")], tmp_path / "one.parquet")
    together = pd.read_parquet(tmp_path / "out")
    assert together.equals(pd.read_parquet(tmp_path / "one.parquet"))
    status, _, said = run_cli(monkeypatch, capsys, "label", *where, "--engine", "spark")
    assert status == 2, said
    assert len(said.strip().splitlines()) == 1
    status, _, said = run_cli(monkeypatch, capsys, "label", *where, "--engine", "spark", "--resume")
    assert (status, "--resume is not for --engine spark" in said) == (2, True)


@needs_shared
def test_all_of_openi_row_for_row(spark: Any) -> None:
    frame = pd.read_csv(SHARED / "openi" / "reports.csv", dtype=str, keep_default_na=False)
    frame = frame[["uid", "findings", "impression"]].astype(object)
    sections = {"findings": "findings", "impression": "impression"}
    df = spark.createDataFrame(frame).repartition(4)
    out = labeler.spark.label(df, id="uid", sections=sections).toPandas().set_index("uid")
    alone = Labeler().label_frame(frame.set_index("uid"), **sections)
    together = out.loc[alone.index, list(alone.columns)].astype("Int8")
    pd.testing.assert_frame_equal(together, alone, check_index_type=False)
