"""Sentences remembered piece by piece say what they say when each section is split with care."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.engine.memory import SentenceMemory
from labeler.rules.load import load_rules
from labeler.text.policies import SectionPicker, Selection
from labeler.text.sentences import SentenceSplitter
from labeler.types import Section

RULES = load_rules("chexpert")
SPLITTER = SentenceSplitter(RULES.sections, RULES.forms)

SENTENCES = st.sampled_from(
    [
        *("No effusion.", "The heart is enlarged.", "Stable 1.5 cm nodule.", "2 images.", "2."),
        *(
            "This may be scarring.",
            "Seen by Dr.",
            "1. Edema.",
            "Edema since 1/13.",
            "It is unchanged.",
        ),
        *(
            "Discussed at 5 p.m.",
            "Ribs 3 and 4.",
            "Clear lungs?",
            "No",
            "effusion",
            "Small",
            "2) Mass.",
        ),
        *("cm", "3.5 mm deep.", "Effusion yes.", "Lungs.There is edema.", "Old film / new film."),
        *(
            "Lungs: clear.",
            "(-) edema,",
            "The left, and the right lung base,",
            "- Mass.",
            "negative.",
        ),
        *(
            "opacities of the middle lobe that are of doubtful significance",
            "..",
            "T. o.d.",
            "| yes",
        ),
    ]
)
JOINTS = st.sampled_from([" ", " ", " ", "  ", "\n", "\n ", "\n\n", ""])


@st.composite
def bodies(draw: st.DrawFn) -> str:
    said = draw(st.lists(st.tuples(SENTENCES, JOINTS), max_size=9))
    front = draw(st.sampled_from(["", "\n\n ", " ", "\n"]))
    return front + "".join(sentence + joint for sentence, joint in said)


def _read(words: str, heading: str, first: bool, answer: str) -> tuple[str, str, bool, str]:
    return " ".join(words.split()), heading, first, answer


class Reader:
    """Something to hold on to: a memory keeps only a weak reference to what reads."""

    def __init__(self) -> None:
        self.memory = SentenceMemory(_read, SPLITTER, "kept", 1000)

    def with_care(self, section: Section, text: str) -> list[object]:
        out: list[object] = []
        for s in SPLITTER.split(text, section.start, section.end):
            heading = text[s.heading_start : s.heading_end]
            out.append(_read(text[s.start : s.end], heading, s.first, s.answer))
        return out


READER = Reader()


@settings(deadline=None, max_examples=600)
@given(st.sampled_from(["", "FINDINGS:", "FINDINGS: ", "FINDINGS:\n"]), bodies())
def test_what_is_remembered_of_pieces_is_what_care_finds(header: str, body: str) -> None:
    text = header + body + "\nIMPRESSION: Normal."
    section = Section("findings", len(header), len(header) + len(body))
    cared = READER.with_care(section, text)
    assert READER.memory.each(section, text) == cared
    placed = READER.memory.placed(section, text)
    assert [result for result, *_ in placed] == cared
    for (words, *_), start, end, _ in placed:
        assert " ".join(text[start:end].split()) == words


LINES = st.lists(
    st.sampled_from(
        [
            "There is a small effusion on the right and a larger one on the left side.",
            "The heart is normal in size and the mediastinum is within normal limits. No",
            "No pneumothorax.",
            "effusion yes",
            "and no other finding that would call for a comparison with older images",
            "- No effusion.",
            "2. Edema.",
            "Edema +",
            "consolidation, whose extent is hard to tell on a film of so poor a quality,no",
        ]
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=300)
@given(LINES, st.sampled_from(["\n", "\n ", " \n"]), st.sampled_from(["", "FINDINGS: "]))
def test_lines_that_are_filled_are_one_line(lines: list[str], joint: str, header: str) -> None:
    text = header + joint.join(lines)
    layout = SPLITTER._layout
    reader = layout._lines
    if reader.is_filled(text, len(header), len(text)) and not any(
        layout.may_hold_more(line) for line in lines
    ):
        assert layout.is_one_line(text, len(header), len(text))


def test_a_wrapped_paragraph_is_told_by_its_lines() -> None:
    text = (
        "There is a small effusion on the right side, which has not changed since the\n"
        "earlier film. The heart is normal in size. The mediastinum is unremarkable and\n"
        "there is no pneumothorax."
    )
    assert SPLITTER._layout._lines.is_filled(text, 0, len(text))
    short = text.replace("not changed since the\n", "not\n")
    assert not SPLITTER._layout._lines.is_filled(short, 0, len(short))


def test_a_policy_says_what_else_is_looked_at() -> None:
    picker = SectionPicker(RULES.sections, "findings+impression")
    names = ("body", "indication", "findings", "impression", "recommendation")
    assert picker.raw(names) == Selection((2, 3), (), (0,), (4,))
    assert picker.raw(("findings", "impression")) == Selection((0, 1), (), (), ())
    last = SectionPicker(RULES.sections, "impression-first")
    assert last.raw(("findings", "impression")) == Selection((1,), (0,), (), ())


@pytest.mark.parametrize(
    "text",
    [
        "(3) Pleural effusion\tnot seen\n    The size of the heart is normal.",
        "2) Pleural effusion\tNo effusion on the right or the left side, as before.\nBones: none.",
        "Small areas that project over the heart are most likely those of the stents.\nFinding\tPresent",
    ],
)
def test_cells_of_a_line_are_not_folded_away(text: str) -> None:
    section = Section("findings", 0, len(text))
    assert READER.memory.each(section, text) == READER.with_care(section, text)
