"""The shape of the rule files about findings, labels, silence and doubt, checked by pydantic.

An unknown key or a wrong type is an error. The other files: `assertion_schema`, `text_schema`, `attributes`.
"""

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
FindingId = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=60)]


class Strict(BaseModel):
    """A part of a rule file: no unknown keys, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WordRule(Strict):
    """Phrases that by themselves state a finding, under conditions of their own."""

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
    """Sentences and what the finding (or any finding of the file) must be in each."""

    positive: list[str] = []
    negative: list[str] = []
    uncertain: list[str] = []
    none: list[str] = []


class Finding(Strict):
    """One finding: the words that state it, and the structures whose states do.

    `phrases` with `stated`, `unless` and `only_with` are short for one rule named like the finding; `rules`
    hold phrases under other conditions. A finding without any words groups others, which name it as
    their `parent`: what counts for it counts its children too. A finding may be a kind of several
    others: a calcified aorta is an abnormal aorta and a calcification.
    """

    id: FindingId
    parent: FindingId | list[FindingId] = []
    definition: str = ""
    phrases: list[Phrase] = []
    stated: Assertion = "positive"
    unless: list[Phrase] = []
    only_with: list[Phrase] = []
    rules: list[WordRule] = []
    structures: list[Structure] = []
    exclude: list[Phrase] = []
    examples: Examples = Examples()

    @property
    def parents(self) -> tuple[str, ...]:
        """What the finding is a kind of."""
        return (self.parent,) if isinstance(self.parent, str) else tuple(self.parent)

    @property
    def word_rules(self) -> list[WordRule]:
        """All phrases of the finding, by their conditions."""
        own = WordRule.model_construct(
            name=self.id,
            phrases=self.phrases,
            stated=self.stated,
            unless=self.unless,
            only_with=self.only_with,
        )
        return [own, *self.rules] if self.phrases else list(self.rules)


class FindingsFile(Strict):
    """`findings/*.yaml`: one finding, or a family of findings that are read together.

    Where phrases of a family overlap the longest is taken, and two findings of a family are no
    alternatives ("nodule or mass"). A mention inside an `exclude` phrase does not count; one that is said
    for certain to be something that `explained_by` lists is dropped (where `explained_is` says so,
    uncertain unless something else is said of its label). What `explained_as` lists under a name is
    another finding: a remark of that name, which label sets count or leave. A cue that reaches
    one of the `faults` of a mention leaves the mention as it is: "kinking of the chest tube cannot be
    excluded"; what has faults is there when a form says that it is normal: "ETT: ok".
    """

    family: Phrase
    definition: str = ""
    fragments: dict[str, Phrase] = {}
    findings: list[Finding] = Field(min_length=1)
    exclude: list[Phrase] = []
    explained_by: list[Phrase] = []
    explained_as: dict[str, list[Phrase]] = {}
    explained_is: Literal["none", "uncertain"] = "none"
    faults: list[Phrase] = []
    examples: Examples = Examples()


class Implication(Strict):
    """A finding that says something of a label which it does not make."""

    finding: FindingId
    when: list[Assertion] = Field(min_length=1)
    adds: dict[str, Assertion]


class NoFinding(Strict):
    """The label that holds where a text says something and states no abnormality.

    `judged_by: findings` asks that no finding is stated or hedged, those that no label takes included,
    `ignores` (labels or findings) aside; `judged_by: labels` that no label is positive after the policy for
    uncertain mentions.
    """

    label: Phrase
    ignores: list[Phrase] = []
    judged_by: Literal["findings", "labels"] = "findings"


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


class Label(Strict):
    """One label: the findings (with their children) that make it.

    A finding listed under `possible` is only perhaps what the label means: stated, it is uncertain. With
    `every_other` the label takes every finding that no other label of the set takes, those `without` aside.
    `remarks` are the names of remarks that count: cue groups with `remark: true`, and `explained_as`.
    """

    name: Phrase
    definition: str = ""
    findings: list[FindingId] = []
    without: list[FindingId] = []
    possible: list[FindingId] = []
    every_other: bool = False
    remarks: list[Phrase] = []
    uncertain_as: UncertainPolicy | None = None


class OverlayFile(Strict):
    """`overlay.yaml`: makes a folder an overlay, whose files come on top of the package's rules."""

    definition: str


