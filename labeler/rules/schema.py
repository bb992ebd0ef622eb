"""The shape of every rule file, checked by pydantic: an unknown key or a wrong type is an error."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Assertion = Literal["positive", "negative", "uncertain"]
Decision = Literal["positive", "negative", "uncertain", "none"]

STATED, EXPLAINED = "stated", "explained"
UNCLEAR_STATE, BORDERLINE_STATE = "unclear state", "borderline state"
ANSWERED = "answer"
OWN_REASONS = (STATED, EXPLAINED, UNCLEAR_STATE, BORDERLINE_STATE, ANSWERED)
"""What decides a mention's value where no cue of its own does: its rule's `stated`, a hedged
explanation as something else ("probably a nipple shadow"), its structure's state, or the answer of a form."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    if len(text) > 4000:
        raise ValueError("is longer than 4000 characters: one phrase an entry")
    return text


Phrase = Annotated[str, AfterValidator(_not_blank)]


class Strict(BaseModel):
    """A part of a rule file: no unknown keys, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(Strict):
    """Phrases that by themselves state a finding."""

    name: Phrase
    phrases: list[Phrase] = Field(min_length=1)
    stated: Assertion = "positive"
    unless: list[Phrase] = []
    only_with: list[Phrase] = []


class Structure(Strict):
    """Phrases that name a structure, which becomes a mention only with a state."""

    name: Phrase
    phrases: list[Phrase] = Field(min_length=1)
    states: list[Phrase] = []
    abnormal: list[Phrase] = []
    normal: list[Phrase] = []
    unclear: list[Phrase] = []
    hidden: list[Phrase] = []
    stated: Assertion = "positive"
    unless: list[Phrase] = []
    only_with: list[Phrase] = []


class Examples(Strict):
    """Sentences and what the observation must be in each."""

    positive: list[str] = []
    negative: list[str] = []
    uncertain: list[str] = []
    none: list[str] = []


class Include(Strict):
    """Another label set's observation file whose vocabulary an observation file takes over.

    `file` is `label set/file stem`; `only` and `without` name findings or structures of that file.
    """

    file: Phrase
    only: list[Phrase] = []
    without: list[Phrase] = []


class ObservationFile(Strict):
    """`observations/*.yaml`: one observation.

    A mention inside an `exclude` phrase does not count, one that is said for certain to be something that
    `explained_by` lists is dropped (where `explained_is` says so, uncertain unless something else is said
    of the observation), and a cue that reaches one of the `faults` of a mention leaves the mention as it
    is: "kinking of the chest tube cannot be excluded".
    """

    observation: Phrase
    definition: Phrase | str
    include: list[Include] = []
    findings: list[Finding] = []
    structures: list[Structure] = []
    exclude: list[Phrase] = []
    explained_by: list[Phrase] = []
    explained_is: Literal["none", "uncertain"] = "none"
    faults: list[Phrase] = []
    examples: Examples


class Implication(Strict):
    """A finding stated by one observation's rule that says something of another observation."""

    rule: Phrase
    when: list[Assertion] = Field(min_length=1)
    adds: dict[str, Assertion]


class NoFinding(Strict):
    """The label that holds where a text says something and states no abnormality.

    `judged_by: mentions` asks that none is stated or hedged, hidden observations included;
    `judged_by: labels` that no label is positive after the policy for uncertain mentions.
    """

    label: Phrase
    ignores: list[Phrase] = []
    silent: list[Phrase] = []
    judged_by: Literal["mentions", "labels"] = "mentions"


class UncertainPolicy(Strict):
    """What an uncertain mention counts as, by the name of the cue (or state) that made it so.

    `Edema: none` is short for `Edema: {otherwise: none}`.
    """

    otherwise: Decision
    hedges: dict[str, Decision] = {}

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, data: object) -> object:
        return {"otherwise": data} if isinstance(data, str) else data


class LabelSetFile(Strict):
    """`labelset.yaml`: the observations in output order and the rules of aggregation."""

    name: Phrase
    definition: str
    observations: list[Phrase] = Field(min_length=1)
    hidden: list[Phrase] = []
    no_finding: NoFinding | None = None
    implications: list[Implication] = []
    uncertain_as: dict[str, UncertainPolicy] = {}
    negative_as: Literal["negative", "none"] = "negative"
    observation_files: Phrase = "observations"


class CueExample(Strict):
    """A sentence and the observations it must give, no others."""

    text: str
    gives: dict[str, Assertion]


Direction = Literal["preceding", "following", "alternative"]
Reach = Literal["phrase", "list", "clause", "previous clause", "sentence"]
Position = Literal["anywhere", "clause end", "sentence end"]


