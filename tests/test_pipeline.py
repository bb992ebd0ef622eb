"""The three stages behind one object: whole reports, their evidence, frames and batches of them.

What `label_frame` does with all kinds of columns and indexes is in test_frames.py.
"""

import pandas as pd
import pytest

from labeler import InputError, Labeler, Mention

REPORT = """INDICATION: Query pneumonia.

FINDINGS:
Heart: Enlarged.
Lungs: Small left effusion. No consolidation.

IMPRESSION:
1. Possible oedema.
2. No pneumothorax."""


def said(labeler: Labeler, text: str) -> dict[str, int]:
    return {k: v for k, v in labeler.label(text).labels.items() if v is not None}


# ------------------------------------------------------------------------------------ label


def test_labels_of_a_report(labeler: Labeler) -> None:
    assert said(labeler, REPORT) == {
        "Cardiomegaly": 1,
        "Pleural Effusion": 1,
        "Consolidation": 0,
        "Edema": -1,
        "Pneumothorax": 0,
    }


def test_labels_are_in_output_order(labeler: Labeler) -> None:
    assert tuple(labeler.label(REPORT).labels) == labeler.observations
    assert len(labeler.observations) == 14


def test_evidence_of_a_report(labeler: Labeler) -> None:
    mentions = {m.observation: m for m in labeler.label(REPORT).mentions}
    effusion, edema = mentions["Pleural Effusion"], mentions["Edema"]
    assert (effusion.section, effusion.value, effusion.text) == ("findings", 1, "effusion")
    assert (effusion.cue, effusion.cue_start, effusion.cue_end) == ("", -1, -1)
    assert (edema.section, edema.value, edema.text, edema.cue) == (
        *("impression", -1, "oedema"),
        "Possible",
    )
    assert edema.sentence == "Possible oedema."
    assert REPORT.index("oedema") == edema.start
    assert REPORT.index("Possible") == edema.cue_start == edema.sentence_start


def test_a_headings_mention_has_its_line_as_the_sentence(labeler: Labeler) -> None:
    (heart,) = [m for m in labeler.label(REPORT).mentions if m.observation == "Cardiomegaly"]
    assert (heart.text, heart.cue) == ("Heart", "Enlarged")
    assert heart.sentence == "Heart: Enlarged."
    assert REPORT[heart.start : heart.end] == "Heart"
    assert REPORT[heart.cue_start : heart.cue_end] == "Enlarged"


@pytest.mark.parametrize("heading", ["Pleural effusion", "Pneumothorax"])
@pytest.mark.parametrize("answer", ["none", "None.", "no", "absent", "negative"])
def test_a_finding_in_the_heading(labeler: Labeler, heading: str, answer: str) -> None:
    text = f"{heading}: {answer}"
    (mention,) = [m for m in labeler.label(text).mentions if m.observation == heading.title()]
    assert mention.value == 0
    assert mention.cue.lower() == answer.lower().rstrip(".")


def test_mentions_are_in_text_order(labeler: Labeler) -> None:
    starts = [m.start for m in labeler.label(REPORT).mentions]
    assert starts == sorted(starts)


def test_sections_that_were_labelled(labeler: Labeler) -> None:
    assert [s.name for s in labeler.label(REPORT).sections] == ["findings", "impression"]


@pytest.mark.parametrize("text", ["", "   \n", "XXXX XXXX", "___", "...", "1. 2. 3.", "\x00"])
def test_a_text_that_says_nothing_has_no_labels(labeler: Labeler, text: str) -> None:
    report = labeler.label(text)
    assert set(report.labels.values()) == {None}
    assert report.mentions == ()


def test_an_indication_alone_is_not_labelled(labeler: Labeler) -> None:
    assert said(labeler, "INDICATION: Query pneumonia and effusion.") == {}


