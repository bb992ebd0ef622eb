"""A report's text to named sections: headers in all their forms, and which sections a policy takes."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import Labeler
from labeler.errors import InputError
from labeler.rules.load import load_rules
from labeler.text.policies import SectionPicker
from labeler.text.sections import SectionFinder

RULES = load_rules("chexpert")
FINDER = SectionFinder(RULES.sections, RULES.forms)
POLICIES = ("findings+impression", "impression-first", "impression", "findings", "whole")


def found(text: str) -> list[tuple[str, str]]:
    """(name, body) of every section, blanks folded."""
    return [(s.name, " ".join(text[s.start : s.end].split())) for s in FINDER.find(text)]


def picked(text: str, policy: str) -> list[str]:
    """The bodies that a policy takes, blanks folded."""
    sections = FINDER.find(text)
    places = SectionPicker(RULES.sections, policy).raw(tuple(s.name for s in sections)).picked
    return [" ".join(text[sections[i].start : sections[i].end].split()) for i in places]


# ---------------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("FINDINGS", "findings"),
        ("Finding", "findings"),
        ("IMPRESSION", "impression"),
        ("Impressions", "impression"),
        ("CONCLUSION", "impression"),
        ("Opinion", "impression"),
        ("FINDINGS AND IMPRESSION", "findings and impression"),
        ("FINDINGS/IMPRESSION", "findings and impression"),
        ("Findings & Impression", "findings and impression"),
        ("INDICATION", "indication"),
        ("REASON FOR EXAM", "indication"),
        ("Reason for examination", "indication"),
        ("CLINICAL INDICATION", "indication"),
        ("HISTORY", "history"),
        ("CLINICAL HISTORY", "history"),
        ("Clinical information", "history"),
        ("PATIENT HISTORY", "history"),
        ("TECHNIQUE", "technique"),
        ("COMPARISON", "comparison"),
        ("COMPARISONS", "comparison"),
        ("COMPARISON EXAM", "comparison"),
        ("Comparison film", "comparison"),
        ("EXAMINATION", "examination"),
        ("TYPE OF EXAMINATION", "examination"),
        ("RECOMMENDATION", "recommendation"),
        ("RECOMMENDATIONS", "recommendation"),
        ("RECOMMENDATION(S)", "recommendation"),
        ("WET READ", "wet read"),
        ("NOTIFICATION", "notification"),
        ("ADDENDUM", "addendum"),
    ],
)
def test_header_spellings(header: str, name: str) -> None:
    assert found(f"{header}: Something to read.") == [(name, "Something to read.")]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("FIDINGS", "findings"),
        ("FINDNGS", "findings"),
        ("FINDINSG", "findings"),
        ("IMPRESSON", "impression"),
        ("IMPERSSION", "impression"),
        ("IMPRESSIION", "impression"),
        ("COCLUSION", "impression"),
        ("CONCLUSSION", "impression"),
        ("COMPARSION", "comparison"),
        ("TECHNQUE", "technique"),
        ("INDICATON", "indication"),
        # nearer to "indication" than to anything else, though "impression" has been claimed for it
        ("NDICATION", "indication"),
        ("ndication", "indication"),
    ],
)
def test_misspelt_headers(header: str, name: str) -> None:
    assert found(f"{header}: Something to read.") == [(name, "Something to read.")]


@pytest.mark.parametrize("word", ["Flinging", "Depression", "Dedication", "Procession", "Note"])
def test_other_words_are_no_misspelt_headers(word: str) -> None:
    names = {name for name, _ in found(f"FINDINGS: Clear lungs.\n{word}: something else.")}
    assert names == {"findings"}


@pytest.mark.parametrize(
    "header",
    [
        "CHEST, TWO VIEWS",
        "PORTABLE CHEST",
        "PA AND LATERAL",
        "PA and lateral views of the chest",
        "AP PORTABLE UPRIGHT CHEST",
        "CHEST X-RAY",
        "Single view of the chest",
    ],
)
def test_a_header_that_only_names_the_view_opens_findings(header: str) -> None:
    assert found(f"{header}: The lungs are clear.") == [("findings", "The lungs are clear.")]


@pytest.mark.parametrize(
    "text",
    [
        "FINDINGS: Clear lungs.\nIMPRESSION: No disease.",
        "Findings: Clear lungs. Impression: No disease.",
        "findings: clear lungs. impression: no disease.",
        "FINDINGS : Clear lungs.\nIMPRESSION : No disease.",
        "FINDINGS:- Clear lungs.\nIMPRESSION:- No disease.",
        "**FINDINGS:** Clear lungs.\n**IMPRESSION:** No disease.",
        "## Findings:\nClear lungs.\n## Impression:\nNo disease.",
        "FINDINGS\nClear lungs.\nIMPRESSION\nNo disease.",
        "Findings\n\nClear lungs.\n\nImpression\n\nNo disease.",
        "FINDINGS:\r\nClear lungs.\r\n\r\nIMPRESSION:\r\nNo disease.",
        " FINDINGS: \n \n Clear lungs. \n \n IMPRESSION: \n \n No disease.",
        "FINDINGS:\tClear lungs.   IMPRESSION:\tNo disease.",
        # a lost full stop in front of the header
        "FINDINGS: Clear lungs IMPRESSION: No disease.",
    ],
)
def test_the_forms_that_headers_take(text: str) -> None:
    assert [(n, b.strip("*#. ").lower()) for n, b in found(text)] == [
        ("findings", "clear lungs"),
        ("impression", "no disease"),
    ]


def test_headers_in_the_middle_of_a_line() -> None:
    text = "INDICATION: Cough. COMPARISON: None. FINDINGS: Clear lungs. IMPRESSION: No disease."
    assert found(text) == [
        ("indication", "Cough."),
        ("comparison", "None."),
        ("findings", "Clear lungs."),
        ("impression", "No disease."),
    ]


def test_a_word_of_a_sentence_is_no_header() -> None:
    text = "These findings and the impression of a mass on the prior study are unchanged."
    assert found(text) == [("body", text)]


@pytest.mark.parametrize(
    "text",
    [
        "A mass by the left heart border.\nConsider this and all of these\nfindings and conclusions\n"
        "hypothetical.",
        "The tube was moved. In the interval, the\nprevious\ninterstitial oedema has gone for good.",
        "A small nodule and these\nfindings\nwere discussed with the team who looks after them all.",
    ],
)
def test_a_word_that_a_line_wrap_leaves_alone_is_no_header(text: str) -> None:
    assert [name for name, _ in found(text)] == ["body"]


def test_template_lines_are_no_sections() -> None:
    text = "FINDINGS:\nLungs: Clear.\nHeart: Normal.\nPleura: No effusion.\nIMPRESSION: Normal."
    assert [name for name, _ in found(text)] == ["findings", "impression"]


def test_a_clock_time_is_no_header() -> None:
    assert [n for n, _ in found("FINDINGS: Compared with 14:05 the lungs are clear.")] == [
        "findings"
    ]


@pytest.mark.parametrize("text", ["", " \n ", "IMPRESSION:", "FINDINGS:\nIMPRESSION:\n", "XXXX"])
def test_sections_without_words_are_none(text: str) -> None:
    assert found(text) == []


def test_a_section_of_blanks_only_gives_way() -> None:
    assert found("FINDINGS: XXXX XXXX.\nIMPRESSION: Clear.") == [("impression", "Clear.")]


# ------------------------------------------------------------------------------------- body


def test_a_text_without_headers_is_body() -> None:
    assert found("The lungs are clear.") == [("body", "The lungs are clear.")]


def test_what_stands_before_the_first_header_is_body() -> None:
    text = "The lungs are clear.\n\nIMPRESSION: Normal."
    assert found(text) == [("body", "The lungs are clear."), ("impression", "Normal.")]


@pytest.mark.parametrize(
    "header", ["INDICATION", "HISTORY", "TECHNIQUE", "COMPARISON", "EXAMINATION"]
)
def test_a_paragraph_behind_what_is_left_out_is_body(header: str) -> None:
    text = f"{header}: Some words about it.\n\nThe heart is enlarged.\n\nThe lungs are clear."
    assert found(text)[1:] == [("body", "The heart is enlarged. The lungs are clear.")]


def test_a_short_line_ends_what_is_left_out_where_nothing_else_can() -> None:
    text = "INDICATION: Cough.\nThe heart is enlarged and the lungs are clear."
    assert found(text) == [
        ("indication", "Cough."),
        ("body", "The heart is enlarged and the lungs are clear."),
    ]


@pytest.mark.parametrize("end", ["", "\nIMPRESSION: Normal chest."])
def test_a_wrapped_indication_stays_one(end: str) -> None:
    text = f"INDICATION: Cough and fever for three days, query\npneumonia.{end}"
    assert found(text)[0] == ("indication", "Cough and fever for three days, query pneumonia.")


def test_an_indication_runs_on_over_its_line_where_findings_follow() -> None:
    text = "INDICATION: Cough.\nFever since Monday.\nFINDINGS: Clear."
    assert found(text) == [("indication", "Cough. Fever since Monday."), ("findings", "Clear.")]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("COMPARISON: None. Small effusion. Normal heart.", "Small effusion. Normal heart."),
        ("HISTORY: Cough, smoker. There is a mass.", "There is a mass."),
        ("INDICATION: Cough. Fever. The heart is enlarged.", "The heart is enlarged."),
    ],
)
def test_lost_line_breaks_do_not_hide_the_report(text: str, body: str) -> None:
    assert found(text)[1:] == [("body", body)]


def test_a_history_on_one_line_is_left_out_whole_where_findings_follow() -> None:
    text = "HISTORY: Cough. There is a known mass. FINDINGS: Clear lungs."
    assert [name for name, _ in found(text)] == ["history", "findings"]


# --------------------------------------------------------------------------------- policies


REPORT = """INDICATION: Query oedema.

