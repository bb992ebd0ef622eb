"""`label_frame` with the frames that users have: any index, any kind of string column, gaps."""

import numpy as np
import pandas as pd
import pytest

from labeler import InputError, Labeler

TEXTS = ["No edema.", None, "Small effusion. Possible pneumonia.", "", "No edema."]


@pytest.fixture(scope="module")
def labeler() -> Labeler:
    return Labeler()


def expected() -> pd.DataFrame:
    edema = pd.array([0, None, None, None, 0], dtype="Int8")
    effusion = pd.array([None, None, 1, None, None], dtype="Int8")
    pneumonia = pd.array([None, None, -1, None, None], dtype="Int8")
    return pd.DataFrame({"Edema": edema, "Pleural Effusion": effusion, "Pneumonia": pneumonia})


@pytest.mark.parametrize(
    "dtype", ["object", "string", "string[pyarrow]", "category", "arrow", "default"]
)
def test_any_kind_of_text_column(labeler: Labeler, dtype: str) -> None:
    pa = pytest.importorskip("pyarrow")
    kind = pd.ArrowDtype(pa.string()) if dtype == "arrow" else dtype
    column = pd.Series(TEXTS) if dtype == "default" else pd.Series(TEXTS, dtype=kind)
    labels = labeler.label_frame(pd.DataFrame({"report": column}))
    pd.testing.assert_frame_equal(labels[list(expected().columns)], expected())


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(list("edcba"), name="study"),
        pd.Index([7, 7, 7, 7, 7]),
        pd.MultiIndex.from_product([["p1"], range(5)], names=["subject", "study"]),
        pd.date_range("2001-01-01", periods=5),
    ],
    ids=["strings", "repeated", "several levels", "dates"],
)
def test_the_index_is_kept(labeler: Labeler, index: pd.Index) -> None:
    frame = pd.DataFrame({"report": TEXTS}, index=index)
    pd.testing.assert_index_equal(labeler.label_frame(frame).index, index)


def test_labels_are_nullable_small_integers_in_output_order(labeler: Labeler) -> None:
    labels = labeler.label_frame(pd.DataFrame({"report": TEXTS}))
    assert tuple(labels.columns) == labeler.observations
    assert all(dtype == pd.Int8Dtype() for dtype in labels.dtypes)
    assert labels.loc[1].isna().all()


def test_cells_that_are_no_text_are_empty_reports(labeler: Labeler) -> None:
    frame = pd.DataFrame({"report": [np.nan, 3, pd.NA, None, "Edema."]})
    labels = labeler.label_frame(frame)
    assert labels[:4].isna().all(axis=None)
    assert labels["Edema"][4] == 1


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"report": [1, 2]}), "column 'report' holds no text, but int"),
        (["Edema."], "a pandas DataFrame, not in list"),
        (pd.Series(["Edema."], name="report"), "a pandas DataFrame, not in Series"),
        (
            pd.DataFrame([["a", "b"]], columns=["report", "report"]),
            "several columns are named 'report'",
        ),
    ],
)
def test_what_is_no_frame_of_reports_is_refused(labeler: Labeler, frame, said: str) -> None:
    with pytest.raises(InputError, match=said):
        labeler.label_frame(frame)


def test_sections_are_given_by_name(labeler: Labeler) -> None:
    with pytest.raises(InputError, match="section name -> text, not as str"):
        labeler.label_sections("Edema.")


def test_columns_of_sections(labeler: Labeler) -> None:
    frame = pd.DataFrame({"FIND": ["No edema.", None], "IMPR": [None, "Pneumonia."]})
    labels = labeler.label_frame(frame, findings="FIND", impression="IMPR")
    assert labels["Edema"].tolist() == [0, pd.NA]
    assert labels["Pneumonia"].tolist() == [pd.NA, 1]


def test_a_frame_without_rows_and_the_frame_given_are_left_alone(labeler: Labeler) -> None:
    empty = labeler.label_frame(pd.DataFrame({"report": []}))
    assert empty.shape == (0, len(labeler.observations))
    frame = pd.DataFrame({"report": TEXTS})
    before = frame.copy()
    labeler.label_frame(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_missing_column_is_named(labeler: Labeler) -> None:
    with pytest.raises(InputError, match="no column 'report'; the columns are text"):
        labeler.label_frame(pd.DataFrame({"text": TEXTS}))


@pytest.mark.parametrize("gap", [None, float("nan"), np.nan, pd.NA, pd.NaT, "", " \n"])
def test_a_missing_report_is_blank(labeler: Labeler, gap: object) -> None:
    for report in (labeler.label(gap), labeler.label_sections({"findings": gap})):  # type: ignore[arg-type, dict-item]
        assert set(report.labels.values()) == {None}
        assert (report.mentions, report.sections) == ((), ())


@pytest.mark.parametrize("wrong", [7, b"No edema.", ["No edema."], {"findings": "No edema."}])
def test_what_is_no_text_is_refused(labeler: Labeler, wrong: object) -> None:
    with pytest.raises(InputError, match="must be text or missing"):
        labeler.label(wrong)  # type: ignore[arg-type]


def test_an_unknown_section_is_named_with_the_known_ones(labeler: Labeler) -> None:
    frame = pd.DataFrame({"f": TEXTS})
    for call in (
        lambda: labeler.label_frame(frame, finding="f"),
        lambda: labeler.label_frame(frame, findings="f", Impression="f"),
        lambda: labeler.label_sections({"Findings": "No edema."}),
        lambda: list(labeler.label_batches([frame], sections={"conclusion": "f"})),
    ):
        with pytest.raises(InputError, match=r"no section is named '\w+'; .* findings, impression"):
            call()
    assert labeler.label_frame(frame, findings="f")["Edema"][0] == 0