def test_sections_say_what_they_say_apart() -> None:
    text = "FINDINGS: Small effusion.\nIMPRESSION: No pneumothorax."
    assert said(Labeler(sections="findings"), text) == {"Pleural Effusion": 1}
    assert said(Labeler(sections="impression"), text) == {"No Finding": 1, "Pneumothorax": 0}


# ------------------------------------------------------------------------ rules of the whole


@pytest.mark.parametrize(
    ("text", "cardiomegaly"),
    [
        ("Heart failure.", -1),
        ("Findings of CHF.", -1),
        ("Possible heart failure.", -1),
        ("No heart failure.", None),
        ("Heart failure. Heart size is normal.", -1),
        ("Heart failure. The heart is enlarged.", 1),
    ],
)
def test_a_failing_heart_is_at_least_possibly_large(
    labeler: Labeler, text: str, cardiomegaly: int | None
) -> None:
    assert labeler.label(text).labels["Cardiomegaly"] == cardiomegaly


@pytest.mark.parametrize(
    "text",
    [
        "Normal chest.",
        "No acute cardiopulmonary abnormality.",
        "The lungs are clear.",
        "No effusion or pneumothorax.",
        "Endotracheal tube in place. The lungs are clear.",
        "Surgical clips. Low lung volumes. No effusion.",
    ],
)
def test_no_finding(labeler: Labeler, text: str) -> None:
    assert labeler.label(text).labels["No Finding"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "Small effusion.",
        "Possible pneumonia.",
        "Emphysema.",
        "Scoliosis. The lungs are clear.",
        "Calcified granuloma.",
        "Tortuous aorta.",
        "No change.",
    ],
)
def test_not_no_finding(labeler: Labeler, text: str) -> None:
    assert labeler.label(text).labels["No Finding"] is None


# --------------------------------------------------------------------------- label_sections


def test_offsets_of_a_split_report_count_into_its_section(labeler: Labeler) -> None:
    sections = {"findings": "Small effusion.", "impression": "No edema."}
    report = labeler.label_sections(sections)
    for mention in report.mentions:
        assert sections[mention.section][mention.start : mention.end] == mention.text
    assert {m.section for m in report.mentions} == {"findings", "impression"}


def test_headers_inside_a_split_section_open_nothing(labeler: Labeler) -> None:
    report = labeler.label_sections({"findings": "Comparison: none. Small effusion."})
    assert report.labels["Pleural Effusion"] == 1
    assert [s.name for s in report.sections] == ["findings"]


@pytest.mark.parametrize(
    ("policy", "sections", "edema", "effusion"),
    [
        ("findings+impression", {"findings": "Edema.", "impression": "Effusion."}, 1, 1),
        ("impression-first", {"findings": "Edema.", "impression": "Effusion."}, None, 1),
        ("impression-first", {"findings": "Edema.", "impression": " "}, 1, None),
        ("impression", {"findings": "Edema.", "impression": "Effusion."}, None, 1),
        ("findings", {"findings": "Edema.", "impression": "Effusion."}, 1, None),
        ("whole", {"findings": "Edema.", "impression": "Effusion."}, 1, 1),
    ],
)
def test_policies_of_split_reports(
    policy: str, sections: dict[str, str], edema: int | None, effusion: int | None
) -> None:
    found = Labeler(sections=policy).label_sections(sections).labels
    assert (found["Edema"], found["Pleural Effusion"]) == (edema, effusion)


def test_a_split_report_without_text(labeler: Labeler) -> None:
    report = labeler.label_sections({"findings": "", "impression": " \n"})
    assert set(report.labels.values()) == {None}
    assert report.sections == ()


# ---------------------------------------------------------------------------- label_batches


FRAME = pd.DataFrame(
    {
        "study": ["s1", "s2", "s3", "s4"],
        "report": [REPORT, "", "No edema.", "Findings: Effusion. Impression: Edema."],
    },
    index=[3, 1, 4, 1],
)


