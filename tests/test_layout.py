"""Forms of many styles: names with answers, tables, boxes, lists, lines, and the sections around them.

Every form is an invention; the wanted labels follow the guideline.
"""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import Labeler
from labeler.text.plain import plain_text

CODES = {
    "NF": "No Finding", "EC": "Enlarged Cardiomediastinum", "CM": "Cardiomegaly", "LL": "Lung Lesion",
    "LO": "Lung Opacity", "ED": "Edema", "CO": "Consolidation", "PN": "Pneumonia", "AT": "Atelectasis",
    "PX": "Pneumothorax", "PE": "Pleural Effusion", "PO": "Pleural Other", "FR": "Fracture",
    "SD": "Support Devices",
}  # fmt: skip

FORMS = [
    # a name and an answer a line
    ("Pneumothorax: No\nPleural effusion: Yes\nConsolidation: No\nCardiomegaly: Yes", "PX=0 PE=1 CO=0 CM=1"),
    ("PNEUMOTHORAX: NONE\nEFFUSION: SMALL LEFT\nEDEMA: MILD\nFRACTURE: NONE SEEN", "PX=0 PE=1 ED=1 FR=0"),
    ("Effusion .......... none\nEdema ............. present\nFracture .......... not seen", "PE=0 ED=1 FR=0"),
    ("Effusion\tabsent\nEdema\tpresent\nPneumothorax\tabsent", "PE=0 ED=1 PX=0"),
    ("Effusion      No\nEdema         Yes\nFracture      No", "PE=0 ED=1 FR=0"),
    ("Effusion - nil\nConsolidation - right base\nHeart - enlarged", "PE=0 CO=1 CM=1"),
    ("- Effusion: none\n- Edema: possible\n- Atelectasis: bibasilar", "PE=0 ED=-1 AT=1"),
    ("1. Effusion: no\n2. Pneumothorax: no\n3. Rib fracture: yes", "PE=0 PX=0 FR=1"),
    ("1.No effusion.2.Rib fracture.3.Cardiomegaly.", "PE=0 FR=1 CM=1"),
    # several pairs a line
    ("Edema: none; effusion: small; pneumothorax: none", "ED=0 PE=1 PX=0"),
    ("Edema=no | Effusion=yes | Pneumothorax=no", "ED=0 PE=1 PX=0"),
    ("Edema: absent, Effusion: present, Fracture: absent", "ED=0 PE=1 FR=0"),
    ("Pneumothorax: No Effusion: Yes Consolidation: No", "PX=0 PE=1 CO=0"),
    ("Effusion (-), consolidation (+), pneumothorax (-)", "PE=0 CO=1 PX=0"),
    ("Effusion -ve. Consolidation +ve. Pneumothorax -ve.", "PE=0 CO=1 PX=0"),
    ("Pneumothorax [none]; effusion [moderate]", "PX=0 PE=1"),
    ('{"Edema": "no", "Pleural effusion": "yes", "Fracture": "no"}', "ED=0 PE=1 FR=0"),
    ("Lungs: no consolidation. Pleura: small left effusion. Heart: normal. Bones: no fracture.", "CO=0 PE=1 CM=0 FR=0"),
    # boxes
    ("[x] Effusion\n[ ] Pneumothorax\n[x] Atelectasis", "PE=1 PX=0 AT=1"),
    ("☑ Effusion ☐ Pneumothorax ☐ Edema", "PE=1 PX=0 ED=0"),
    ("Effusion: [ ] none [x] small [ ] large\nHeart: [x] normal [ ] enlarged", "PE=1 CM=0"),
    ("Effusion: yes [ ] no [x]\nPneumothorax: yes [x] no [ ]", "PE=0 PX=1"),
    ("Pneumothorax ☐ Yes ☑ No\nEffusion ☑ Yes ☐ No", "PX=0 PE=1"),
    # tables
    ("| Finding | Result |\n|---|---|\n| Edema | Absent |\n| Effusion | Small, left |", "ED=0 PE=1"),
    ("| Finding | Present | Absent |\n| Effusion | | x |\n| Fracture | x | |", "PE=0 FR=1"),
    ("Edema | no\nEffusion | yes", "ED=0 PE=1"),
    # an answer before its names, questions
    ("Absent: effusion, pneumothorax and edema.\nPresent: cardiomegaly.", "PE=0 PX=0 ED=0 CM=1"),
    ("No evidence of:\n- pneumothorax\n- effusion\n\nHeart enlarged.", "PX=0 PE=0 CM=1"),
    ("Is there an effusion? No.\nIs there a pneumothorax? Yes.", "PE=0 PX=1"),
    ("No - effusion; Yes - consolidation", "PE=0 CO=1"),
    ("(yes) effusion (no) pneumothorax", "PE=1 PX=0"),
    ("Positive: cardiomegaly; negative: effusion, edema", "CM=1 PE=0 ED=0"),
    ("- effusion, + pneumothorax", "PE=0 PX=1"),
    ("- effusion\n- pneumothorax", "PE=1 PX=1"),
    ("N: edema, Y: effusion", "ED=0 PE=1"),
    ("Pertinent negatives: no effusion, no edema", "PE=0 ED=0"),
    ("No - there is a small effusion.", "PE=1"),
    ("No edema / Moderate cardiomegaly / Left rib fracture", "ED=0 CM=1 FR=1"),
    ("No pneumothorax / effusion", "PX=0 PE=0"),
    # parts, free text
    ("Pneumothorax: Right: none. Left: small.\nEffusion: Right: no. Left: no.", "PX=1 PE=0"),
    ("Effusion: none on the right, small on the left", "PE=1"),
    ("Pneumothorax: cannot be excluded\nPneumonia: No evidence.\nFracture: left 6th rib", "PX=-1 PN=0 FR=1"),
    ("Cardiomegaly: borderline\nEffusion: resolved\nEdema: unchanged", "CM=-1 PE=0 ED=1"),
    ("Effusion: n/a\nPneumothorax: not assessed\nEdema: no", "PE=x PX=x ED=0"),
    # lines without full stops
    ("No pneumothorax\nHeart enlarged\nSmall left effusion\nPacemaker in situ", "PX=0 CM=1 PE=1 SD=1"),
    ("no effusion\nheart enlarged\nrib fracture on the left", "PE=0 CM=1 FR=1"),
    # a wrapped line that ends in "no" is no answer; lines that all are pairs are
    ("Cardiac enlargement but no\nfailure", "CM=1 ED=0"),
    ("Cardiac enlargement but no\n    failure", "CM=1 ED=0"),
    ("Cardiomegaly - No\nEffusion - Yes", "CM=0 PE=1"),
    ("Cardiomegaly no\nEffusion yes\nEdema no\nPacemaker in situ.", "CM=0 PE=1 ED=0 SD=1"),
    ("Lungs: clear. Pleural spaces: no\neffusion or pneumothorax.", "PE=0 PX=0"),
    ("Pneumothorax: No\nThe heart is enlarged.", "PX=0 CM=1"),
    ("1. Heart is enlarged and there is no\n   effusion", "CM=1 PE=0"),
    # blanks inside prose part no columns
    ("Pneumothorax is \t not excluded.", "PX=-1"),
    ("CTR   > 50%", "CM=1"),
    ("The   heart   is   not   enlarged.   A   pneumothorax   is   seen   today.", "CM=0 PX=1"),
    # remnants of other formats
    ("<p>No pneumothorax</p><p>Effusion on the left</p>", "PX=0 PE=1"),
    ("No&nbsp;effusion.<br>Rib&nbsp;fracture.", "PE=0 FR=1"),
    ("<tr><td>Edema</td><td>no</td></tr><tr><td>Effusion</td><td>yes</td></tr>", "ED=0 PE=1"),
    (r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 No pneumothorax\par Effusion on the left\par}", "PX=0 PE=1"),
    ("Left pneu-\nmothorax and a ground-\nglass opacity. No eﬀusion.", "PX=1 LO=1 PE=0"),
]  # fmt: skip

