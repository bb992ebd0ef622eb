"""Stage 1: the phrases of the rules in a sentence, longest first, excluded ones out."""

import pytest

from labeler import Labeler
from labeler.engine.aggregate import View
from labeler.mentions.matcher import Extractor, Found
from labeler.rules.load import load_rules
from labeler.text.tokens import Tokenizer

RULES = load_rules("chexpert")
TOKENIZER = Tokenizer(RULES.spelling)
EXTRACTOR = Extractor(RULES, TOKENIZER)
VIEW = View(RULES.label_set, RULES.parents())


def extract(text: str) -> tuple[tuple[str, ...], Found]:
    words = TOKENIZER.norms(text)
    return words, EXTRACTOR(words)


def findings(text: str) -> set[tuple[str, str]]:
    """(label, words) of every finding, those of no label left out."""
    words, found = extract(text)
    return {
        (label, " ".join(words[start:end]))
        for start, end, rule in found.findings
        for label in VIEW.labels_of(EXTRACTOR.rules[rule].finding)
    }


def test_a_finding_may_make_several_labels() -> None:
    assert findings("small hydropneumothorax") == {
        ("Pleural Effusion", "hydropneumothorax"),
        ("Pneumothorax", "hydropneumothorax"),
    }


def test_the_longest_phrase_of_a_family_counts() -> None:
    assert findings("left pleural effusion") == {("Pleural Effusion", "pleural effusion")}


def test_every_place_is_found() -> None:
    _, found = extract("effusion on the right and effusion on the left")
    assert (
        len([h for h in found.findings if EXTRACTOR.rules[h[2]].id.startswith("pleural_eff")]) == 2
    )


@pytest.mark.parametrize(
    "text",
    [
        "pericardial effusion",
        "Clear lungs.",
        "surgical clips and sternotomy wires",
        "failure to take a deep breath",
        "",
    ],
)
def test_nothing_to_find(text: str) -> None:
    assert findings(text) == set()


def test_what_is_excluded_here_may_be_found_beside_it() -> None:
    assert findings("pericardial effusion and pleural effusion") == {
        ("Pleural Effusion", "pleural effusion")
    }


def test_spelling_and_number_are_folded() -> None:
    assert findings("OEDEMA") == findings("edema") == {("Edema", "edema")}
    assert findings("pleural effusions") == findings("Pleural effusion")


def test_structures_and_states_are_found_apart() -> None:
    words, found = extract("the heart is enlarged")
    structures = {" ".join(words[s:e]) for s, e, _ in found.structures}
    states = {" ".join(words[s:e]) for s, e, _ in found.states}
    assert "heart" in structures
    assert "enlarged" in states
    assert not {r for *_, r in found.structures} & {r for *_, r in found.findings}


def test_every_rule_is_named_by_its_file(labeler: Labeler) -> None:
    for rule in EXTRACTOR.rules:
        stem, _, name = rule.id.partition(":")
        if stem == "silent":
            continue  # of silent.yaml, which names no finding
        assert RULES.findings[stem].family == rule.family
        assert rule.finding in {finding.id for finding in RULES.findings[stem].findings}
        assert name
    (mention,) = labeler.label("Pneumothorax.").mentions
    assert mention.rule.startswith("pneumothorax:")


def test_findings_of_a_family_share_a_structure() -> None:
    _, found = extract("the aorta is tortuous and calcified")
    rules = [EXTRACTOR.rules[rule] for *_, rule in found.structures]
    assert {"tortuous_aorta", "aortic_calcification"} <= {rule.finding for rule in rules}


def test_an_unless_phrase_of_another_clause_cancels_nothing(labeler: Labeler) -> None:
    assert labeler.label("Layering pleural fluid, no ascites.").labels["Pleural Effusion"] == 1
    assert labeler.label("Free fluid, ascites.").labels["Pleural Effusion"] is None
