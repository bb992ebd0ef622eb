"""Pages: self-contained, escaped, the same bytes for the same input."""

import re
from collections import Counter
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.comparison.agreement import agreement, readings
from labeler.comparison.compare import compare
from labeler.comparison.results import agreement_dict, comparison_dict
from labeler.errors import InputError
from labeler.explanation.evidence import Texts, read_texts
from labeler.explanation.marks import Marked, pieces
from labeler.pages import agreement_page, comparison_page
from labeler.tables.labels import Labels
from labeler.tables.names import BLANK

NASTY = "<script>alert(1)</script> & \"quoted\" 'x' <img src=x onerror=alert(2)> {{ 7 * 7 }}"


def labels(rows, names=("Edema", "Pneumothorax"), source="labels.csv"):
    ids = pd.Index([row[0] for row in rows], dtype=object)
    values = np.array([row[1:] for row in rows], dtype=np.int8)
    return Labels(source, "uid", ids, tuple(names), values)


@pytest.fixture
def comparison():
    predicted = labels(
        [("r1", 1, 0), ("r2", 0, BLANK), ("r3", -1, 0), ("r4", 1, 1)], source="p.csv"
    )
    reference = labels([("r1", 0, 0), ("r2", 0, 1), ("r3", 1, 0), ("r4", 1, BLANK)], source="r.csv")
    return compare(predicted, reference, empty="not-mentioned", draws=50)


@pytest.fixture
def files(tmp_path):
    findings = f"No pneumothorax. Mild edema {NASTY}"
    reports = pd.DataFrame(
        {"uid": ["r1", "r2"], "findings": [findings, ""], "impression": ["", "Clear."]}
    )
    start = findings.index("edema")
    evidence = pd.DataFrame(
        {
            "uid": ["r1", "r1"],
            "section": ["findings", "findings"],
            "observation": ["Edema", "Pneumothorax"],
            "value": ["1.0", "0.0"],
            "start": [start, 3],
            "end": [start + 5, 15],
            "mention": ["edema", "pneumothorax"],
            "cue": ["", "no"],
            "rule": ["edema:edema", "pneumothorax:pneumothorax"],
            "sentence": [findings[17:], "No pneumothorax."],
        }
    )
    reports.to_csv(tmp_path / "reports.csv", index=False)
    evidence.to_csv(tmp_path / "evidence.csv", index=False)
    return tmp_path / "evidence.csv", tmp_path / "reports.csv"


