"""Runs for labels only, runs with evidence, and single reports read a text in the same way."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from labeler import Labeler
from labeler.types import as_row

SENTENCES = sorted(
    {
        case["text"]
        for path in sorted((Path(__file__).parent / "sentences").glob("*.yaml"))
        for case in YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    }
)
LINES = [
    "Heart: enlarged.",
    "Lungs: clear. No nodule.\n",
    "Effusion: none\n",
    "Lines and tubes: PICC.",
]
HEADERS = ["FINDINGS: ", "\nIMPRESSION:\n", "\nRECOMMENDATION: ", "\n\n", "\n1. ", "\n"]
reports = st.lists(st.sampled_from([*SENTENCES, *(LINES + HEADERS) * 100]), max_size=9).map(
    " ".join
)


def assert_same(labeler: Labeler, texts: list[str]) -> None:
    batch = pd.DataFrame({"report": texts})
    (plain,) = labeler.label_batches([batch], text="report", doubt=True)
    (full,) = labeler.label_batches([batch], text="report", doubt=True, evidence=True)
    pd.testing.assert_frame_equal(plain, full.drop(columns="evidence"))
    known = set(labeler.observations)
    for text, labels, rows in zip(
        texts,
        full[list(labeler.observations)].itertuples(index=False),
        full["evidence"],
        strict=True,
    ):
        report = labeler.label(text)
        alone = [as_row(m) for m in report.mentions if m.observation in known]
        assert rows == alone, text
        values = [v for of_set in report.label_sets.values() for v in of_set.values()]
        assert [None if pd.isna(v) else int(v) for v in labels] == values, text


def test_every_sentence_alone(labeler: Labeler) -> None:
    assert_same(labeler, SENTENCES)


@pytest.fixture(scope="module")
def both_sets() -> Labeler:
    return Labeler(["chexpert", "chestxray14"], sections="impression-first")


@settings(max_examples=30)
@given(st.lists(reports, min_size=1, max_size=4))
def test_whole_reports(labeler: Labeler, both_sets: Labeler, texts: list[str]) -> None:
    assert_same(labeler, texts)
    assert_same(both_sets, texts)


@settings(max_examples=30)
@given(reports)
def test_what_is_remembered_of_a_sentence_serves_wherever_it_stands(
    labeler: Labeler, forgetful: Labeler, text: str
) -> None:
    assert labeler.label(text) == forgetful.label(text)


@pytest.fixture(scope="module")
def forgetful() -> Labeler:
    return Labeler(cache_size=0)