SECTIONS = [
    ("SIGNIFICANT FINDINGS: Large left pneumothorax.\nIMPRESSION: As above.", "PX=1"),
    ("DISCUSSION: There is a large effusion.\nIMPRESSION: Heart failure.", "PE=1 ED=1"),
    ("DISCUSSION: Dr. Example was told at noon.\nIMPRESSION: No effusion.", "PE=0"),
    ("EXAM: Left effusion with cardiomegaly.\nIMPRESSION: Heart failure.", "PE=1 CM=1"),
    ("PORTABLE AP CHEST, THREE PRIORS FOR COMPARISON: Cardiomegaly. No effusion.", "CM=1 PE=0"),
    ("Clinical information: fever.\n\nThere is a consolidation.", "CO=1"),
    ("? pneumonia\nThe heart is enlarged.", "PN=x CM=1"),
    ("Diagnosis: pneumonia\nFindings: Lungs are clear. No effusion.", "PN=x PE=0"),
    ("Findings: Consolidation.\nDiagnosis: Pneumonia.", "CO=1 PN=1"),
    ("Dx: CHF\n\nThe heart is normal. No effusion.", "ED=x CM=0 PE=0"),
    ("R/O: pneumothorax\nNo effusion. Heart is normal.", "PX=x PE=0 CM=0"),
    ("72F with COPD and pneumonia.", "PN=x NF=x"),
    ("72F with COPD and pneumonia. Cough. The heart is normal. No effusion.", "PN=x CM=0 PE=0"),
    ("Patient with known pneumothorax.\nLungs are clear. No effusion.", "PX=x PE=0"),
    ("INDICATION- pneumonia. FINDINGS- lungs clear. Heart normal.", "PN=x CM=0"),
    ("INDICATION: pneumonia.FINDINGS: Heart is enlarged.", "PN=x CM=1"),
    ("INDICATION pneumonia? FINDINGS no consolidation IMPRESSION normal", "PN=x CO=0"),
    ("Hx COPD and CHF, short of breath.", "ED=x"),
    ("REASON FOR EXAM: pneumonia RESULT: lungs are clear", "PN=x NF=1"),
    ("HISTORY: pneumonia FINDINGS: no effusion. IMPRESSION: normal chest.", "PN=x PE=0"),
]


