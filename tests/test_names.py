"""Names and codes: every command takes the same columns for the id."""

import pytest

from labeler.corpus.reports import open_reports
from labeler.tables.labels import read_label_table
from labeler.tables.names import find_ids, find_section, fold_name, key_columns


@pytest.mark.parametrize(
    "name",
    ["note_id", "NOTE_ID", "Study ID", "accession", "AccessionNumber", "uid", "Image Index"],
)
def test_reports_and_label_tables_have_the_same_id_columns(tmp_path, name):
    (tmp_path / "reports.csv").write_text(f"{name},report\nA7,No edema.\n")
    (tmp_path / "labels.csv").write_text(f"{name},Edema\nA7,0\n")
    (report,) = open_reports([str(tmp_path / "reports.csv")]).reports
    assert report.id == "A7"
    assert list(read_label_table(tmp_path / "labels.csv").ids) == ["A7"]


@pytest.mark.parametrize(
    ("columns", "ids", "key"),
    [
        ("subject_id study_id text", "subject_id study_id", "study_id"),
        ("SUBJECT_ID HADM_ID TEXT", "SUBJECT_ID HADM_ID", "HADM_ID"),
        ("note_id subject_id hadm_id text", "note_id", "note_id"),
        ("ROW_ID SUBJECT_ID HADM_ID TEXT", "ROW_ID", "ROW_ID"),
        ("row text", "row", "row"),
        ("row uid text", "uid", "uid"),
    ],
)
def test_pairs_and_row_numbers(columns, ids, key):
    found = find_ids(columns.split())
    assert found == (tuple(ids.split()),)
    assert key_columns(found[0]) == tuple(key.split())


def test_a_column_that_is_something_else_is_no_id():
    assert find_ids(["id", "report"], taken={"id"}) == ()


def test_names_are_compared_without_case_and_marks():
    assert fold_name("Pleural_Thickening") == fold_name("pleural thickening")
    assert find_section("Section_Findings") == "findings"
    assert find_section("note") is None
