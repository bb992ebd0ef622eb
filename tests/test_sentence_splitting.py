"""A section's text to sentences: what ends one, what does not, and the heading that it stands under."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.rules.load import load_rules
from labeler.text.sentences import SentenceSplitter

RULES = load_rules("chexpert")
SPLITTER = SentenceSplitter(RULES.sections, RULES.forms)


def split(text: str) -> list[str]:
    """The sentences with their blanks folded."""
    return [" ".join(text[s.start : s.end].split()) for s in SPLITTER.split(text)]


def headed(text: str) -> list[tuple[str, str]]:
    """(heading, sentence) pairs."""
    return [
        (text[s.heading_start : s.heading_end], text[s.start : s.end]) for s in SPLITTER.split(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Small effusion. No edema.",
        "small effusion. no edema.",
        "SMALL EFFUSION. NO EDEMA.",
        "Small effusion.\nNo edema.",
        "Small effusion. \r\n No edema.",
        "Small effusion\n\nNo edema",
        "Small effusion \n \n No edema",
        "Small effusion! No edema!",
        "Small effusion? No edema?",
        "Small effusion.) No edema.)",
        'Small effusion." No edema."',
        "Small effusion .No edema .",
        # a lost blank
        "Small effusion.No edema.",
        # lists
        "1. Small effusion. 2. No edema.",
        "1. Small effusion\n2. No edema",
        "1) Small effusion 2) No edema",
        "(1) Small effusion (2) No edema",
        "1.Small effusion.\n2.No edema.",
        "  1.  Small effusion.\n\n  2.  No edema.",
        "- Small effusion\n- No edema",
        "* Small effusion\n* No edema",
        "• Small effusion\n• No edema",
        "-Small effusion.\n-No edema.",
        "Small effusion.\n______________\nNo edema.",
        # removed words
        "Small effusion. ___. No edema.",
    ],
)
def test_two_sentences(text: str) -> None:
    words = [s.lower().strip('.!?)" ') for s in split(text)]
    assert [w for w in words if w.strip("_")] == ["small effusion", "no edema"]


@pytest.mark.parametrize(
    "text",
    [
        "A nodule of 2.5 cm in the right lung.",
        "A tube 3.5 cm above the carina",
        "A tube 3. 5 cm above the carina",
        "A nodule of up to\n2. 5 cm or more.",
        "The heart is\n\nenlarged.",
        "No effusion or\n \n pneumothorax.",
        "Seen by Dr. Example of the ward.",
        "Nodule vs. granuloma at the base.",
        "Small effusion\nin the left\n   hemithorax.",
        "Opacity, e.g. infection, at the base.",
        "The approx. size is unchanged.",
        "The left lat. angle is blunted.",
        "?pneumonia at the base.",
        "(?) pneumonia at the base.",
        "The tube with no. 5 on it.",
        "Seen on the film of 3/4/05 before.",
        "A follow-up - within weeks - is advised.",
        "The nodule is ___ in size.",
        "Opacity of XXXX size.",
        "Fractures of ribs 4, 5 and 6 are old.",
    ],
)
def test_one_sentence(text: str) -> None:
    assert split(text) == [" ".join(text.split())]


@pytest.mark.parametrize(
    "text",
    [
        "The tube was moved at 5 a.m. There is no edema.",
        "The tube was moved at 5 AM. There is no edema.",
        "The tube was moved at 5 p.m.\nThere is no edema.",
        "THE TUBE WAS MOVED AT 5 PM. THERE IS NO EDEMA.",
    ],
)
def test_an_abbreviation_may_end_a_sentence(text: str) -> None:
    assert [s.lower().rstrip(".") for s in split(text)][1] == "there is no edema"


def test_a_number_may_end_a_sentence() -> None:
    assert split("Fracture of rib 7. No edema.") == ["Fracture of rib 7.", "No edema."]


def test_the_numbers_and_bullets_of_a_list_are_no_part_of_it() -> None:
    assert split("1. Effusion.\n2. - Edema.\n3) * Mass") == ["Effusion.", "Edema.", "Mass"]


def test_a_list_item_may_be_wrapped() -> None:
    text = "1. Small effusion on\n   the left.\n2. No edema or\n   pneumothorax."
    assert split(text) == ["Small effusion on the left.", "No edema or pneumothorax."]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("No edema\nThe heart is enlarged", 2),
        ("No edema\nHeart enlarged\nSmall effusion on the left side\nScoliosis", 4),
        ("no edema\nheart enlarged", 2),
        # a wrapped line leaves no room for the word that follows, or ends or begins in mid-phrase
        ("There is no consolidation in the lungs and\nno effusion", 1),
        ("There is no consolidation of the right lower\nlobe and no effusion.", 1),
        ("No edema\nor effusion", 1),
        ("There is no\nEffusion", 1),
    ],
)
def test_a_line_that_was_meant_ends_its_sentence(text: str, count: int) -> None:
    assert len(split(text)) == count


# --------------------------------------------------------------------------------- headings


def test_template_headings_are_carried_as_context() -> None:
    text = "Lungs: Clear. No nodule.\nHeart: Normal size.\n\nNo edema."
    assert headed(text) == [
        ("Lungs", "Clear."),
        ("Lungs", "No nodule."),
        ("Heart", "Normal size."),
        ("", "No edema."),
    ]


def test_only_the_first_sentence_stands_right_behind_its_heading() -> None:
    assert [s.first for s in SPLITTER.split("Lungs: Clear. No nodule. Heart: Normal.")] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "heading",
    [
        *("Heart", "HEART", "heart", "Heart size", "Heart and mediastinum", "Heart & mediastinum"),
        *("Heart/mediastinum", "Heart, mediastinum and hila", "Lungs and pleura", "Bones"),
    ],
)
def test_headings_may_be_joined(heading: str) -> None:
    assert headed(f"{heading}: Normal.") == [(heading, "Normal.")]
    assert headed(f"No edema\n{heading}: Normal.")[1] == (heading, "Normal.")


@pytest.mark.parametrize("text", ["Heart and\nmediastinum: Normal.", "Heart\nand mediastinum: Ok."])
def test_a_heading_may_be_wrapped(text: str) -> None:
    (sentence,) = SPLITTER.split(text)
    heading = text[sentence.heading_start : sentence.heading_end]
    assert " ".join(heading.split()) == "Heart and mediastinum"


def test_templates_whose_line_breaks_were_lost() -> None:
    text = "Lungs: Clear Heart: Enlarged Pleura: No effusion."
    assert headed(text) == [("Lungs", "Clear"), ("Heart", "Enlarged"), ("Pleura", "No effusion.")]


@pytest.mark.parametrize(
    "text",
    ["Fluid in both\npleural spaces: heart failure.", "Widening of the\nmediastinum: aneurysm."],
)
def test_a_wrapped_line_is_no_heading(text: str) -> None:
    assert headed(text) == [("", text)]


def test_other_words_before_a_colon_are_no_heading() -> None:
    assert headed("Note: small effusion.") == [("", "Note: small effusion.")]


# ---------------------------------------------------------------------------------- offsets


def test_a_part_of_a_text_is_split_with_offsets_into_the_text() -> None:
    text = "Before. Small effusion. No edema. Behind."
    start, end = text.index("Small"), text.index(" Behind")
    assert [text[s.start : s.end] for s in SPLITTER.split(text, start, end)] == [
        "Small effusion.",
        "No edema.",
    ]


def test_an_endless_sentence_is_cut_at_blanks() -> None:
    text = "effusion or edema " * 500
    pieces = split(text)
    assert " ".join(pieces) == text.strip()
    assert max(map(len, pieces)) < 2_000


PIECES = st.sampled_from(
    [
        *("Effusion", " ", ". ", ".", "\n", "\n\n", "1. ", "- ", "Heart:", "Lungs and pleura: "),
        *("?", "2.5 cm", "Dr. ", "___", "XXXX", "\r\n", "5 p.m. ", "no", "(", ")", "• ", ": "),
    ]
)


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join)))
def test_sentences_stand_in_order_and_lose_no_word(text: str) -> None:
    at = 0
    covered: set[int] = set()
    for sentence in SPLITTER.split(text):
        assert at <= sentence.start < sentence.end <= len(text)
        covered |= {*range(sentence.start, sentence.end)}
        covered |= {*range(sentence.heading_start, sentence.heading_end)}
        at = sentence.end
    lost = [c for i, c in enumerate(text) if i not in covered and c.isalpha()]
    assert not lost or ":" in text