with (Path(__file__).parent / "forms.csv").open(encoding="utf-8", newline="") as _file:
    MORE_FORMS = [(row["text"], row["want"]) for row in csv.DictReader(_file)]


def check(labeler: Labeler, text: str, want: str) -> None:
    labels = labeler.label(text).labels
    for pair in want.split():
        code, value = pair.split("=")
        assert labels[CODES[code]] == (None if value == "x" else int(value)), pair


@pytest.mark.parametrize(("text", "want"), FORMS)
def test_an_answer_belongs_to_its_name(labeler: Labeler, text: str, want: str) -> None:
    check(labeler, text, want)
    check(labeler, "FINDINGS:\n" + text, want)


@pytest.mark.parametrize(("text", "want"), MORE_FORMS)
def test_forms_that_were_written_before_they_were_tried(
    labeler: Labeler, text: str, want: str
) -> None:
    check(labeler, text, want)


@pytest.mark.parametrize(("text", "want"), SECTIONS)
def test_a_section_is_what_it_says(labeler: Labeler, text: str, want: str) -> None:
    check(labeler, text, want)


def test_the_evidence_of_an_answer_is_the_answer(labeler: Labeler) -> None:
    text = "Effusion: none; edema (+)"
    mentions = {m.observation: m for m in labeler.label(text).mentions}
    assert mentions["Pleural Effusion"].text == "Effusion"
    assert mentions["Pleural Effusion"].cue == "none"
    assert mentions["Edema"].cue == "+"
    check_places(labeler, text)


@pytest.mark.parametrize("text", [text for text, _ in FORMS] + ["LINE ABSENT", "CTR: > 50%"])
def test_a_mention_stands_where_it_says(labeler: Labeler, text: str) -> None:
    check_places(labeler, text)


def check_places(labeler: Labeler, text: str) -> None:
    for mention in labeler.label(text).mentions:
        assert mention.text
        assert text[mention.start : mention.end] == mention.text
        assert text[mention.cue_start : mention.cue_end] == mention.cue


REMNANTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<br/>",
        "&amp;",
        "&nbsp;",
        "effusion",
        "-\n",
        "\\par ",
        "{\\rtf1 ",
        "}",
        "ﬀ",
        "Ａ",
        " ",
        "<",
        "&",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(REMNANTS, max_size=20).map("".join))
def test_what_is_taken_out_leaves_every_offset_as_it_was(text: str) -> None:
    plain = plain_text(text)
    assert len(plain) == len(text)
    assert (
        [i for i, c in enumerate(plain) if c == "e"]
        == [i for i, c in enumerate(text) if text[i : i + 8] == "effusion"]
        or "&" in text
        or "<" in text
        or "\\" in text
    )


@pytest.mark.parametrize(
    "text",
    [
        *("a" * 80_000, "." * 20_000, "!" * 20_000, "FINDINGS\n" * 5_000, "1. " * 9_000),
        *("<p " * 9_000, "Hernia: no " * 20_000, "Hernia no\n" * 20_000, "Hernia   no   " * 20_000),
    ],
)
def test_no_text_takes_more_than_its_length(labeler: Labeler, text: str) -> None:
    assert labeler.label(text).labels["Edema"] is None