class Reader(HTMLParser):
    """Collects the elements, their attributes and the text outside of script and style."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.inside = [], "", None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in ("script", "style"):
            self.inside = tag

    def handle_endtag(self, tag):
        if tag == self.inside:
            self.inside = None

    def handle_data(self, data):
        if self.inside is None:
            self.text += data


def page(comparison, texts=None):
    return comparison_page(comparison, comparison_dict(comparison), texts or Texts())


def test_text_is_escaped_wherever_it_stands(comparison, files):
    html = page(comparison, read_texts(comparison, *files))
    found = Reader(html)
    assert NASTY in found.text
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert not [tag for tag, _ in found.tags if tag == "img"]
    assert "49" not in found.text.split("{{", 1)[1][:20]


def test_ids_names_and_cues_are_escaped():
    name = 'a"><script>alert(1)</script>'
    predicted = labels([(name, 1)], [name], source=name)
    comparison = compare(predicted, labels([(name, 0)], [name]), draws=0, empty="not-mentioned")
    found = Reader(page(comparison))
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert name in found.text
    rows = [attributes for tag, attributes in found.tags if tag == "tr" and "data-id" in attributes]
    assert rows[0]["data-id"] == name


def test_the_page_needs_no_network_and_no_foreign_script(comparison, files):
    html = page(comparison, read_texts(comparison, *files))
    found = Reader(html)
    for tag, attributes in found.tags:
        for name in ("src", "href", "action", "srcset"):
            value = attributes.get(name) or ""
            assert value.startswith(("#", "data:")) or not value, (tag, value)
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    policy = next(a["content"] for tag, a in found.tags if "http-equiv" in a)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "@import" not in html
    assert not re.search(r"url\((?!data:)", html)


def test_controls_and_pictures_have_names(comparison, files):
    found = Reader(page(comparison, read_texts(comparison, *files)))
    for tag, attributes in found.tags:
        if tag == "svg":
            assert attributes.get("aria-hidden") or attributes.get("aria-label"), attributes
    html = next(attributes for tag, attributes in found.tags if tag == "html")
    assert html["lang"] == "en"
    identifiers = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    anchors = {a["href"][1:] for tag, a in found.tags if tag == "a" and a["href"].startswith("#")}
    assert {anchor for anchor in anchors if not anchor.startswith("d/")} <= set(identifiers)


def test_the_same_input_gives_the_same_page(comparison, files):
    texts = read_texts(comparison, *files)
    assert page(comparison, texts) == page(comparison, texts)


def test_without_text_nothing_of_a_report_is_in_the_page(comparison):
    html = page(comparison, read_texts(comparison, None, None))
    assert "Mild" not in html
    assert 'data-id="r1"' in html


def test_marks_cues_and_labels_are_at_their_place(comparison, files):
    html = page(comparison, read_texts(comparison, *files))
    assert re.search(r'class="mention pos"[^>]*data-o="\|Edema\|"[^>]*>edema</span>', html)
    assert re.search(r'class="cue"[^>]*data-o="\|Pneumothorax\|"[^>]*>No</span>', html)
    assert re.search(r'class="tag neg"[^>]*> Pneumothorax', html)


def test_evidence_alone_shows_its_sentences(comparison, files):
    texts = read_texts(comparison, files[0], None)
    assert [block.text for block in texts.blocks["r1"]][1] == "No pneumothorax."


def test_evidence_of_another_text_is_noted_and_not_marked(comparison, files, tmp_path):
    pd.DataFrame({"uid": ["r1"], "report": ["Another text altogether."]}).to_csv(
        tmp_path / "other.csv", index=False
    )
    texts = read_texts(comparison, files[0], tmp_path / "other.csv")
    assert texts.blocks["r1"][0].mentions == ()
    assert texts.notes[0].startswith("2 mention(s)")
    assert "3 compared report(s) are not in other.csv" in texts.notes[1]


def test_one_text_column_takes_every_section(comparison, tmp_path):
    text = "FINDINGS: Edema.\nIMPRESSION: Edema."
    pd.DataFrame({"uid": ["r1"], "note": [text]}).to_csv(tmp_path / "reports.csv", index=False)
    start = text.rindex("Edema")
    pd.DataFrame(
        {
            "uid": ["r1"], "section": ["impression"], "observation": ["Edema"], "value": [1],
            "start": [start], "end": [start + 5], "mention": ["Edema"],
        }
    ).to_csv(tmp_path / "evidence.csv", index=False)  # fmt: skip
    evidence, reports = tmp_path / "evidence.csv", tmp_path / "reports.csv"
    texts = read_texts(comparison, evidence, reports, columns="note")
    assert texts.blocks["r1"][0].mentions[0].start == start
    with pytest.raises(InputError, match="name it with --text"):
        read_texts(comparison, evidence, reports)
    with pytest.raises(InputError, match="no column 'letter'"):
        read_texts(comparison, evidence, reports, columns="letter")


@pytest.mark.parametrize("empty", ["not-mentioned", "unknown"])
def test_each_confusion_cell_that_leads_somewhere_leads_to_its_count(empty):
    rng = np.random.default_rng(8)
    names = ("No Finding", "Edema")
    tables = [
        labels(
            [(f"r{n}", *row) for n, row in enumerate(rng.choice([1, 0, -1, BLANK], (60, 2)))], names
        )
        for _ in range(2)
    ]
    html = page(compare(*tables, empty=empty, draws=0))
    keys = ("data-observation", "data-predicted", "data-reference")
    found = Reader(html)
    listed = Counter(
        tuple(a[key] for key in keys) for tag, a in found.tags if tag == "tr" and "data-id" in a
    )
    cells = {
        tuple(a[key] for key in keys): int(re.search(r": (\d+) predicted", a["aria-label"])[1])
        for tag, a in found.tags
        if tag == "button" and "data-reference" in a
    }
    assert cells == dict(listed)


def test_a_limit_says_how_many_are_left_out(comparison):
    html = comparison_page(comparison, comparison_dict(comparison), Texts(), limit=1)
    assert "3 more are left out" in html


def test_a_perfect_prediction_has_a_page():
    same = labels([("r1", 1, 0), ("r2", 0, 1)])
    html = page(compare(same, same, draws=10))
    assert "There are none." in html


def test_a_second_prediction_has_its_place():
    truth = labels([("r1", 1, 0), ("r2", 0, 1)], source="truth.csv")
    other = labels([("r1", 0, 0), ("r2", 0, 1)], source="other.csv")
    html = page(compare(truth, truth, other=other, draws=10))
    assert "ΔF1" in html
    assert "other.csv" in html


def test_agreement_page():
    ids = pd.Index(["i1", "i1", "i2", "i2", "i3", "i3"])
    names = ["<b>A</b>", "B"] * 3
    values = np.array([[1], [1], [0], [1], [0], [0]], dtype=np.int8)
    grid = readings(ids, names, values, ["Edema"])
    result = agreement_dict(agreement(grid), images=3, readers=grid.readers, empty="unknown")
    found = Reader(agreement_page(result))
    assert "<b>A</b> – B" in found.text
    assert "b" not in [tag for tag, _ in found.tags]


marks = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(-1, 30), st.integers(0, 9)),
    max_size=6,
)


@given(st.text(max_size=30), marks)
def test_pieces_join_to_the_text(text, spans):
    mentions = []
    for one, other, cue, length in spans:
        start, end = sorted((min(one, len(text)), min(other, len(text))))
        cue_end = min(cue + length, len(text)) if cue >= 0 else -1
        cue = min(cue, len(text))
        mentions.append(Marked(start, end, "Edema", 1, "cue", cue, cue_end, "rule"))
    cut = pieces(text, mentions)
    assert "".join(piece.text for piece in cut) == text
    for mark in mentions:
        covered = "".join(piece.text for piece in cut if mark in piece.mentions)
        assert covered == text[mark.start : mark.end]
