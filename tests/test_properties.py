"""What must hold for every text: nothing raises, evidence stands where it says, looks do not matter.

Texts are built from the sentences of tests/sentences, the examples of the rule files and template
lines, with arbitrary characters among them where a property allows for that.
"""

import csv
import textwrap
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from labeler import LabeledReport, Labeler
from labeler.rules.load import load_rules

FOLDER = Path(__file__).parent / "sentences"
POLICIES = ("findings+impression", "impression-first", "impression", "findings", "whole")
TEMPLATE = [
    *("Heart: Normal size.", "Heart and mediastinum: Enlarged.", "Lungs: Clear. No nodule."),
    *("Pleural effusion: none.", "Lungs: Patchy opacity", "Lines and tubes: PICC in the SVC."),
]
HEADERS = [
    *("FINDINGS: ", "Impression:\n", "INDICATION: ", "HISTORY:\n\n", "CHEST, TWO VIEWS:\n"),
    *("\n\n", "\n", "1. ", "\n2. ", "- ", " \n \n "),
]


def sentences() -> list[str]:
    written = [
        case["text"]
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    ]
    examples = [
        text
        for observation in load_rules("chexpert").findings.values()
        for _, texts in observation.examples
        for text in texts
    ]
    return sorted({*written, *examples})


SENTENCES = sentences()
# What has line breaks of its own means them.
PLAIN = [s for s in SENTENCES if "\n" not in s and "  " not in s]

plain_texts = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=4).map(" ".join)
reports = st.lists(
    st.sampled_from([*SENTENCES, *TEMPLATE, *HEADERS * 20]), min_size=1, max_size=10
).map(" ".join)
odd_texts = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.one_of(st.sampled_from(SENTENCES), st.sampled_from(HEADERS), st.text(max_size=12)),
        max_size=8,
    ).map("".join),
    st.text(alphabet="aAxX \n\r\t.:;,?!-_*()/'\"0123•\u00a0\u2028", max_size=200),
)


@cache
def engine(policy: str = "findings+impression", cache_size: int = 200_000) -> Labeler:
    return Labeler(sections=policy, cache_size=cache_size)


def labels(text: str) -> dict[str, int | None]:
    return engine().label(text).labels


def wrap(text: str, width: int, hanging: str) -> str:
    return textwrap.fill(
        text, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def check_evidence(report: LabeledReport, texts: dict[str, str]) -> None:
    for mention in report.mentions:
        text = texts[mention.section]
        section = next(
            s
            for s in report.sections
            if s.name == mention.section and s.start <= mention.start < s.end
        )
        assert mention.text
        assert text[mention.start : mention.end] == mention.text
        assert section.start <= mention.start < mention.end <= section.end
        end = mention.sentence_start + len(mention.sentence)
        assert text[mention.sentence_start : end] == mention.sentence
        assert mention.sentence_start <= mention.start < mention.end <= end
        if mention.cue:
            assert text[mention.cue_start : mention.cue_end] == mention.cue
            assert section.start <= mention.cue_start < mention.cue_end <= section.end
        else:
            assert (mention.cue_start, mention.cue_end) == (-1, -1)


# ---------------------------------------------------------------------------------- any text


@settings(deadline=None, max_examples=100)
@given(odd_texts)
@example("\x00")
@example("\ud800")
@example("İ ẞ ﬁ effusion")
@example("Heart:")
@example("no " * 300)
def test_no_text_raises_and_evidence_stands_where_it_says(text: str) -> None:
    report = engine().label(text)
    assert set(report.labels.values()) <= {1, 0, -1, None}
    assert report.labels["No Finding"] in (1, None)
    check_evidence(report, {s.name: text for s in report.sections})


@settings(deadline=None, max_examples=100)
@given(reports, st.sampled_from(POLICIES))
def test_evidence_of_reports_under_every_policy(text: str, policy: str) -> None:
    report = engine(policy).label(text)
    check_evidence(report, {s.name: text for s in report.sections})


@settings(deadline=None, max_examples=100)
@given(odd_texts, odd_texts)
def test_evidence_of_split_reports(findings: str, impression: str) -> None:
    texts = {"findings": findings, "impression": impression}
    check_evidence(engine().label_sections(texts), texts)


@settings(deadline=None, max_examples=100)
@given(reports)
def test_labels_have_evidence(text: str) -> None:
    report = engine().label(text)
    for observation, value in report.labels.items():
        values = [m.value for m in report.mentions if m.observation == observation]
        if value in (1, 0):
            assert value in values or observation == "No Finding"
        elif value is None:
            assert not values


# ------------------------------------------------------------------------------ looks of text


@settings(deadline=None, max_examples=100)
@given(plain_texts)
def test_capitals_do_not_matter(text: str) -> None:
    assert labels(text.upper()) == labels(text.lower()) == labels(text)


@pytest.mark.parametrize("blank", ["  ", "   ", "\t", "\u00a0", " \t "])
def test_wider_blanks_do_not_matter_in_any_sentence(blank: str) -> None:
    assert [s for s in PLAIN if labels(s.replace(" ", blank)) != labels(s)] == []


@settings(deadline=None, max_examples=100)
@given(plain_texts, st.sampled_from(["  ", "   ", "\t", "\u00a0", " \t "]))
def test_extra_blanks_do_not_matter(text: str, blank: str) -> None:
    assert labels(text.replace(" ", blank)) == labels(text)
    assert labels(f"{blank}{text}{blank}") == labels(text)


@settings(deadline=None, max_examples=100)
@given(plain_texts, st.integers(60, 100), st.sampled_from(["", " ", "    "]), st.booleans())
def test_line_wraps_do_not_matter(text: str, width: int, hanging: str, windows: bool) -> None:
    wrapped = wrap(text, width, hanging)
    if windows:
        wrapped = wrapped.replace("\n", "\r\n")
    assert labels(wrapped) == labels(text)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=5), st.integers(34, 80))