def test_batches_keep_columns_rows_and_index(labeler: Labeler) -> None:
    batches = [FRAME.iloc[:1], FRAME.iloc[1:1], FRAME.iloc[1:]]
    out = list(labeler.label_batches(batches, text="report", keep=["study"]))
    assert [len(frame) for frame in out] == [1, 0, 3]
    whole = pd.concat(out)
    assert list(whole.index) == [3, 1, 4, 1]
    assert list(whole["study"]) == list(FRAME["study"])
    assert list(whole.columns) == ["study", *labeler.observations, "sections"]
    assert list(whole["sections"]) == [
        *("findings+impression", "", "body"),
        "findings+impression",
    ]


def test_batches_are_labelled_one_at_a_time(labeler: Labeler) -> None:
    taken = []

    def batches():
        for i in range(3):
            taken.append(i)
            yield FRAME

    out = labeler.label_batches(batches(), text="report")
    next(out)
    assert taken == [0]


def test_batches_give_the_labels_of_single_reports(labeler: Labeler) -> None:
    (frame,) = labeler.label_batches([FRAME], text="report")
    for row, text in zip(frame.itertuples(index=False), FRAME["report"], strict=True):
        labels = labeler.label(text).labels
        assert [None if pd.isna(v) else v for v in row[: len(labels)]] == list(labels.values())


def test_evidence_in_batches_is_the_mentions(labeler: Labeler) -> None:
    (frame,) = labeler.label_batches([FRAME], text="report", evidence=True)
    for evidence, text in zip(frame["evidence"], FRAME["report"], strict=True):
        assert tuple(Mention(**row) for row in evidence) == labeler.label(text).mentions


def test_batches_of_split_reports(labeler: Labeler) -> None:
    frame = pd.DataFrame({"F": ["No edema.", None], "I": [float("nan"), "Effusion."]})
    (out,) = labeler.label_batches([frame], sections={"findings": "F", "impression": "I"})
    assert list(out["sections"]) == ["findings", "impression"]
    assert out["Edema"].tolist() == [0, pd.NA]
    assert out["Pleural Effusion"].tolist() == [pd.NA, 1]


@pytest.mark.parametrize(
    "how", [{}, {"text": "report", "sections": {"findings": "report"}}], ids=["neither", "both"]
)
def test_either_text_or_sections(labeler: Labeler, how: dict[str, object]) -> None:
    with pytest.raises(InputError, match="either"):
        list(labeler.label_batches([FRAME], **how))


@pytest.mark.parametrize(
    "how",
    [
        {"text": "absent"},
        {"sections": {"findings": "absent"}},
        {"text": "report", "keep": ["absent"]},
    ],
    ids=["text", "section", "kept"],
)
def test_a_missing_column_is_named(labeler: Labeler, how: dict[str, object]) -> None:
    with pytest.raises(InputError, match="no column 'absent'; the columns are study, report"):
        list(labeler.label_batches([FRAME], **how))


# ------------------------------------------------------------------------------------- cache


@pytest.mark.parametrize("size", [0, 1, 2, 200_000])
def test_the_cache_changes_nothing(labeler: Labeler, size: int) -> None:
    other = Labeler(cache_size=size)
    texts = [REPORT, "Heart: Enlarged.", "Enlarged.", "Lungs: Enlarged.", REPORT, "No edema."] * 2
    assert [other.label(t) for t in texts] == [labeler.label(t) for t in texts]


def test_a_sentence_is_remembered_with_its_heading(labeler: Labeler) -> None:
    assert said(labeler, "Heart: Enlarged.") == {"Cardiomegaly": 1}
    assert said(labeler, "Mediastinum: Enlarged.") == {"Enlarged Cardiomediastinum": 1}


def test_other_label_sets_have_other_observations() -> None:
    nih = Labeler("chestxray14")
    assert "Hernia" in nih.observations
    assert nih.label("Small effusion.").labels["Effusion"] == 1


def test_an_unknown_label_set_is_an_input_error() -> None:
    with pytest.raises(InputError, match="label set"):
        Labeler("nonesuch")
