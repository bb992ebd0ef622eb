"""The shape of the rule files by which text is read: spelling, language, sections and forms."""

from typing import Literal

from pydantic import Field

from labeler.rules.schema import CueExample, Phrase, Strict

Accents = Literal["kept", "folded"]


class Inflection(Strict):
    """How the words of a language fall into one form each, before they are compared.

    Either a Snowball `stemmer` (Porter 2001) or `endings` of words of at least `shortest` letters, each with what
    stands in its place; a word with one of the `kept_endings`, and any of the `kept_words`, stays as it is.
    """

    accents: Accents = "kept"
    stemmer: str = ""
    shortest: int = 1
    kept_endings: list[Phrase] = []
    kept_words: list[Phrase] = []
    endings: dict[str, str] = {}


class NegativeContraction(Strict):
    """What the "n't" of "isn't" stands for; the `n` belongs to it but for words `ending_in_n` ("can't")."""

    word: Phrase
    ending_in_n: list[Phrase] = []


class LanguageFile(Strict):
    """`language.yaml`: the language's name, and words by which its reports are told from others."""

    name: Phrase
    words: list[Phrase] = Field(min_length=1)


class SpellingFile(Strict):
    """`spelling.yaml`: how spellings are folded before anything is matched."""

    inflection: Inflection = Inflection()
    negative_contraction: NegativeContraction | None = None
    ampersand: str = "&"
    american: dict[str, str] = {}
    joined: dict[str, str] = {}
    misspelled: dict[str, str] = {}
    slips: dict[str, str] = {}
    abbreviations: dict[str, str] = {}
    plurals: dict[str, str] = {}
    kept: list[Phrase] = []


class Policy(Strict):
    """The sections that a policy labels: all of some, or the first there is; no names mean everything.

    With `skip_silent`, a first section that names no observation is passed over like an empty one.
    """

    all: list[Phrase] = []
    first: list[Phrase] = []
    skip_silent: bool = False


class ClinicalOpeners(Strict):
    """How clinical text begins; "#" stands for a number."""

    sure: list[Phrase] = []
    beside_findings: list[Phrase] = []
    further: list[Phrase] = []


class SectionsFile(Strict):
    """`sections.yaml`: header spellings and section policies.

    With `accents: folded` a report is read as if it had none, and the words of this file and of `forms.yaml` are
    written without them.
    """

    accents: Accents = "kept"

    headers: dict[str, list[Phrase]]
    longest_sentence: int = Field(default=1_500, ge=200)
    """Characters; a longer stretch without a full stop is cut at a comma before it is read."""
    views: list[Phrase] = []
    view_words: list[Phrase] = []
    not_labelled: list[Phrase] = []
    closing: list[Phrase] = []
    last_resort: list[Phrase] = []
    against_no_finding: list[Phrase] = []
    """Sections not labelled whose stated findings take No Finding away."""
    preliminary: list[Phrase] = []
    """Sections with an earlier reading, labelled where the later one mentions nothing."""
    amending: list[Phrase] = []
    """Sections that may take back what the others say."""
    title_words: list[Phrase] = []
    abbreviations: list[Phrase] = []
    abbreviations_that_end: list[Phrase] = []
    letters_that_end: list[str] = []
    """Single letters that are no abbreviations, and may be the last word of a sentence."""
    sentence_openers: list[Phrase] = []
    continuations: list[Phrase] = []
    """How a sentence begins that refers to the one before: the two are read as one."""
    telling: list[Phrase] = []
    anywhere: list[Phrase] = []
    misspelt: list[Phrase] = []
    asking: list[Phrase] = []
    clinical_at_top: list[Phrase] = []
    unsure: list[Phrase] = []
    clinical: ClinicalOpeners = ClinicalOpeners()
    policies: dict[str, Policy]


Answer = Literal["present", "absent", "uncertain", "normal", "unsaid"]


class Answers(Strict):
    """Whole values of a form's line with one meaning; `alone` need no mark between name and answer."""

    words: list[Phrase]
    alone: list[Phrase] = []


class Boxes(Strict):
    """How ticked and empty boxes are written; `bullets` are those that may be the bullets of a list."""

    ticked: list[str] = []
    empty: list[str] = []
    bullets: list[str] = []


class FormsFile(Strict):
    """`forms.yaml`: how lines of a template, a table or a list of boxes fall into names and values."""

    answers: dict[Answer, Answers] = {}
    marks: dict[Answer, list[str]] = {}
    marks_in_front: list[str] = []
    links: list[Phrase] = []
    boxes: Boxes = Boxes()
    answers_first: dict[Answer, list[Phrase]] = {}
    question_openers: list[Phrase] = []
    """What stands before a name that is asked for, and is no part of it."""
    asking: list[Phrase] = []
    answering: list[Phrase] = []
    choices: list[Phrase] = []
    telling: list[Phrase] = []
    """Words of sentences, which no name of a form has."""
    behind_slash: list[Phrase] = []
    before_no_slash: list[Phrase] = []
    denial: str = ""
    """The word by which a sentence says what the answer `absent` says behind a name."""
    names: list[Phrase] = []
    name_openers: list[Phrase] = []
    joints: list[str] = []
    parts: list[Phrase] = []
    tails: list[Phrase] = []
    columns: list[Phrase] = []
    unfinished: list[Phrase] = []
    continuing: list[Phrase] = []
    openers: list[Phrase] = []
    units: list[Phrase] = []
    examples: list[CueExample] = []