FINDINGS: Small effusion.

IMPRESSION: First reading.

ADDENDUM: Later words.

IMPRESSION: Last reading."""


@pytest.mark.parametrize(
    ("policy", "bodies"),
    [
        (
            "findings+impression",
            ["Small effusion.", "First reading.", "Later words.", "Last reading."],
        ),
        ("impression-first", ["Last reading."]),
        ("impression", ["First reading.", "Last reading."]),
        ("findings", ["Small effusion."]),
        (
            "whole",
            ["Query oedema.", "Small effusion.", "First reading.", "Later words.", "Last reading."],
        ),
    ],
)
def test_policies(policy: str, bodies: list[str]) -> None:
    assert picked(REPORT, policy) == bodies


@pytest.mark.parametrize("policy", [p for p in POLICIES if p != "whole"])
def test_a_text_without_headers_is_taken_whole_by_every_policy(policy: str) -> None:
    assert picked("Small effusion. Normal heart.", policy) == ["Small effusion. Normal heart."]


@pytest.mark.parametrize("policy", [p for p in POLICIES if p != "whole"])
def test_a_text_without_named_headers_is_taken_less_what_is_something_else(policy: str) -> None:
    text = "INDICATION: Query oedema.\n\nSmall effusion."
    assert picked(text, policy) == ["Small effusion."]


def test_the_whole_policy_leaves_nothing_out() -> None:
    text = "INDICATION: Query oedema.\n\nSmall effusion."
    assert picked(text, "whole") == ["Query oedema.", "Small effusion."]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("FINDINGS: One.\nIMPRESSION: Two.", "Two."),
        ("FINDINGS: One.\nCONCLUSION: Two.", "Two."),
        ("FINDINGS: One.\nIMPRESSION:\n", "One."),
        ("FINDINGS: One.\nINDICATION: Two.", "One."),
        ("FINDINGS: One.\nFINDINGS: Two.", "Two."),
        ("FINDINGS AND IMPRESSION: One.", "One."),
        ("INDICATION: Cough.\n\nOne and only.", "One and only."),
    ],
)
def test_the_last_of_the_first_section_that_is_there(text: str, taken: str) -> None:
    assert picked(text, "impression-first") == [taken]


def test_findings_without_a_header_stand_before_the_impression() -> None:
    text = "CHEST RADIOGRAPH\n\nSmall effusion.\n\nIMPRESSION: Nothing new."
    assert picked(text, "findings+impression")[-2:] == ["Small effusion.", "Nothing new."]
    assert picked(text, "impression") == ["Nothing new."]


def test_a_wet_read_gives_way_to_the_report() -> None:
    text = "WET READ: Query effusion.\nFINDINGS: No effusion."
    assert picked(text, "findings+impression") == ["No effusion."]


def test_the_impression_may_be_silent(labeler: Labeler) -> None:
    first = Labeler(sections="impression-first")
    text = "FINDINGS: Small effusion.\nIMPRESSION: No interval change."
    assert first.label(text).labels["Pleural Effusion"] == 1
    assert [s.name for s in first.label(text).sections] == ["findings"]


@pytest.mark.parametrize("advice", ["Advice: CT chest.", "Plan: drain.", "\nRecommendation: CT."])
@pytest.mark.parametrize("history", ["CLINICAL: cough", "Indication: SOB\nComparison: none"])
def test_findings_without_a_header_stand_between_history_and_advice(
    history: str, advice: str
) -> None:
    text = f"{history}\nLarge left effusion. Clear right lung.\n{advice}"
    assert picked(text, "findings+impression") == ["Large left effusion. Clear right lung."]


def test_advice_alone_is_not_labelled(labeler: Labeler) -> None:
    assert set(labeler.label("Recommendation: CT chest.").labels.values()) == {None}


@pytest.mark.parametrize("asked", ["Chest X-ray. ?pneumonia", "CXR ?PTX", "AP\nQuery fracture"])
def test_a_first_line_that_asks_is_the_indication(asked: str) -> None:
    assert picked(f"{asked}\nLungs clear.", "findings+impression") == ["Lungs clear."]


@pytest.mark.parametrize("first", ["Heart normal. ?nodule at the left base", "Possible pneumonia"])
def test_a_first_line_that_tells_is_no_indication(first: str) -> None:
    assert picked(f"{first}\nNo effusion.", "findings+impression") == [f"{first} No effusion."]


def test_an_unknown_policy_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'abstract'; there are .*impression-first") as error:
        Labeler(sections="abstract")
    assert all(policy in str(error.value) for policy in POLICIES)


def test_split_reports_are_what_their_names_say() -> None:
    def picked_of(names: tuple[str, ...], policy: str) -> tuple[int, ...]:
        return SectionPicker(RULES.sections, policy).split(names).picked

    assert picked_of(("findings", "impression"), "impression-first") == (1,)
    assert picked_of(("findings",), "impression-first") == (0,)
    assert picked_of(("findings", "impression"), "findings") == (0,)
    assert picked_of(("findings", "impression"), "findings+impression") == (0, 1)


# ---------------------------------------------------------------------------------- offsets


PIECES = st.sampled_from(
    [
        *("FINDINGS:", "Impression:", "INDICATION", "history:", "Chest, two views:", "\n", "\n\n"),
        *(" ", "  ", "\r\n", "Lungs:", "The heart is enlarged.", "No effusion", "XXXX", "12:30"),
    ]
)


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join)))
def test_sections_stand_in_order_and_say_something(text: str) -> None:
    at = 0
    for section in FINDER.find(text):
        assert at <= section.start < section.end <= len(text)
        # by the same tables of letters as the sections are found by: Python's may be older
        assert regex.search(r"\p{L}", text, pos=section.start, endpos=section.end)
        at = section.end


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(POLICIES))
def test_a_policy_picks_among_the_sections(text: str, policy: str) -> None:
    sections = FINDER.find(text)
    places = SectionPicker(RULES.sections, policy).raw(tuple(s.name for s in sections)).picked
    assert sorted({*places}) == [*places]
    assert all(0 <= place < len(sections) for place in places)


def test_scores_of_software_are_no_findings() -> None:
    text = "FINDINGS: Small effusion.\nAI result: pneumothorax 0.03, nodule 0.2\n\nIMPRESSION: Effusion."
    assert dict(found(text))["technique"].strip().startswith("pneumothorax")
    assert Labeler().label(text).labels["Pneumothorax"] is None
