"""The shape of the rule files by which mentions are judged: cues, states of structures, clauses."""

from typing import Literal

from pydantic import Field

from labeler.rules.schema import CueExample, Phrase, Strict

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
    clause ends, or where its sentence ends; and only behind one of the phrases that it `needs`, if any, with no mark
    between ("neither A nor B can be excluded").
    """

    name: Phrase
    direction: Direction
    reach: Reach = "clause"
    position: Position = "anywhere"
    needs: list[Phrase] = []
    phrases: list[Phrase] = Field(min_length=1)


class CueFile(Strict):
    """`assertion/NN_*.yaml`: one cue group; files are asked in the order of their names.

    A group that is a `remark` decides nothing by itself: the mention keeps what the other groups say, and the
    remark goes with it; a label that lists the group's name under `remarks` counts it with the group's value.
    """

    group: Phrase
    definition: str
    value: Literal["positive", "negative", "uncertain", "none"]
    remark: bool = False
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
    definite: list[Phrase]
    preposition: list[Phrase]
    genitive: list[Phrase]
    anaphor: list[Phrase]
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
    "introduction",
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
    presupposing: Break
    alternative_heads: list[Phrase]
    anatomy: list[Phrase]
