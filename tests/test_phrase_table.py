"""The phrase tables find what spaCy's `PhraseMatcher` finds."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from labeler.assertion.cues import CueGroup
from labeler.mentions.phrase_table import phrase_table
from labeler.rules.load import load_rules
from labeler.text.tokens import Tokenizer

RULES = load_rules("chexpert")
TOKENIZER, VOCAB = Tokenizer(RULES.spelling), Vocab()
FILES = sorted((Path(__file__).parent / "sentences").glob("*.yaml"))
CASES = [c for path in FILES for c in YAML(typ="safe").load(path.read_text(encoding="utf-8"))]
SENTENCES = [words for case in CASES if (words := TOKENIZER.norms(case["text"]))]


def doc_of(words: tuple[str, ...]) -> Doc:
    return Doc(VOCAB, words=list(words))


@pytest.mark.parametrize("stem", RULES.cue_groups)
def test_a_table_finds_what_a_phrase_matcher_finds(stem: str) -> None:
    group = CueGroup(TOKENIZER, RULES.cue_groups[stem], f"test_{stem}", "")
    phrases = {words: " ".join(words) for words in group.phrases()}
    matcher = PhraseMatcher(VOCAB, attr="ORTH")
    for words, key in phrases.items():
        matcher.add(key, [doc_of(words)])
    table = phrase_table(phrases)
    every = [*SENTENCES, *phrases]
    found = 0
    for words in every:
        hits = {(VOCAB.strings[key], start, end) for key, start, end in matcher(doc_of(words))}
        assert set(table.find(words)) == hits
        found += len(hits)
    assert found


def test_what_stands_in_a_sentence_comes_in_text_order_the_shorter_first() -> None:
    table = phrase_table({("no",): 1, ("no", "sign", "of"): 2, ("sign",): 3})
    assert table.find(("no", "sign", "of", "no")) == [(1, 0, 1), (2, 0, 3), (3, 1, 2), (1, 3, 4)]
    assert table.find(()) == []
