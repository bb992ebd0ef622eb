"""Training-ready labels by the CheXpert paper's policies."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from labeler.cli import app
from labeler.errors import InputError
from labeler.tables.encode import encode
from labeler.tables.labels import Labels
from labeler.tables.names import BLANK


@pytest.fixture
def table():
    values = np.array([[1, -1], [0, BLANK], [-1, 1]], dtype=np.int8)
    return Labels("t.csv", "uid", pd.Index(["a", "b", "c"]), ("No Finding", "Edema"), values)


@pytest.mark.parametrize(
    ("policy", "edema"),
    [
        ("ones", [1, 0, 1]),
        ("zeros", [0, 0, 1]),
        ("ignore", [None, 0, 1]),
        ("multiclass", [2, 0, 1]),
    ],
)
def test_policies(table, policy, edema):
    frame = encode(table, uncertain=policy).frame
    assert [None if pd.isna(cell) else int(cell) for cell in frame["Edema"]] == edema
    assert frame["uid"].tolist() == ["a", "b", "c"]


def test_empty_cells_are_handled_on_their_own(table):
    result = encode(table, uncertain="ones", empty="ignore")
    assert result.frame["Edema"].isna().tolist() == [False, True, False]
    assert (result.uncertain, result.empty, result.ignored) == (2, 1, 1)


def test_exceptions_and_dropping_no_finding(table):
    frame = encode(table, uncertain="ones", exceptions={"Edema": "zeros"}, no_finding=False).frame
    assert list(frame.columns) == ["uid", "Edema"]
    assert frame["Edema"].tolist() == [0, 0, 1]


def test_the_table_itself_stays_as_it_is(table):
    before = table.values.copy()
    encode(table, uncertain="ones")
    assert np.array_equal(table.values, before)


@pytest.mark.parametrize(
    "options",
    [
        {"uncertain": "two"},
        {"uncertain": "ones", "empty": "ones"},
        {"uncertain": "ones", "exceptions": {"Edema": "half"}},
        {"uncertain": "ones", "exceptions": {"Goiter": "ones"}},
    ],
)
def test_unknown_policies_and_observations_are_named(table, options):
    with pytest.raises(InputError, match=r"--(uncertain|empty|except)"):
        encode(table, **options)


def test_a_workbook_for_training_and_a_wrong_name(tmp_path):
    (tmp_path / "labels.csv").write_text("uid,Edema,Fracture\n007,1.0,-1.0\n=1+1,,0.0\n")
    command = [
        "encode",
        str(tmp_path / "labels.csv"),
        "--uncertain",
        "multiclass",
        "--empty",
        "zeros",
    ]
    command.append("--output")
    assert CliRunner().invoke(app, [*command, str(tmp_path / "train.xlsx")]).exit_code == 0
    sheet = openpyxl.load_workbook(tmp_path / "train.xlsx").active
    assert list(sheet.values) == [
        ("uid", "Edema", "Fracture"), ("007", 1, 2), ("=1+1", 0, 0),
    ]  # fmt: skip
    assert sheet["A3"].data_type == "s"
    wrong = CliRunner().invoke(app, [*command, str(tmp_path / "train.parquet.gz")])
    assert isinstance(wrong.exception, InputError)
    assert "compressed already" in str(wrong.exception)