class Cues(Strict):
    """Cue phrases of one direction, reach and position.

    A preceding cue looks at what stands behind it, a following one at what stands before it, an alternative
    at both its sides. Of the reaches, `clause` ends with the statement (`clauses.yaml` says where), `list`
    runs on over items that a description opens, `phrase` ends at the next comma or "and", `previous clause`
    goes to the clause before where the cue's own names nothing ("but the film does not exclude one"),
    `sentence` to the sentence's end. An alternative of reach `list` joins what is named on both its
    sides; any other, whatever stands there. A cue counts only in its `position`: anywhere, where its
    clause ends, or where its sentence ends.
    """

    name: Phrase
    direction: Direction
    reach: Reach = "clause"
    position: Position = "anywhere"
    phrases: list[Phrase] = Field(min_length=1)


class CueFile(Strict):
    """`assertion/NN_*.yaml`: one cue group; files are asked in the order of their names."""

    group: Phrase
    definition: str
    value: Literal["positive", "negative", "uncertain", "none"]
    cues: list[Cues]
    pseudo: list[Phrase] = []
    examples: list[CueExample] = []


class StateSet(Strict):
    """Words that say how a structure is."""

    abnormal: list[Phrase] = []
    normal: list[Phrase] = []
    unclear: list[Phrase] = []
    hidden: list[Phrase] = []


class StatesFile(Strict):
    """`assertion/states.yaml`: state sets that structures share, and the states that outrank the others."""

    sets: dict[str, StateSet]
    borderline: list[Phrase] = []
    examples: list[CueExample] = []


class Roles(Strict):
    """What single words do in a sentence; a word may have several roles."""

    comma: list[Phrase]
    conjunction: list[Phrase]
    alternative: list[Phrase]
    mark: list[Phrase]
    question: list[Phrase]
    bracket_opens: list[Phrase]
    bracket_closes: list[Phrase]
    article: list[Phrase]
    pronoun: list[Phrase]
    preposition: list[Phrase]
    accompaniment: list[Phrase]
    contrast: list[Phrase]
    description: list[Phrase]
    dimension: list[Phrase]
    verb: list[Phrase]
    infinitive: list[Phrase]
    expletive: list[Phrase]
    existential: list[Phrase]
    predicate: list[Phrase]
    look: list[Phrase]


class Break(Strict):
    """A rule that cuts a sentence into statements: why, the phrases it looks for, what shows it at work."""

    why: str
    phrases: list[Phrase] = []
    examples: list[CueExample] = Field(min_length=1)


BreakName = Literal[
    "mark",
    "bracket",
    "subordinator",
    "occasion",
    "opener",
    "cue",
    "predicate",
    "description",
    "run-on",
]


class ClausesFile(Strict):
    """`assertion/clauses.yaml`: how a sentence falls into statements and lists."""

    roles: Roles
    links: list[Phrase]
    breaks: dict[BreakName, Break]
    alternative_heads: list[Phrase]
    anatomy: list[Phrase]


class Inflection(Strict):
    """How the words of a language fall into one form each, before they are compared.

    Either a Snowball `stemmer` (Porter 2001) or `endings` of words of at least `shortest` letters, each with what
    stands in its place; a word with one of the `kept_endings`, and any of the `kept_words`, stays as it is.
    """

    accents: Literal["kept", "folded"] = "kept"
    stemmer: str = ""
    shortest: int = 1
    kept_endings: list[Phrase] = []
    kept_words: list[Phrase] = []
    endings: dict[str, str] = {}


class NegativeContraction(Strict):
    """What the "n't" of "isn't" stands for; the `n` belongs to it but for words `ending_in_n` ("can't")."""

    word: Phrase
    ending_in_n: list[Phrase] = []


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


class SectionsFile(Strict):
    """`sections.yaml`: header spellings and section policies."""

    headers: dict[str, list[Phrase]]
    views: list[Phrase] = []
    view_words: list[Phrase] = []
    not_labelled: list[Phrase] = []
    closing: list[Phrase] = []
    last_resort: list[Phrase] = []
    title_words: list[Phrase] = []
    abbreviations: list[Phrase] = []
    abbreviations_that_end: list[Phrase] = []
    sentence_openers: list[Phrase] = []
    telling: list[Phrase] = []
    policies: dict[str, Policy]


Answer = Literal["present", "absent", "uncertain", "normal", "unsaid"]


class Answers(Strict):
    """Whole values of a form's line with one meaning; `alone` need no mark between name and answer."""

    words: list[Phrase]
    alone: list[Phrase] = []


class Boxes(Strict):
    """How ticked and empty boxes are written."""

    ticked: list[str] = []
    empty: list[str] = []


class FormsFile(Strict):
    """`forms.yaml`: how lines of a template, a table or a list of boxes fall into names and values."""

    answers: dict[Answer, Answers] = {}
    marks: dict[Answer, list[str]] = {}
    marks_in_front: list[str] = []
    links: list[Phrase] = []
    boxes: Boxes = Boxes()
    answers_first: dict[Answer, list[Phrase]] = {}
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
