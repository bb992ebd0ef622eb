"""Text to normalised tokens: what is folded, what is kept apart, and where tokens stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import Labeler
from labeler.errors import RulesError
from labeler.rules.load import load_rules
from labeler.rules.text_schema import Inflection, SpellingFile
from labeler.text.inflection import make_fold
from labeler.text.tokens import Tokenizer

ENGLISH = load_rules("chexpert").spelling
RULES = Tokenizer(ENGLISH)


@pytest.fixture
def plain() -> Tokenizer:
    """A tokenizer with two foldings of words and two of several words."""
    return Tokenizer(
        SpellingFile(
            inflection=ENGLISH.inflection,
            american={"oedema": "edema", "vertebrae": "vertebra"},
            joined={"air space": "airspace", "w/o": "without", "chest tube": "chest tube line"},
        ),
    )


def norms(tokenizer: Tokenizer, text: str) -> list[str]:
    return [token.norm for token in tokenizer.tokens(text)]


def spelt(tokenizer: Tokenizer, text: str) -> list[str]:
    return [text[token.start : token.end] for token in tokenizer.tokens(text)]


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("effusions", "effusion"),
        ("opacities", "opacity"),
        ("masses", "mass"),
        ("pneumothoraxes", "pneumothorax"),
        ("branches", "branch"),
        # these only look like plurals
        ("mass", "mass"),
        ("hilus", "hilus"),
        ("atelectasis", "atelectasis"),
        ("gas", "gas"),
        ("is", "is"),
    ],
)
def test_regular_plurals_are_folded(word: str, folded: str) -> None:
    assert make_fold(ENGLISH.inflection)(word) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PLEURAL EFFUSIONS", "pleural effusion"),
        ("oedema", "edema"),
        ("haemothoraces", "hemothorax"),
        ("pneumothoraces", "pneumothorax"),
        ("diagnoses", "diagnosis"),
        ("ground-glass", "ground glass"),
        ("air space", "airspace"),
        ("air-space", "airspace"),
        ("w/o effusion", "without effusion"),
        ("heart & lungs", "heart and lung"),
        ("the patient's heart", "the patient heart"),
        ("the patient’s heart", "the patient heart"),
        ("“effusion”", "effusion"),
        ("isn't", "is not"),
        ("isn’t", "is not"),
        ("can't", "can not"),
        ("small\n   effusion", "small effusion"),
        ("small\u00a0effusion", "small effusion"),
        ("no *effusion*", "no effusion"),
        ("no\u200beffusion\x00", "no effusion"),
    ],
)
def test_spellings_that_are_the_same(one: str, other: str) -> None:
    assert norms(RULES, one) == norms(RULES, other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 2.5 cm nodule", ["a", "2.5", "cm", "nodule"]),
        ("1,5 cm", ["1,5", "cm"]),
        ("well-defined", ["well", "defined"]),
        ("clear - no edema", ["clear", "-", "no", "edema"]),
        ("clear -- no edema", ["clear", "-", "no", "edema"]),
        ("clear—no edema", ["clear", "-", "no", "edema"]),
        ("scar/atelectasis", ["scar", "/", "atelectasis"]),
        ("?pneumonia", ["?", "pneumonia"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_tokens_of_a_text(text: str, expected: list[str]) -> None:
    assert norms(RULES, text) == expected


@pytest.mark.parametrize("blank", ["XXXX", "xxxx", "XXX", "XXXXX", "___", "__"])
def test_a_removed_word_is_no_token(blank: str) -> None:
    assert norms(RULES, f"small {blank} effusion") == ["small", "effusion"]


def test_x_ray_is_no_removed_word() -> None:
    assert norms(RULES, "X-ray") == ["x", "ray"]


def test_offsets_are_those_of_the_original_spelling() -> None:
    text = "  Bilateral\n OEDEMA, isn’t new"
    assert spelt(RULES, text) == ["Bilateral", "OEDEMA", ",", "isn’t", "isn’t", "new"]


def test_offsets_of_a_rewrite_cover_what_was_rewritten(plain: Tokenizer) -> None:
    text = "dense air\nspace disease w/o oedema"
    assert norms(plain, text) == ["dense", "airspace", "disease", "without", "edema"]
    assert spelt(plain, text) == ["dense", "air\nspace", "disease", "w/o", "oedema"]


def test_a_rewrite_into_more_words_keeps_the_whole_span(plain: Tokenizer) -> None:
    text = "a chest tube"
    assert norms(plain, text) == ["a", "chest", "tube", "line"]
    assert spelt(plain, text)[1:] == ["chest tube"] * 3


def test_foldings_are_given_not_built_in() -> None:
    bare = Tokenizer(SpellingFile(inflection=ENGLISH.inflection))
    assert norms(bare, "oedema of the air spaces") == ["oedema", "of", "the", "air", "space"]


@pytest.mark.parametrize("word", ["œdème", "œdeme", "ŒDÈME"])
def test_spellings_are_written_with_their_accents_or_without(word: str) -> None:
    inflection = Inflection(accents="folded", stemmer="french")
    for misspelled in ({"œdème": "oedeme"}, {"œdeme": "oedème"}):
        spelling = SpellingFile(inflection=inflection, misspelled=misspelled)
        assert norms(Tokenizer(spelling), word) == ["oedem"]


def test_kept_words_are_written_with_their_accents_or_without() -> None:
    for kept in ("écartée", "ecartee"):
        fold = make_fold(Inflection(accents="folded", stemmer="french", kept_words=[kept]))
        assert fold("écartée") == fold("ecartee") == "ecartee"


def test_a_rule_phrase_reads_as_a_report_does(plain: Tokenizer) -> None:
    for phrase in ("air space oedema", "chest tubes", "w/o chest tube", "2.5 cm", "xxx oedema"):
        assert list(plain.words(phrase)) == norms(plain, phrase)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("pneumothrax", "pneumothorax"),  # lost
        ("pneumothhorax", "pneumothorax"),  # doubled
        ("pneumothorux", "pneumothorax"),  # wrong
        ("pneumohtorax", "pneumothorax"),  # swapped
        ("atelectsis", "atelectasis"),
    ],
)
def test_one_slip_in_a_long_finding_word_is_corrected(
    labeler: Labeler, slip: str, meant: str
) -> None:
    wrong, right = labeler.label(f"No {slip}.").labels, labeler.label(f"No {meant}.").labels
    assert wrong == right
    assert 0 in wrong.values()


def test_slips_are_corrected_in_long_words_only(plain: Tokenizer) -> None:
    plain.words("hemidiaphragm heart")
    plain.correct_towards(["hemidiaphragm", "heart"])
    assert norms(plain, "hemidiaphrgm") == ["hemidiaphragm"]
    assert norms(plain, "hearrt") == ["hearrt"]
    assert norms(plain, "hmidiaphrgm") == ["hmidiaphrgm"]  # two slips
    assert norms(plain, "emidiaphragm") == ["emidiaphragm"]  # the first letter must stand


def test_a_word_of_the_rules_means_itself(plain: Tokenizer) -> None:
    plain.words("consolidation")
    plain.words("consolidative consolidatoin")
    plain.correct_towards(["consolidation"])
    assert norms(plain, "consolidatoin") == ["consolidatoin"]


@pytest.mark.parametrize("chunk", ["-opacity", "–opacity", "-", "--"])
def test_a_dash_is_read_by_what_stands_around_it(chunk: str) -> None:
    texts = [chunk, f"no {chunk} seen", f"{chunk} seen", f"no {chunk}"]
    alone = [Tokenizer(ENGLISH).tokens(text) for text in texts]
    assert [RULES.tokens(text) for text in texts] == alone
    assert [RULES.tokens(text) for text in texts] == alone  # what was read before changes nothing


@settings(deadline=None, max_examples=150)
@given(st.text())
def test_tokens_stand_in_order_inside_the_text(text: str) -> None:
    at = 0
    for token in RULES.tokens(text):
        assert token.norm
        assert at <= token.start < token.end <= len(text)
        assert " " not in text[token.start] + text[token.end - 1]
        at = token.start


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("condensación", "condensacion"),
        ("condensaciones", "condensación"),
        ("infiltrados", "infiltrado"),
        ("cardíacas", "cardiaca"),
    ],
)
def test_a_stemmer_and_accents_are_declared(word: str, other: str) -> None:
    fold = make_fold(Inflection(accents="folded", stemmer="spanish"))
    assert fold(word) == fold(other)


def test_an_unknown_stemmer_is_named() -> None:
    with pytest.raises(RulesError, match="no stemmer 'klingon'"):
        make_fold(Inflection(stemmer="klingon"))