def test_line_wraps_inside_a_numbered_list_do_not_matter(items: list[str], width: int) -> None:
    numbered = [f"{i}. {item}" for i, item in enumerate(items, 1)]
    wrapped = [wrap(item, width, "   ") for item in numbered]
    assert labels("IMPRESSION:\n" + "\n".join(wrapped)) == labels(
        "IMPRESSION:\n" + "\n".join(numbered)
    )


@settings(deadline=None, max_examples=100)
@given(plain_texts)
def test_a_missing_final_full_stop_does_not_matter(text: str) -> None:
    assert labels(text.rstrip(". ")) == labels(text.rstrip(". ") + ".")


@cache
def findings_only() -> list[str]:
    """The sentences that no reader takes for a history or a question where no header says otherwise."""
    opened = ((s, engine().label(f"{s} The lungs are clear.").sections) for s in PLAIN)
    return [s for s, sections in opened if ":" not in s and [p.start for p in sections] == [0]]


@settings(deadline=None, max_examples=100)
@given(st.deferred(lambda: st.lists(st.sampled_from(findings_only()), min_size=1, max_size=4)))
def test_findings_are_labelled_the_same_under_their_header(sentences: list[str]) -> None:
    text = " ".join(sentences)
    for form in ("FINDINGS: {}", "Findings:\n{}", "FINDINGS\n\n{}\n", "INDICATION: Pain.\n\n{}"):
        assert labels(form.format(text)) == labels(text)


@settings(deadline=None, max_examples=100)
@given(reports, st.sampled_from(["\r\n", "\r\n\r\n"]))
def test_line_ends_do_not_matter(text: str, end: str) -> None:
    assert labels(text.replace("\n", "\r\n")) == labels(text)
    assert labels(text + end) == labels(text)


# -------------------------------------------------------------------------- further sentences


@pytest.mark.parametrize(
    "normal",
    [
        "The stomach bubble is unremarkable.",
        "No pneumothorax.",
        "The lungs are clear.",
        "Heart size is normal.",
        "No effusion or consolidation.",
    ],
)
@settings(deadline=None, max_examples=100)
@given(text=plain_texts)
def test_a_further_normal_sentence_leaves_positives_alone(normal: str, text: str) -> None:
    before = labels(text)
    after = labels(f"{text.rstrip(' .')}. {normal}")
    for observation, value in before.items():
        if value == 1:
            assert after[observation] == 1, observation


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(PLAIN), min_size=2, max_size=4))
def test_the_order_of_paragraphs_does_not_matter(paragraphs: list[str]) -> None:
    forward, backward = "\n\n".join(paragraphs), "\n\n".join(reversed(paragraphs))
    assert labels(f"FINDINGS:\n{forward}") == labels(f"FINDINGS:\n{backward}")


# ----------------------------------------------------------------------------------- batches


@settings(deadline=None, max_examples=100)
@given(st.lists(reports, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_neighbours_batches_and_caches_do_not_matter(texts: list[str], random) -> None:
    alone = [engine().label(text) for text in texts]
    shuffled = random.sample(range(len(texts)), len(texts))
    for size in (0, 1):
        other = engine(cache_size=size)
        assert {i: other.label(texts[i]) for i in shuffled} == dict(enumerate(alone))
    frame = pd.DataFrame({"report": texts})
    cut = random.randint(0, len(texts))
    batches = engine().label_batches([frame.iloc[:cut], frame.iloc[cut:]], text="report")
    rows = pd.concat(list(batches))
    for row, report in zip(rows.to_dict("records"), alone, strict=True):
        got = {name: None if pd.isna(row[name]) else row[name] for name in report.labels}
        assert got == report.labels


# -------------------------------------------------------------------------------- odd lengths


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "A", "x", "X", "_", "0", " ", "\n", "\t", ".", ":", "-", "*", "(", "?", "'", "é"),
        *("a ", "a.", ". ", "\n ", "\n-", "1. ", "1.\n", "1)", "0.", "a\n", "a/", "a, ", "\r\n"),
        *("A:", "A: ", "findings ", "FINDINGS:\n", "INDICATION: \n\n", "Chest\n", "impression: "),
        *("heart,", "heart/", "heart\n", "heart  ", "lungs: ", "lungs and ", "heart is ", "no "),
        *("or ", "effusion ", "no effusion, ", "effusion or ", "normal heart and ", "possible "),
    ],
)
def test_no_text_takes_for_ever(unit: str) -> None:
    """A pattern that backtracks would not come back from these in the life of a test run."""
    text = unit * (100_000 // len(unit))
    check_evidence(report := engine().label(text), {s.name: text for s in report.sections})


def test_most_reports_stand_the_loss_of_their_line_breaks() -> None:
    """Where a history and the report run into one another, without a full stop, nothing can part them."""
    with (FOLDER.parent / "reports" / "icu_ward.csv").open(newline="", encoding="utf-8") as handle:
        texts = [row["report"] for row in csv.DictReader(handle)]
    changed = [text for text in texts if labels(" ".join(text.split())) != labels(text)]
    assert len(texts) == 50
    assert len(changed) <= 2