class LabelSetFile(Strict):
    """`label_sets/*.yaml`: labels as views of findings, in output order, and the rules of aggregation.

    With `extends` the labels of another set come first, those of the same name replaced; what the file
    does not say is as there. `every_finding` makes each finding a label named by its id; `others` is what
    evidence calls a finding that no label takes. `attributes` tells how a label's side, severity and change
    come from its mentions: from the strongest, or from all.
    """

    name: Phrase
    definition: str
    extends: Phrase | None = None
    labels: list[Label] = []
    every_finding: bool = False
    others: Phrase = "Other Finding"
    no_finding: NoFinding | None = None
    implications: list[Implication] = []
    negative_as: Literal["negative", "none"] = "negative"
    attributes: dict[Literal["side", "severity", "change"], Literal["strongest", "all"]] = {
        "side": "strongest",
        "severity": "strongest",
        "change": "strongest",
    }

    @property
    def observations(self) -> list[str]:
        """The labels' names in output order."""
        return [label.name for label in self.labels]


class LabelExamplesFile(Strict):
    """`<language>/examples/*.yaml`: sentences that show where a label set draws its borders."""

    label_set: Phrase
    examples: dict[str, Examples]


class FragmentsFile(Strict):
    """`fragments.yaml`: named parts of phrases, written `{name}` in every rule file of the language."""

    fragments: dict[str, Phrase]


class Remarks(Strict):
    """Phrases by which a sentence, or what stands behind them, carries no finding."""

    sentence: list[Phrase] = []
    behind: list[Phrase] = []


class SilentExample(Strict):
    """A text, and whether it is No Finding."""

    text: str
    no_finding: bool


class SilentFile(Strict):
    """`silent.yaml`: what is normal, what is abnormal without a name, and what carries no finding.

    `normal` states earn No Finding; so does a denied `abnormal` phrase, which stated or hedged takes it
    away, and a denied `absent` one, which stated says nothing. `worse` takes it away where it is stated.
    `harmless` phrases, parts of the body (`anatomy`) and `words` (by group) are understood and say
    nothing; so does a word with one of the `harmless_endings`. Without `words` no word is unknown.
    """

    normal: list[Phrase] = []
    abnormal: list[Phrase] = []
    worse: list[Phrase] = []
    absent: list[Phrase] = []
    harmless: list[Phrase] = []
    remarks: Remarks = Remarks()
    anatomy: list[Phrase] = []
    words: dict[str, list[Phrase]] = {}
    harmless_endings: list[Phrase] = []
    examples: list[SilentExample] = []


DoubtReason = Literal[
    "other language",
    "not understood",
    "not taken",
    "nothing read",
    "no state",
    "both ways",
    "far cue",
    "several cues",
    "unknown between",
    "refers back",
    "long sentence",
    "cut",
    "hedged",
    "blank",
    "No Finding withheld",
    "hedged once",
    "left out",
    "sections disagree",
    "addendum",
    "nothing said",
]


DoubtBackground = Literal[
    "No Finding",
    "nothing abnormal",
    "stating sentences",
    "placed findings",
    "words not read",
]


class DoubtExample(Strict):
    """A text, and the reasons to doubt its labels."""

    text: str
    reasons: list[DoubtReason]


class DoubtFile(Strict):
    """`doubt.yaml`: what makes a report's labels doubtful, and how much.

    Each reason adds its weight times log2(1 + count) to the log odds of a wrong label, the count being that of
    the sentences that give it. So does the `background`, which goes with right or wrong labels but is no
    reason: that the report is No Finding, that it is not and yet no label is positive or uncertain,
    and the numbers of sentences that state a finding, that say where a finding is, and that hold beside a
    finding a word which nothing took up.
    """

    intercept: float = -3.0
    weights: dict[DoubtReason, float] = {}
    background: dict[DoubtBackground, float] = {}
    look_from: float = 0.5
    foreign_share: float = 0.1
    foreign_words: list[str] = []
    examples: list[DoubtExample] = []


class CueExample(Strict):
    """A sentence and the observations it must give, no others."""

    text: str
    gives: dict[str, Assertion]
