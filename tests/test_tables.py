"""Label tables: spellings, ids, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.errors import InputError
from labeler.tables.files import read_frame
from labeler.tables.labels import label_columns, label_frame, read_label_table, read_readings
from labeler.tables.names import BLANK, CHEXPERT, read_value
from labeler.writers.frame import write_frame


@pytest.fixture
def write(tmp_path):
    def _write(text, name="labels.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1", 1), ("1.0", 1), ("positive", 1), ("True", 1), (True, 1), (1, 1), (1.0, 1), (" Y ", 1),
        ("0", 0), ("0.0", 0), ("Negative", 0), (False, 0), (0, 0), ("absent", 0), ("-0.0", 0),
        ("-1", -1), ("-1.0", -1), ("uncertain", -1), (-1, -1), ("u", -1),
        ("", BLANK), ("nan", BLANK), (None, BLANK), (float("nan"), BLANK), ("Not mentioned", BLANK),
    ],
)  # fmt: skip
def test_spellings_of_a_value(cell, code):
    assert read_value(cell) == code


@pytest.mark.parametrize("cell", ["2", "maybe", "1;0", "0.5", "inf", "1 0"])
def test_other_spellings_are_no_value(cell):
    assert read_value(cell) is None


def test_strange_values_are_named_with_their_places(write):
    path = write("id,Edema,Fracture\na,1,0\nb,perhaps,0\nc,1,2\n")
    with pytest.raises(InputError, match="row 2, column 'Edema', row 3, column 'Fracture'"):
        read_label_table(path)


def test_columns_are_found_whatever_their_order_case_and_underscores(write):
    path = write("study_id,lung_lesion,LUNG OPACITY,Airspace_Opacity2\n7,1,0,x\n")
    table = read_label_table(path)
    assert table.observations == ("Lung Lesion", "Lung Opacity")
    assert table.values.tolist() == [[1, 0]]
    assert table.ids.tolist() == ["7"]


def test_airspace_opacity_is_lung_opacity():
    assert label_columns(["Airspace Opacity"]) == {"Lung Opacity": "Airspace Opacity"}


def test_two_columns_for_one_observation_are_refused():
    with pytest.raises(InputError, match="mean the same"):
        label_columns(["Lung Opacity", "Airspace Opacity"])


def test_named_observations_are_required_and_may_be_any(write):
    path = write("id,Goiter\n1,1\n")
    assert read_label_table(path, observations=["Goiter"]).values.tolist() == [[1]]
    with pytest.raises(InputError, match="no column 'Scoliosis' among: 'id', 'Goiter'"):
        read_label_table(path, observations=["Scoliosis"])


def test_duplicate_ids_are_an_error_that_names_rows(write):
    path = write("uid,Edema\nA,1\nB,0\nA,0\n")
    with pytest.raises(
        InputError, match=r"1 repeated id\(s\) in 'uid', the first in the rows 1, 3"
    ):
        read_label_table(path)


def test_the_id_must_be_named_where_it_is_not_obvious(write):
    path = write("patient,visit,Edema\n1,1,1\n1,2,0\n")
    with pytest.raises(InputError, match=r"which column is the id.*'patient', 'visit'"):
        read_label_table(path)
    assert read_label_table(path, on="patient,visit").ids.tolist() == ["1/1", "1/2"]
    with pytest.raises(InputError, match="no id column 'exam'"):
        read_label_table(path, on="exam")


def test_an_empty_id_is_refused_with_its_row(write):
    with pytest.raises(InputError, match="row 2: no id in 'uid'"):
        read_label_table(write("uid,Edema\n1,1\n ,0\n"))


def test_ids_keep_leading_zeros_and_patterns_cut_them(write):
    path = write("filename,Edema\nCXR007.png,1\n")
    assert read_label_table(path).ids.tolist() == ["CXR007.png"]
    assert read_label_table(path, id_pattern=r"CXR0*(\d+)").ids.tolist() == ["7"]
    with pytest.raises(InputError, match="row 1: the id does not match"):
        read_label_table(path, id_pattern=r"^\d+$")
    with pytest.raises(InputError, match="--id-pattern"):
        read_label_table(path, id_pattern="(")


@pytest.mark.parametrize(
    "suffix", [".csv", ".tsv", ".parquet", ".jsonl", ".csv.gz", ".tsv.zst", ".xlsx"]
)
def test_every_format_gives_the_same_table(tmp_path, suffix):
    values = np.array([[1, BLANK], [0, -1]], dtype=np.int8)
    frame = pd.DataFrame({"uid": ["a", "b"]})
    frame = pd.concat([frame, label_frame(values, ["Edema", "Fracture"], frame.index)], axis=1)
    path = tmp_path / f"labels{suffix}"
    write_frame(frame, path)
    table = read_label_table(path)
    assert table.ids.tolist() == ["a", "b"]
    assert table.values.tolist() == values.tolist()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_csv_values_are_written_as_the_contract_says(tmp_path):
    values = np.array([[1, 0, -1, BLANK]], dtype=np.int8)
    frame = label_frame(values, CHEXPERT[:4], pd.RangeIndex(1))
    write_frame(frame, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "1.0,0.0,-1.0,"


def test_numeric_ids_of_parquet_are_whole_numbers(tmp_path):
    path = tmp_path / "labels.parquet"
    pd.DataFrame({"study_id": [50.0, 51.0], "Edema": [1.0, None]}).to_parquet(path)
    table = read_label_table(path)
    assert table.ids.tolist() == ["50", "51"]
    assert table.values.tolist() == [[1], [BLANK]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("uid,Edema\n1,1,1\n", "Length of header"),
        ("uid,Edema\n1,1\n2\n", "row 3 has 1 fields, the header 2"),
        ("uid,Edema\n1,1\n2,0,0\n", "line 3"),
        (b"uid,Edema\n1,\xff\n", "not UTF-8"),
        ("uid,Edema,Edema\n1,1,0\n", "columns 2 and 3 have the same name"),
        ("uid,color\n1,1\n", "no label column"),
        ('uid,Edema\n1,"1\n', "EOF inside string"),
    ],
)
def test_bad_files_are_one_clear_line(write, content, message):
    with pytest.raises(InputError, match=message) as error:
        read_label_table(write(content))
    assert "\n" not in str(error.value)


def test_missing_and_foreign_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_frame(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_frame(tmp_path)
    (tmp_path / "labels.docx").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"give a \.csv"):
        read_frame(tmp_path / "labels.docx")
    (tmp_path / "labels.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match="is not compressed, though its name says so"):
        read_frame(tmp_path / "labels.csv.gz")


def test_a_failed_write_leaves_nothing(tmp_path):
    with pytest.raises(InputError, match="give a name that ends in"):
        write_frame(pd.DataFrame({"a": [1]}), tmp_path / "out.docx")
    with pytest.raises(InputError, match="no folder"):
        write_frame(pd.DataFrame({"a": [1]}), tmp_path / "sub" / "out.csv")
    assert not list(tmp_path.iterdir())


def test_readings_of_one_table_and_of_several(write):
    one = write("image_id,rad_id,Edema\na,R1,1\na,R2,0\n", "one.csv")
    table, readers = read_readings([one])
    assert (table.ids.tolist(), readers) == (["a", "a"], ["R1", "R2"])
    first = write("image_id,Edema\na,1\n", "first.csv")
    second = write("image_id,Edema\na,0\n", "second.csv")
    _, readers = read_readings([first, second])
    assert readers == ["first.csv", "second.csv"]
    unnamed = write("image_id,Edema\na,1\na,0\nb,1\n", "unnamed.csv")
    assert read_readings([unnamed])[1] == ["reading 1", "reading 2", "reading 1"]
    with pytest.raises(InputError, match="no reader column 'who'"):
        read_readings([one], reader="who")


@given(st.lists(st.tuples(*[st.sampled_from([1, 0, -1, BLANK])] * 3), min_size=1, max_size=20))
def test_writing_and_reading_gives_the_labels_back(tmp_path_factory, rows):
    values = np.array(rows, dtype=np.int8)
    ids = pd.DataFrame({"uid": [f"r{number}" for number in range(len(rows))]})
    frame = pd.concat([ids, label_frame(values, CHEXPERT[:3], ids.index)], axis=1)
    path = tmp_path_factory.mktemp("round") / "labels.csv"
    write_frame(frame, path)
    assert read_label_table(path).values.tolist() == values.tolist()
